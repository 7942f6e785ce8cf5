"""Balances to come: the line of the last weeks, and from today on what is expected with its 10-90 % band."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from components import theme
from components.axes import height, ticks_around
from components.format import Format
from core.i18n import _
from data.schemas.cash_flow import BalanceDay
from data.schemas.recurring import ForecastPoint

_BAND = theme.WORTH_AREA


def forecast_chart(
    held: Sequence[BalanceDay], points: Sequence[ForecastPoint], currency: str, fmt: Format
) -> theme.Chart:
    """The chart of at least one day held, which is the last, and one to come."""
    past = [day.date.isoformat() for day in held]
    values = [height(day.balance) for day in held]
    ahead = [past[-1], *(point.date.isoformat() for point in points)]
    sides = {
        name: [values[-1], *(height(getattr(point, name)) for point in points)] for name in ("low", "high", "expected")
    }
    scale = ticks_around([*values, *sides["low"], *sides["high"]])
    line: dict[str, Any] = {"color": theme.WORTH, "width": 2.25}
    none: dict[str, Any] = {"color": theme.WORTH, "width": 0}
    data = [
        _line(ahead, sides["low"], none),
        _line(ahead, sides["high"], none) | {"fill": "tonexty", "fillcolor": _BAND},
        _line(past, values, line)
        | {
            "hoverinfo": "text",
            "hovertext": [f"<b>{fmt.day(d.date)}</b><br>{fmt.money(d.balance, currency)}" for d in held],
        },
        _line(ahead, sides["expected"], line | {"dash": "4px,4px"})
        | {"hoverinfo": "text", "hovertext": ["", *(_told(point, currency, fmt) for point in points)]},
    ]
    days = [*(day.date for day in held), *(point.date for point in points)]
    edge: dict[str, Any] = {"x": past[-1], "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False}
    layout = theme.layout(
        margin={"l": 8, "r": 12, "t": 20, "b": 8},
        xaxis=theme.x_axis(type="date", range=[past[0], ahead[-1]], **_ticks(days, 6, fmt)),
        yaxis=theme.y_axis(scale, [fmt.short(tick) for tick in scale]),
        shapes=[{
            "type": "line", "x0": past[-1], "x1": past[-1], "y0": 0, "y1": 1, "yref": "paper",
            "line": {"color": theme.ZERO, "width": 1},
        }],
        annotations=[edge | {"text": _("Today"), "font": {"color": theme.MUTED}}],
    )  # fmt: skip
    return {"figure": {"data": data, "layout": layout}, "narrow": {"xaxis": _ticks(days, 3, fmt)}}


def _line(days: list[str], values: list[float], line: dict[str, Any]) -> dict[str, Any]:
    return {"type": "scatter", "mode": "lines", "x": days, "y": values, "line": line, "hoverinfo": "skip"}


def _told(point: ForecastPoint, currency: str, fmt: Format) -> str:
    rows = [
        (_("Expected"), fmt.money(point.expected, currency)),
        (
            _("8 in 10 cases"),
            _("{low} to {high}", low=fmt.money(point.low, currency), high=fmt.money(point.high, currency)),
        ),
    ]
    if height(point.recurring):
        rows.append((_("Recurring"), fmt.money(point.recurring, currency, signed=True)))
    return "<br>".join([f"<b>{fmt.day(point.date)}</b>", *(f"{name}  {text}" for name, text in rows)])


def _ticks(days: Sequence[date], most: int, fmt: Format) -> dict[str, list[str]]:
    step = len(days) / most
    shown = [days[int(step * place + step / 2)] for place in range(most)] if len(days) > most else list(days)
    return {"tickvals": [day.isoformat() for day in shown], "ticktext": [fmt.day_of(day, day.year) for day in shown]}
