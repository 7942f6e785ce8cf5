"""What moved net worth, as a waterfall from the day before the period to its last day."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

from components import theme
from components.axes import height, ticks_around
from components.context import Picture

Step = tuple[str, str]
"""A name, and a decimal amount."""


def moves_chart(
    before: Step, moves: Sequence[Step], after: Step, picture: Picture, hrefs: Sequence[str]
) -> theme.Chart:
    """From `before` through the moves to `after`, from top to bottom; a click on one leads to its address."""
    steps = [before, *moves, after]
    scale = ticks_around(reached([amount for _, amount in steps[:-1]]))
    texts = [picture.exact(amount, signed=0 < place <= len(moves)) for place, (_, amount) in enumerate(steps)]
    keys = [str(place) for place in range(len(steps))]
    data = {
        "type": "waterfall",
        "orientation": "h",
        "measure": ["absolute", *["relative"] * len(moves), "total"],
        "y": keys,
        "x": [height(amount) for _, amount in steps],
        "customdata": list(hrefs),
        "hoverinfo": "text",
        "hovertext": [f"<b>{name}</b><br>{text}" for (name, _), text in zip(steps, texts, strict=True)],
        "increasing": {"marker": {"color": theme.INCOME}},
        "decreasing": {"marker": {"color": theme.EXPENSES}},
        "totals": {"marker": {"color": theme.WORTH}},
        "connector": {"line": {"color": theme.ZERO, "width": 1}},
    }
    values = theme.y_axis(scale, [picture.fmt.short(tick) for tick in scale])
    values["range"] = [scale[0], scale[-1] + (scale[-1] - scale[0]) * 0.12]
    names: dict[str, Any] = {
        "type": "category",
        "autorange": "reversed",
        "tickvals": keys,
        "ticktext": [name for name, _ in steps],
        "automargin": True,
        "fixedrange": True,
        "showgrid": False,
        "ticks": "",
        "ticklabelstandoff": 6,
    }
    layout = theme.layout(hovermode="closest", waterfallgap=0.35, xaxis=values, yaxis=names)
    layout["annotations"] = _labels([amount for _, amount in steps], keys, picture)
    few = scale[:: max(1, -(-len(scale) // 3))]
    narrow = {"xaxis": values | {"tickvals": few, "ticktext": [picture.fmt.short(tick) for tick in few]}}
    return {"figure": {"data": [data], "layout": layout}, "narrow": narrow}


def _labels(amounts: Sequence[str], keys: Sequence[str], picture: Picture) -> list[dict[str, Any]]:
    """Each amount, short, at the right end of its bar."""
    beside = {"xanchor": "left", "xshift": 4, "showarrow": False, "font": {"color": theme.TEXT}}
    said = [picture.fmt.short(_whole(amount)) for amount in amounts]
    return [
        beside | {"x": end, "y": key, "text": text} for end, key, text in zip(_ends(amounts), keys, said, strict=True)
    ]


def _ends(amounts: Sequence[str]) -> list[float]:
    """The right end of each bar: the first and the last begin at zero, the others where the one before ended."""
    totals = reached(amounts[:-1])
    return [max(0.0, totals[0]), *(max(pair) for pair in pairwise(totals)), max(0.0, height(amounts[-1]))]


def _whole(amount: str) -> float:
    return round(height(amount)) if abs(height(amount)) < 1000 else height(amount)


def reached(amounts: Sequence[str]) -> list[float]:
    """The totals on the way: after the first amount, after the second, and so on."""
    return list(accumulate(height(amount) for amount in amounts))
