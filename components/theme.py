"""The one look of all charts, as plain Plotly dictionaries.

Colours are names of CSS tokens (`var(--income)`), defined for light and dark in `assets/10-tokens.css` and nowhere
else. `assets/40-charts.js` puts the values of the theme in use in their place when it paints a figure, so a theme
switch needs no server. `resolve` does the same with a given palette, for tests and for drawing without a browser.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypedDict

Figure = dict[str, Any]

TEXT = "var(--text)"
MUTED = "var(--text-muted)"
SURFACE = "var(--surface)"
GRID = "var(--grid)"
ZERO = "var(--zero-line)"
INCOME = "var(--income)"
EXPENSES = "var(--expenses)"
WORTH = "var(--worth)"
WORTH_AREA = "var(--worth-area)"
ASSETS = "var(--assets)"
LIABILITIES = "var(--liabilities)"

FONT = "Inter Variable, Inter, system-ui, sans-serif"
HEIGHT = 280
CONFIG: Any = {"displayModeBar": False, "responsive": True, "showTips": False, "doubleClick": False}

_VAR = re.compile(r"var\((--[a-z0-9-]+)\)")


class Chart(TypedDict):
    """An unpainted chart: a figure, and what its layout has instead on a narrow screen (one level deep)."""

    figure: Figure
    narrow: dict[str, Any]


def layout(**own: Any) -> dict[str, Any]:
    """The layout all charts share, with the chart's `own` keys on top."""
    base: dict[str, Any] = {
        "font": {"family": FONT, "size": 12, "color": MUTED},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 8, "r": 8, "t": 12, "b": 8},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "x",
        "hoverdistance": -1,
        "spikedistance": -1,
        "hoverlabel": {
            "align": "left",
            "bgcolor": SURFACE,
            "bordercolor": ZERO,
            "font": {"family": FONT, "size": 12, "color": TEXT},
        },
    }
    return base | own


def x_axis(**own: Any) -> dict[str, Any]:
    """The time axis: no grid, no line, a hairline under the pointer."""
    base: dict[str, Any] = {
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "automargin": True,
        "ticks": "",
        "ticklabelstandoff": 4,
        "tickangle": 0,
        "showspikes": True,
        "spikemode": "across",
        "spikesnap": "data",
        "spikethickness": 1,
        "spikedash": "solid",
        "spikecolor": ZERO,
    }
    return base | own


def y_axis(ticks: list[float], texts: list[str]) -> dict[str, Any]:
    """The money axis: faint lines at `ticks`, a firm one at zero."""
    low, high = ticks[0], ticks[-1]
    room = (high - low) * 0.04
    return {
        "tickvals": ticks,
        "ticktext": texts,
        "range": [low - room, high + room],
        "gridcolor": GRID,
        "gridwidth": 1,
        "zeroline": True,
        "zerolinecolor": ZERO,
        "zerolinewidth": 1,
        "fixedrange": True,
        "automargin": True,
        "ticks": "",
        "ticklabelstandoff": 6,
    }


def blank() -> Figure:
    """What a graph shows before its data: nothing, at full height."""
    hidden = {"visible": False, "fixedrange": True}
    return {"data": [], "layout": layout(xaxis=hidden, yaxis=hidden)}


def resolve(part: Any, tokens: Mapping[str, str]) -> Any:
    """`part` of a figure with every `var(--token)` replaced by its value in `tokens`."""
    if isinstance(part, str):
        return _VAR.sub(lambda match: tokens[match.group(1)], part)
    if isinstance(part, dict):
        return {key: resolve(value, tokens) for key, value in part.items()}
    if isinstance(part, list):
        return [resolve(value, tokens) for value in part]
    return part
