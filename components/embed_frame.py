"""A view of the figures as it stands in another site: the same parts as on the pages, without their navigation."""

from __future__ import annotations

from typing import Any

from dash import dcc

from components import ids, theme
from components.budgets import budgets
from components.cards import cards
from components.categories import spending
from components.context import Picture
from components.elements import html
from components.embed_accounts import accounts_panel
from components.embed_controls import controls
from components.embed_plain import plain
from components.history import flow_about, flow_figure, flow_table, worth_about, worth_figure, worth_table
from components.parts import HIDDEN, labelled, skeleton
from components.quality import incomplete_banner
from components.transactions import recent
from core.i18n import _
from data.schemas.embeds import EmbedAllow

_PARTS = {
    "dashboard": ("cards", "worth", "flow", "budgets", "categories", "recent"),
    "summary": ("cards", "worth"),
    "accounts": ("accounts",),
    "transactions": ("flow", "categories", "recent"),
    "budgets": ("budgets",),
    "net-worth": ("worth",),
    "cash-flow": ("flow",),
    "categories": ("categories",),
}
"""View -> its parts, from above."""


def frame_skeleton() -> html.Div:
    """The frame before its figures; it holds no data and is the same for everybody."""
    return html.Div(
        [
            html.Div(skeleton(240), id=ids.EMBED_CONTENT, className="embed"),
            dcc.Store(id=ids.EMBED_QUERY),
            dcc.Store(id=ids.EMBED_VERSION),
            dcc.Store(id=ids.THEME),
        ]
    )


def draw_view(view: str, picture: Picture, allow: EmbedAllow, accounts: list[tuple[str, str]]) -> list[Any]:
    """All parts of `view`; `accounts` (id, name) are those to choose from, where the viewer may."""
    parts = [_part(name, picture) for name in _PARTS[view]]
    classes = "embed-parts embed-many" if len(parts) > 1 else "embed-parts"
    return [
        controls(picture, allow, accounts),
        incomplete_banner(picture),
        html.Div([plain(part) for part in parts], className=classes),
    ]


def _part(name: str, picture: Picture) -> Any:
    if name == "cards":
        return html.Section(cards(picture), className="cards", **labelled(_("Key figures")))
    if name == "worth":
        return _chart(ids.NET_WORTH, worth_about(picture), worth_figure(picture), worth_table(picture))
    if name == "flow":
        return _chart(ids.CASH_FLOW, flow_about(picture), flow_figure(picture), flow_table(picture))
    panels = {"budgets": budgets, "categories": spending, "recent": recent, "accounts": accounts_panel}
    return html.Section(panels[name](picture), className=f"panel panel-{name}")


def _chart(chart: str, about: list[Any], figure: theme.Chart, table: Any) -> html.Section:
    """As `components.parts.chart_panel`, with its figure already in it."""
    graph = dcc.Graph(
        id=ids.graph(chart), figure=theme.blank(), config=theme.CONFIG, style={"height": theme.HEIGHT}, className="plot"
    )
    return html.Section(
        [
            html.Div(about, className="panel-head"),
            html.Div(graph, className="chart", **HIDDEN),
            html.Div(table, className="panel-foot"),
            dcc.Store(id=ids.figure(chart), data=dict(figure)),
        ],
        className=f"panel panel-{chart}",
    )
