"""Income against expenses by month: bars up and down, the net as dots, the unfinished month hatched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components import theme
from components.axes import height, ticks
from components.format import Format
from core.i18n import _
from data.schemas.dashboard import MonthFlow

_MOST_TICKS = 12
_MOST_NARROW = 6
_MANY = 24  # months; with more the dots shrink


def flow_chart(
    months: Sequence[MonthFlow], unfinished: str | None, currency: str, fmt: Format, hrefs: Sequence[str] = ()
) -> theme.Chart:
    """The chart of `months`; `unfinished` is the month (`YYYY-MM`) that is still running, if it is among them. A click
    on a month leads to its address."""
    names = [fmt.month(month.month) for month in months]
    income = [height(month.income) for month in months]
    expenses = [-height(month.expenses) for month in months]
    net = [height(month.net) for month in months]
    open_months = [month.month == unfinished for month in months]
    scale = ticks([*income, *expenses, *net])
    figure = {
        "data": [
            bars(names, income, theme.INCOME, open_months),
            bars(names, expenses, theme.EXPENSES, open_months),
            dots(names, net, [_hover(month, month.month == unfinished, currency, fmt) for month in months], hrefs),
        ],
        "layout": theme.layout(
            barmode="relative",
            bargap=max(0.42, 1 - 0.12 * len(months)),
            barcornerradius=3,
            xaxis=theme.x_axis(type="category", showspikes=False, **_ticks(months, names, _MOST_TICKS, fmt)),
            yaxis=theme.y_axis(scale, [fmt.short(tick) for tick in scale]),
        ),
    }
    return {
        "figure": figure,
        "narrow": {"xaxis": _ticks(months, names, _MOST_NARROW, fmt), "bargap": max(0.3, 1 - 0.2 * len(months))},
    }


def bars(names: list[str], values: list[float], color: str, unfinished: list[bool]) -> dict[str, Any]:
    """Bars of one side, the unfinished ones hatched."""
    pattern = {
        "shape": ["/" if is_open else "" for is_open in unfinished],
        "fillmode": "replace",
        "fgcolor": color,
        "bgcolor": theme.SURFACE,
        "size": 6,
        "solidity": 0.45,
    }
    outline = {"color": color, "width": [1 if is_open else 0 for is_open in unfinished]}
    marker = {"color": color, "pattern": pattern, "line": outline}
    return {"type": "bar", "x": names, "y": values, "marker": marker, "hoverinfo": "skip"}


def dots(names: list[str], values: list[float], texts: list[str], hrefs: Sequence[str] = ()) -> dict[str, Any]:
    """The net of each step as a dot that tells everything on hover, and leads to its address."""
    marker = {
        "size": 8 if len(names) <= _MANY else 5,
        "color": theme.TEXT,
        "line": {"color": theme.SURFACE, "width": 2},
    }
    return {
        "type": "scatter",
        "mode": "markers",
        "x": names,
        "y": values,
        "marker": marker,
        "hoverinfo": "text",
        "hovertext": texts,
        "customdata": list(hrefs),
    }


def _hover(month: MonthFlow, unfinished: bool, currency: str, fmt: Format) -> str:
    title = fmt.month(month.month) + (f" {_('so far')}" if unfinished else "")
    rows = (
        (_("Income"), fmt.money(month.income, currency)),
        (_("Expenses"), fmt.money(month.expenses, currency)),
        (_("Net"), fmt.money(month.net, currency, signed=True)),
    )
    return "<br>".join([f"<b>{title}</b>", *(f"{name}  {text}" for name, text in rows)])


def _ticks(months: Sequence[MonthFlow], names: list[str], most: int, fmt: Format) -> dict[str, list[str]]:
    """Short month names under at most `most` bars, the year under the first and under each January."""
    step = -(-len(months) // most)
    values, texts, year = [], [], ""
    for index in range(0, len(months), step):
        name = months[index].month
        values.append(names[index])
        texts.append(fmt.month_short(name) + (f"<br>{name[:4]}" if name[:4] != year else ""))
        year = name[:4]
    return {"tickvals": values, "ticktext": texts}
