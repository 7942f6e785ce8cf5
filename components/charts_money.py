"""Where money goes: a waterfall from income to what is left, a sankey, and a treemap of expenses."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate, pairwise
from typing import Any

from components import theme
from components.axes import height, ticks
from components.flow_tree import Branch, Money, folded, shortened
from core.i18n import _
from data.schemas.dashboard import CategoryFlow

MOST = 8
_SOFT = {
    "income": "var(--income-soft)",
    "expense": "var(--expenses-soft)",
    "saving": theme.WORTH_AREA,
    "transfer": "var(--track)",
}
_TOLD = "<b>%{label}</b><br>%{value}<extra></extra>"


def waterfall_chart(money: Money) -> theme.Chart:
    """Income, each category taken off it, and what is left, from top to bottom."""
    picture = money.picture
    branches = folded(money.expenses, MOST, picture)
    steps = [money.came, *(-branch.minor for branch in branches), money.left]
    names = [branch.label for branch in (whole(money), *branches, left(money))]
    keys = [f"{place}" for place in range(len(names))]  # two categories may have the same short name
    totals = [height(money.text(minor)) for minor in accumulate([0, *steps[:-1]])]
    scale = ticks(totals)
    texts = [picture.fmt.short(_rounded(height(money.text(step)))) for step in steps]
    value_axis = theme.y_axis(scale, [picture.fmt.short(tick) for tick in scale])
    room = (scale[-1] - scale[0]) * 0.1
    value_axis["range"] = [scale[0] - (room if min(totals) < 0 else 0), scale[-1] + room]
    beside: dict[str, Any] = {"xanchor": "left", "xshift": 4, "showarrow": False, "font": {"color": theme.TEXT}}
    layout = theme.layout(
        hovermode="closest",
        hoverdistance=20,  # without a limit any bar would answer for any other
        waterfallgap=0.35,
        annotations=[
            beside | {"x": end, "y": name, "text": text}
            for end, name, text in zip(_ends(totals, steps[-1] >= 0), keys, texts, strict=True)
        ],
        xaxis=value_axis,
        yaxis=_names_axis(keys, names),
    )
    figure = {"data": [_falls(money, branches, steps, keys)], "layout": layout}
    return {"figure": figure, "narrow": {"xaxis": value_axis | {"showticklabels": False}}}


def _falls(money: Money, branches: list[Branch], steps: list[int], keys: list[str]) -> dict[str, Any]:
    names = [branch.drawn for branch in (whole(money), *branches, left(money))]
    texts = [money.picture.exact(money.text(step), signed=True) for step in steps]
    return {
        "type": "waterfall",
        "orientation": "h",
        "measure": [*["relative"] * (len(steps) - 1), "total"],
        "y": keys,
        "x": [height(money.text(step)) for step in steps],
        "customdata": [money.href(branch) for branch in (whole(money), *branches, left(money))],
        "hoverinfo": "text",
        "hovertext": [f"<b>{name}</b><br>{text}" for name, text in zip(names, texts, strict=True)],
        "increasing": {"marker": {"color": theme.INCOME}},
        "decreasing": {"marker": {"color": theme.EXPENSES}},
        "totals": {"marker": {"color": theme.WORTH}},
        "connector": {"line": {"color": theme.ZERO, "width": 1}},
    }


def _names_axis(keys: list[str], names: list[str]) -> dict[str, Any]:
    return {
        "type": "category",
        "autorange": "reversed",
        "tickvals": keys,
        "ticktext": names,
        "automargin": True,
        "fixedrange": True,
        "showgrid": False,
        "ticks": "",
        "ticklabelstandoff": 6,
    }


def _ends(totals: list[float], kept: bool) -> list[float]:
    """The right end of each bar, which goes from one total to the next, and the last one to zero."""
    last = max(0.0, totals[-1]) if kept else 0.0
    return [*(max(pair) for pair in pairwise(totals)), last]


def _rounded(value: float) -> float:
    return round(value) if abs(value) < 1000 else value


def whole(money: Money) -> Branch:
    """All income."""
    return Branch(None, _("Income"), "income", money.came, figure="summary.income")


def left(money: Money) -> Branch:
    """What is left of it, or was spent beyond it."""
    name = _("Left over") if money.left >= 0 else _("Overspent")
    return Branch(None, name, "saving", money.left, figure="summary.net_cash_flow")


def streams(money: Money) -> tuple[list[Branch], list[Branch]]:
    """What flows in and what flows out, both as positive amounts: a net refund flows in, and what was spent beyond the
    income comes from reserves."""
    picture = money.picture
    came, went = folded(money.income, MOST, picture), folded(money.expenses, MOST, picture)
    into = [each for each in came if each.minor > 0] + [_flipped(each) for each in went if each.minor < 0]
    out = [each for each in went if each.minor > 0] + [_flipped(each) for each in came if each.minor < 0]
    if money.left > 0:
        out.append(left(money))
    elif money.left < 0:
        into.append(Branch(None, _("From reserves"), "saving", -money.left, figure="summary.net_cash_flow"))
    return into, out


def _flipped(branch: Branch) -> Branch:
    return replace(branch, minor=-branch.minor)


def sankey_chart(money: Money) -> theme.Chart:
    """Income categories into one stream, and that into categories and what is left."""
    into, out = streams(money)
    all_income = sum(each.minor for each in into) == money.came  # no refunds, nothing from reserves
    every = [*into, replace(whole(money), figure="summary.income" if all_income else ""), *out]
    hub = len(into)
    colors = {"income": theme.INCOME, "expense": theme.EXPENSES, "saving": theme.WORTH, "transfer": theme.ASSETS}
    digits = len(money.text(0).partition(".")[2])
    spots = [place for place in range(len(every)) if place != hub]
    hrefs = [money.href(branch) for branch in every]
    data: dict[str, Any] = {
        "type": "sankey",
        "arrangement": "fixed",
        "valueformat": f",.{digits}f",
        "valuesuffix": f" {money.picture.currency}",
        "textfont": {"size": 12, "color": theme.TEXT, "family": theme.FONT, "shadow": "none"},
        "node": {
            "label": ["" if place == hub else branch.label for place, branch in enumerate(every)],
            "color": [theme.INCOME if place == hub else colors[branch.kind] for place, branch in enumerate(every)],
            "customdata": hrefs,
            "pad": 14,
            "thickness": 12,
            "line": {"width": 0},
            "hovertemplate": _TOLD,
        },
        "link": {
            "source": [place if place < hub else hub for place in spots],
            "target": [hub if place < hub else place for place in spots],
            "value": [height(money.text(every[place].minor)) for place in spots],
            "customdata": [hrefs[place] for place in spots],
            "color": [_SOFT[every[place].kind] for place in spots],
            "label": [every[place].drawn for place in spots],
            "hovertemplate": _TOLD,
        },
    }
    separators = money.picture.fmt.separators
    layout = theme.layout(hovermode="closest", margin={"l": 4, "r": 4, "t": 8, "b": 8}, separators=separators)
    layout["font"] = {"family": theme.FONT, "size": 12, "color": theme.TEXT}
    return {"figure": {"data": [data], "layout": layout}, "narrow": {"font": {"size": 11}}}


def treemap_chart(money: Money) -> theme.Chart:
    """Expenses as areas, the parts of a category within it."""
    rows: list[tuple[str, str, str, float, str, str]] = []
    for place, branch in enumerate(money.expenses):
        if branch.minor > 0:
            rows += _areas(f"{place}", branch, money)
    parents = {row[1] for row in rows}
    data: dict[str, Any] = {
        "type": "treemap",
        "ids": [row[0] for row in rows],
        "parents": [row[1] for row in rows],
        "labels": [row[2] for row in rows],
        "values": [row[3] for row in rows],
        "customdata": [row[4] for row in rows],
        "text": [row[5] for row in rows],
        "branchvalues": "remainder",
        "hovertemplate": "<b>%{label}</b><br>%{text}<extra></extra>",
        "texttemplate": "%{label}<br>%{text}",
        "textfont": {"size": 12, "color": theme.TEXT},
        "marker": {
            "colors": ["var(--sunken)" if row[0] in parents else _SOFT["expense"] for row in rows],
            "line": {"color": theme.SURFACE, "width": 2},
            "cornerradius": 4,
            "pad": {"t": 22, "l": 4, "r": 4, "b": 4},
        },
        "tiling": {"packing": "squarify", "pad": 2},
        "pathbar": {"visible": False},
        "root": {"color": "rgba(0,0,0,0)"},
        "sort": True,
    }
    layout = theme.layout(hovermode="closest", margin={"l": 0, "r": 0, "t": 4, "b": 0})
    layout["uniformtext"] = {"minsize": 11, "mode": "hide"}
    return {"figure": {"data": [data], "layout": layout}, "narrow": {}}


def _areas(key: str, branch: Branch, money: Money) -> list[tuple[str, str, str, float, str, str]]:
    """(id, parent, label, own value, address, exact) of a category and of its parts that are more than itself."""
    picture = money.picture
    exact = picture.whole(money.text(branch.minor))
    parts = [part for part in branch.parts if part.category_id != branch.key and height(part.amount) > 0]
    own = max(0.0, height(money.text(branch.minor)) - sum(height(part.amount) for part in parts))
    found = [(key, "", branch.label, own, money.href(branch), exact)]
    return found + [_area(f"{key}/{place}", key, part, money) for place, part in enumerate(parts)]


def _area(key: str, parent: str, part: CategoryFlow, money: Money) -> tuple[str, str, str, float, str, str]:
    href = money.view.narrowed(part.category_id or "none")
    return key, parent, shortened(part.name), height(part.amount), href, money.picture.whole(part.amount)
