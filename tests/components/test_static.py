"""Trees of plain elements: what a drawing says, and what is none."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import dash_mantine_components as dmc
import pytest
from dash import dcc, no_update

from callbacks import cash_flow, net_worth, overview, report
from callbacks.page import Page, static
from components.cards import cards_skeleton
from components.elements import Link, html
from components.overview import draw, overview_skeleton
from components.parts import HIDDEN
from components.query import View
from components.static import Static, tree
from components.why import why
from core.errors import Forbidden, Invalid, NotFound, Unavailable
from data.reports.registry import DEFINITIONS
from tests.components import sample
from tests.components.reading import as_json, walk, words


def test_a_tree_is_jsonml() -> None:
    cell = html.Td([html.I(className="mark", **HIDDEN), "Rent", None, 12], colSpan=2)
    link = Link("All", href="/budgets?id=7", className="why")
    assert tree([cell, link, "said"]) == [
        ["td", {"colSpan": 2}, ["i", {"className": "mark", "aria-hidden": "true"}], "Rent", None, 12],
        ["dash_core_components.Link", {"href": "/budgets?id=7", "className": "why"}, "All"],
        "said",
    ]
    assert tree(None) == []
    assert tree(html.Span()) == [["span", {}]]


def test_a_tip_keeps_what_it_says_and_what_it_stands_on() -> None:
    (drawn,) = tree(why("12.00", "summary.net_worth", replace(sample.picture(), definitions=DEFINITIONS)))
    assert (drawn[0], drawn[2][0], drawn[2][2]) == (
        "dash_mantine_components.Tooltip",
        "dash_core_components.Link",
        "12.00",
    )
    assert drawn[1]["label"]


@pytest.mark.parametrize(
    "part", [dcc.Graph(), dcc.Store(id="kept"), dmc.Select(id="chosen"), html.Div(id={"part": "x"}), object()]
)
def test_what_callbacks_know_is_not_static(part: Any) -> None:
    with pytest.raises(TypeError):
        tree(part)


def _texts(node: Any) -> list[str]:
    if isinstance(node, list):
        return [text for child in (node[2:] if isinstance(node[0], str) else node) for text in _texts(child)]
    return [] if node in (None, "") else [str(node)]


def test_a_static_part_says_what_its_components_say() -> None:
    parts = draw(sample.picture(search="?account_id=1&tag=%3Cimg%3E"), "Alice")
    drawn = static(parts, overview.PARTS)
    for name, output in overview.PARTS.items():
        if output.component_property == "tree":
            assert " ".join(" ".join(_texts(each)) for each in drawn[name]).split() == words(parts[name]).split()
        else:
            assert drawn[name] is parts[name]
    assert json.loads(json.dumps(drawn["cards"])) == drawn["cards"]
    assert as_json(Static(cards_skeleton(), id="x", className="cards"))["props"]["tree"] == tree(cards_skeleton())


@pytest.mark.parametrize(
    "page", [overview.PAGE, cash_flow.PAGE, net_worth.PAGE, report.PAGE], ids=lambda page: page.path
)
@pytest.mark.parametrize("error", [Invalid("No"), NotFound("Gone"), Forbidden("Not yours"), Unavailable("Away")])
def test_states_in_place_of_figures_are_static(page: Page, error: Exception) -> None:
    parts = page.failure(error, View.parse("?account_id=7"))
    drawn = static(parts, page.parts)
    assert any(text for text in map(str, _texts(drawn["state"][0])))
    left_alone = [name for name, part in parts.items() if part is no_update]
    assert left_alone
    assert all(drawn[name] is no_update for name in left_alone)


def test_the_skeleton_of_the_overview_is_few_components() -> None:
    """Each component looks at every change of the page's state: `components.static`."""
    assert len(list(walk(overview_skeleton()))) < 60
