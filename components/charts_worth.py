"""Net worth over time: a line with a soft area, assets and liabilities as thin lines, labelled at their ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from components import theme
from components.axes import apart, height, ticks
from components.format import Format
from core.i18n import N_, _
from data.schemas.dashboard import NetWorthPoint

_LETTER = 7.0  # pixels, the mean width of a letter at 12 px, 600
_LINE_GAP = 17  # pixels between the middles of two end labels
_LINES = (
    (N_("Assets"), "assets", theme.ASSETS, 1.25),
    (N_("Liabilities"), "liabilities", theme.LIABILITIES, 1.25),
    (N_("Net worth"), "net_worth", theme.WORTH, 2.25),
)


def worth_chart(points: Sequence[NetWorthPoint], currency: str, fmt: Format, hrefs: Sequence[str] = ()) -> theme.Chart:
    """The chart of `points` (at least one), money in `currency`; a click on one leads to its address."""
    days = [point.date.isoformat() for point in points]
    shown = [line for line in _LINES if line[1] == "net_worth" or _differs(points, line[1])]
    heights = {field: [height(getattr(point, field)) for point in points] for _, field, _, _ in shown}
    scale = ticks([value for line in heights.values() for value in line])
    data = [_line(days, heights[field], color, width) for _, field, color, width in shown]
    data[-1] |= {
        "fill": "tozeroy",
        "fillcolor": theme.WORTH_AREA,
        "hoverinfo": "text",
        "hovertext": [_hover(point, currency, fmt) for point in points],
        "customdata": list(hrefs),
    }
    data.append(_last_point(days[-1], heights["net_worth"][-1]))
    labels = [(_(name), field, heights[field][-1], color) for name, field, color, _width in shown]
    beside = _end_labels(labels, scale, days[-1], fmt)
    axis = theme.x_axis(
        type="date", range=_whole_span(days), tickvals=_tick_days(points, 6), ticktext=_tick_texts(points, 6, fmt)
    )
    figure = {
        "data": data,
        "layout": theme.layout(
            margin={"l": 8, "r": 20 + _LETTER * max(len(label["text"]) for label in beside), "t": 12, "b": 8},
            xaxis=axis,
            yaxis=theme.y_axis(scale, [fmt.short(tick) for tick in scale]),
            annotations=beside,
        ),
    }
    narrow = {
        "margin": {"r": 12},
        "annotations": [],
        "xaxis": {"tickvals": _tick_days(points, 3), "ticktext": _tick_texts(points, 3, fmt)},
    }
    return {"figure": figure, "narrow": narrow}


def _differs(points: Sequence[NetWorthPoint], field: str) -> bool:
    """Whether a part says something that net worth does not: a ledger without debts needs one line."""
    return any(height(point.assets) and height(point.liabilities) for point in points) and any(
        getattr(point, field) != point.net_worth for point in points
    )


def _line(days: list[str], values: list[float], color: str, width: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": days,
        "y": values,
        "line": {"color": color, "width": width},
        "hoverinfo": "skip",
    }


def _last_point(day: str, value: float) -> dict[str, Any]:
    marker = {"size": 8, "color": theme.WORTH, "line": {"color": theme.SURFACE, "width": 2}}
    point = {"type": "scatter", "mode": "markers", "x": [day], "y": [value], "marker": marker}
    return point | {"cliponaxis": False, "hoverinfo": "skip"}


def _whole_span(days: list[str]) -> list[str]:
    """The axis ends where the line ends, so that its label stands right beside it; one day alone keeps some room."""
    if len(days) > 1:
        return [days[0], days[-1]]
    day = date.fromisoformat(days[0])
    return [(day - timedelta(days=1)).isoformat(), day.isoformat()]


def _hover(point: NetWorthPoint, currency: str, fmt: Format) -> str:
    rows = ((_("Net worth"), point.net_worth), (_("Assets"), point.assets), (_("Liabilities"), point.liabilities))
    return "<br>".join([f"<b>{fmt.day(point.date)}</b>", *(f"{n}  {fmt.money(v, currency)}" for n, v in rows)])


def _end_labels(
    labels: list[tuple[str, str, float, str]], scale: list[float], day: str, fmt: Format
) -> list[dict[str, Any]]:
    """Name and value beside each line's end, moved apart where the ends are close."""
    per_pixel = (scale[-1] - scale[0]) * 1.08 / (theme.HEIGHT - 40)
    places = apart([value for _, _, value, _ in labels], _LINE_GAP * per_pixel)
    return [
        {
            "x": day,
            "y": place,
            "xanchor": "left",
            "xshift": 10,
            "showarrow": False,
            "align": "left",
            "text": f"{name} {fmt.short(_rounded(value))}",
            "font": {"color": color, "weight": 600 if field == "net_worth" else 400},
        }
        for (name, field, value, color), place in zip(labels, places, strict=True)
    ]


def _rounded(value: float) -> float:
    return round(value) if abs(value) < 1000 else value


def _tick_days(points: Sequence[NetWorthPoint], most: int) -> list[str]:
    return [point.date.isoformat() for point in _spread(points, most)]


def _tick_texts(points: Sequence[NetWorthPoint], most: int, fmt: Format) -> list[str]:
    """Days without the year, except where the year changes."""
    texts, year = [], 0
    for point in _spread(points, most):
        texts.append(_tick_text(point.date, year, fmt))
        year = point.date.year
    return texts


def _tick_text(day: date, year: int, fmt: Format) -> str:
    return fmt.day_of(day, day.year) + (f"<br>{day.year}" if day.year != year else "")


def _spread(points: Sequence[NetWorthPoint], most: int) -> list[NetWorthPoint]:
    """At most `most` points, evenly spread by place, ends left out so that texts stay inside."""
    if len(points) <= most:
        return list(points)
    step = len(points) / most
    return [points[int(step * i + step / 2)] for i in range(most)]
