"""The cash flow page: its skeleton, and its parts drawn from the answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import dcc

from components import ids
from components.cards import cards, cards_skeleton
from components.compared import Listing, compared
from components.context import Picture
from components.controls import chips, preset_menu, range_picker
from components.elements import html
from components.flow_days import days_panel
from components.flow_panels import Panel, Steps, sankey_panel, steps_panel, treemap_panel, waterfall_panel
from components.flow_tree import money_of
from components.flow_view import OWN, FlowView, beside_switch, step_switch
from components.parts import about_skeleton, chart_panel, icon, labelled, rows_skeleton, skeleton
from components.quality import incomplete_banner
from components.query import View
from components.static import Static
from core.i18n import _
from data.schemas.cash_flow import CashFlow
from data.schemas.comparisons import Comparison
from data.schemas.dashboard import Envelope
from data.schemas.ledger import Category

LOADING, READY = "page flow is-loading", "page flow is-ready"
OTHER, EMPTY = "page flow is-other", "page flow is-other is-empty"
LOOKING, LOOKED = "outlook is-loading", "outlook is-ready"
Parts = dict[str, Any]
CHARTS = (ids.STEPS, ids.WATERFALL, ids.SANKEY, ids.TREEMAP, ids.DAYS)
_TALL, _LOW = 400, 196


def flow_skeleton() -> html.Div:
    """The page before its first answer: every part has its place and its height."""
    two = [html.Div(chart_panel(chart, _TALL), className="column") for chart in (ids.WATERFALL, ids.TREEMAP)]
    outlook = [
        Static([*about_skeleton(), rows_skeleton(8, 56)], id=ids.FLOW_DUE, tag="section", className="panel panel-due"),
        chart_panel(ids.FORECAST),
    ]
    content = html.Div(
        [
            Static(id=ids.FLOW_NOTICE),
            Static(
                cards_skeleton(flows=True),
                id=ids.FLOW_CARDS,
                tag="section",
                className="cards cards-four",
                **labelled(_("Key figures")),
            ),
            chart_panel(ids.STEPS),
            html.Div(two, className="halves"),
            chart_panel(ids.SANKEY, _TALL),
            Static(
                [*about_skeleton(), rows_skeleton(10, 40)],
                id=ids.FLOW_COMPARED,
                tag="section",
                className="panel panel-compared",
            ),
            chart_panel(ids.DAYS, _LOW),
            html.Div(outlook, id=ids.FLOW_OUTLOOK, className=LOOKING),
        ],
        className="content",
    )
    return html.Div([_head(), *_below(), content], id=ids.FLOW, className=LOADING)


def _head() -> html.Div:
    titles = html.Div(
        [html.P(skeleton(14, "160px"), id=ids.FLOW_EYEBROW, className="eyebrow"), html.H1(_("Cash flow"))]
    )
    presets = Static(preset_menu(View()), id=ids.FLOW_PRESETS)
    picker = html.Div(range_picker(ids.FLOW_RANGE), className="range-box")
    report = html.Button([icon("file-text"), _("Print")], id=ids.FLOW_PRINT, type="button", className="button")
    controls = html.Div(
        [presets, picker, report, dcc.Store(id=ids.FLOW_SPAN), dcc.Store(id=ids.FLOW_AHEAD)], className="controls"
    )
    return html.Div([titles, controls], className="page-head")


def _below() -> list[Any]:
    view = FlowView(View())
    return [
        Static(id=ids.FLOW_CHIPS, className="chips"),
        Static([step_switch(view), beside_switch(view)], id=ids.FLOW_STEP, className="switches"),
        Static(id=ids.FLOW_STATE),
    ]


def draw(
    picture: Picture,
    view: FlowView,
    flow: Envelope[CashFlow],
    comparison: Envelope[Comparison],
    categories: Mapping[str, Category],
    tenant: str,
) -> Parts:
    """All parts that follow the period, by name."""
    days = [picture.answer.period.from_.isoformat(), picture.answer.period.to.isoformat()]
    money, steps = money_of(picture, view, categories), Steps(picture, view, flow)
    panels = {
        ids.STEPS: steps_panel(steps),
        ids.WATERFALL: waterfall_panel(money),
        ids.SANKEY: sankey_panel(money),
        ids.TREEMAP: treemap_panel(money),
        ids.DAYS: days_panel(steps),
    }
    parts: Parts = {
        "page": READY,
        "eyebrow": f"{tenant} · {picture.span}",
        "presets": preset_menu(view.view),
        "range": days,
        "span": days,
        "chips": chips(view.view, picture, OWN),
        "switches": [step_switch(view), beside_switch(view)],
        "state": None,
        "notice": incomplete_banner(picture),
        "cards": cards(picture, flows=True),
        "compared": compared(Listing(picture, view, comparison, categories)),
    }
    for chart, panel in panels.items():
        parts |= panel_parts(chart, panel)
    return parts


def panel_parts(chart: str, panel: Panel) -> Parts:
    """The three outputs of a chart's panel."""
    return {f"{chart}_about": panel[0], f"{chart}_figure": panel[1], f"{chart}_table": panel[2]}
