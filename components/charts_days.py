"""The days of a period as a calendar: a column for each week, darker where more was spent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from components import theme
from components.axes import height
from components.format import Format
from core.i18n import _
from core.period import Period
from data.schemas.cash_flow import DayFlow

WEEKS = 53
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_WEEKDAYS: dict[str, Any] = {
    "autorange": "reversed",
    "fixedrange": True,
    "showgrid": False,
    "zeroline": False,
    "automargin": True,
    "ticks": "",
    "ticklabelstandoff": 4,
}
_FULL = 0.9  # of the days with spending lie below the darkest shade, so that the rent does not pale all others


def days_chart(days: Sequence[DayFlow], span: Period, hrefs: Mapping[date, str], currency: str, fmt: Format) -> Any:
    """The calendar of the days of `span` (at most 53 weeks)."""
    spent = {day.date: day for day in days}
    monday = span.start - timedelta(days=span.start.weekday())
    weeks = [monday + place * _WEEK for place in range((span.last - monday).days // 7 + 1)]
    grid = [[week + place * _DAY for week in weeks] for place in range(7)]
    names = [fmt.weekday(place) for place in range(7)]
    amounts = sorted(height(day.expenses) for day in days if height(day.expenses) > 0)
    top = amounts[min(len(amounts) - 1, int(len(amounts) * _FULL))] if amounts else 1.0
    data = {
        "type": "heatmap",
        "x": [week.isoformat() for week in weeks],
        "y": names,
        "z": [[_shade(day, span, spent) for day in row] for row in grid],
        "customdata": [[hrefs.get(day, "") for day in row] for row in grid],
        "text": [[_told(day, span, spent, currency, fmt) for day in row] for row in grid],
        "hoverinfo": "text",
        "hoverongaps": False,
        "zmin": 0,
        "zmax": top,
        "colorscale": [[0, "var(--track)"], [1, theme.EXPENSES]],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
    }
    layout = theme.layout(
        hovermode="closest",
        margin={"l": 4, "r": 4, "t": 4, "b": 8},
        xaxis=theme.x_axis(type="category", showspikes=False, **_months(weeks, 12, fmt)),
        yaxis=_WEEKDAYS | {"tickvals": names[::2]},
    )
    narrow = {"xaxis": _months(weeks, 5, fmt)}
    return {"figure": {"data": [data], "layout": layout}, "narrow": narrow}


def _shade(day: date, span: Period, spent: Mapping[date, DayFlow]) -> float | None:
    if day not in span:
        return None
    return max(0.0, height(spent[day].expenses)) if day in spent else 0.0


def _told(day: date, span: Period, spent: Mapping[date, DayFlow], currency: str, fmt: Format) -> str:
    if day not in span:
        return ""
    found = spent.get(day)
    lines = [f"<b>{fmt.day(day)}</b>"]
    if found is None:
        return f"{lines[0]}<br>{_('Nothing booked')}"
    lines.append(f"{_('Spent')}  {fmt.money(found.expenses, currency)}")
    if height(found.income):
        lines.append(f"{_('Income')}  {fmt.money(found.income, currency)}")
    return "<br>".join(lines)


def _months(weeks: Sequence[date], most: int, fmt: Format) -> dict[str, list[str]]:
    """The month under the first week that begins in it, at most `most` of them."""
    firsts = [week for place, week in enumerate(weeks) if not place or week.month != weeks[place - 1].month]
    if len(firsts) > 2 and (weeks.index(firsts[1]) < 3):
        firsts = firsts[1:]  # no room for the name of a month that has just ended
    shown = firsts[:: -(-len(firsts) // most)]
    texts = [fmt.month_short(f"{week.year:04d}-{week.month:02d}") for week in shown]
    return {"tickvals": [week.isoformat() for week in shown], "ticktext": texts}
