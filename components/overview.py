"""The overview: its skeleton, and every part of it drawn from one dashboard answer."""

from __future__ import annotations

from typing import Any

from dash import dcc

from components import ids
from components.budgets import budgets
from components.cards import cards, cards_skeleton
from components.categories import spending
from components.context import Picture
from components.controls import chips, preset_menu, range_picker
from components.elements import Link, html
from components.history import flow_about, flow_figure, flow_table, worth_about, worth_figure, worth_table
from components.parts import about_skeleton, chart_panel, icon, labelled, rows_skeleton, skeleton
from components.quality import incomplete_banner, quality_line
from components.query import View
from components.static import Static
from components.transactions import recent
from core.i18n import _

LOADING, READY, OTHER, EMPTY = "page is-loading", "page is-ready", "page is-other", "page is-other is-empty"
Parts = dict[str, Any]


def overview_skeleton() -> html.Div:
    """The page before its first answer: every part has its place and its height."""
    main = [
        chart_panel(ids.NET_WORTH),
        chart_panel(ids.CASH_FLOW),
        _panel(ids.OVERVIEW_RECENT, 10, 44),
    ]
    side = [_panel(ids.OVERVIEW_BUDGETS, 8, 70), _panel(ids.OVERVIEW_CATEGORIES, 9, 42)]
    content = html.Div(
        [
            Static(id=ids.OVERVIEW_NOTICE),
            Static(
                cards_skeleton(), id=ids.OVERVIEW_CARDS, tag="section", className="cards", **labelled(_("Key figures"))
            ),
            Static(skeleton(16, "60%"), id=ids.OVERVIEW_QUALITY, className="quality"),
            html.Div([html.Div(main, className="column"), html.Div(side, className="column")], className="columns"),
        ],
        className="content",
    )
    return html.Div(
        [_head(), Static(id=ids.OVERVIEW_CHIPS, className="chips"), Static(id=ids.OVERVIEW_STATE), content],
        id=ids.OVERVIEW,
        className=LOADING,
    )


def _head() -> html.Div:
    titles = html.Div(
        [html.P(skeleton(14, "160px"), id=ids.OVERVIEW_EYEBROW, className="eyebrow"), html.H1(_("Overview"))]
    )
    picker = html.Div(range_picker(), className="range-box")
    presets = Static(preset_menu(View()), id=ids.OVERVIEW_PRESETS)
    report = Link([icon("file-text"), _("Report")], id=ids.OVERVIEW_REPORT, href="/report", className="button")
    controls = html.Div(
        [presets, picker, report, dcc.Store(id=ids.OVERVIEW_SPAN)],
        className="controls",
    )
    return html.Div([titles, controls], className="page-head")


def _panel(name: str, rows: int, height: int) -> Static:
    return Static([*about_skeleton(), rows_skeleton(rows, height)], id=name, tag="section", className="panel")


def draw(picture: Picture, tenant: str) -> Parts:
    """All parts of the page, by name, from one answer."""
    period = picture.answer.period
    days = [period.from_.isoformat(), period.to.isoformat()]
    return {
        "page": READY,
        "view": picture.view.href,
        "eyebrow": f"{tenant} · {picture.span}",
        "presets": preset_menu(picture.view),
        "range": days,
        "span": days,
        "report": f"/report{picture.view.href}",
        "chips": chips(picture.view, picture),
        "state": None,
        "notice": incomplete_banner(picture),
        "cards": cards(picture),
        "quality": quality_line(picture),
        "worth_about": worth_about(picture),
        "worth_figure": worth_figure(picture),
        "worth_table": worth_table(picture),
        "flow_about": flow_about(picture),
        "flow_figure": flow_figure(picture),
        "flow_table": flow_table(picture),
        "budgets": budgets(picture),
        "categories": spending(picture),
        "recent": recent(picture),
    }
