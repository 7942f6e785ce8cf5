"""The page on net worth follows its address."""

from __future__ import annotations

from dash import Dash, Output

from callbacks.browser import open_marks, open_range
from callbacks.page import Page, Parts, picture_of
from components import ids
from components.controls import chips, preset_menu
from components.history import worth_about, worth_figure, worth_table
from components.net_worth import (
    EMPTY,
    OTHER,
    READY,
    currency_menu,
    moves_about,
    moves_figure,
    moves_table,
    worth_figures,
)
from components.quality import incomplete_banner
from components.query import View
from components.states import empty_ledger
from components.worth_types import by_type
from core.query import Query
from data.reports.net_worth import net_worth_report
from web.ask import dashboard
from web.identity import current

PARTS = {
    "page": Output(ids.WORTH, "className"),
    "view": Output(ids.WORTH, "data-view"),
    "eyebrow": Output(ids.WORTH_EYEBROW, "children"),
    "presets": Output(ids.WORTH_PRESETS, "children"),
    "range": Output(ids.WORTH_RANGE, "value"),
    "span": Output(ids.WORTH_SPAN, "data"),
    "currency": Output(ids.WORTH_CURRENCY, "children"),
    "chips": Output(ids.WORTH_CHIPS, "children"),
    "state": Output(ids.WORTH_STATE, "children"),
    "notice": Output(ids.WORTH_NOTICE, "children"),
    "cards": Output(ids.WORTH_CARDS, "children"),
    "history_about": Output(ids.about(ids.WORTH_HISTORY), "children"),
    "history_figure": Output(ids.figure(ids.WORTH_HISTORY), "data"),
    "history_table": Output(ids.table(ids.WORTH_HISTORY), "children"),
    "moves_about": Output(ids.about(ids.WORTH_MOVES), "children"),
    "moves_figure": Output(ids.figure(ids.WORTH_MOVES), "data"),
    "moves_table": Output(ids.table(ids.WORTH_MOVES), "children"),
    "types": Output(ids.WORTH_TYPES, "children"),
}


def _around(view: View) -> Parts:
    return {"page": OTHER, "eyebrow": "", "presets": preset_menu(view), "chips": chips(view)}


PAGE = Page(
    "the page on net worth", "/net-worth", PARTS, _around, controls=("presets", "range", "span", "currency", "chips")
)


def show_net_worth(search: str | None) -> Parts:
    """The page for the view in `search`. Raises what the reports raise; `PAGE` draws that."""
    view, identity = View.parse(search), current()
    tenant = identity.tenant
    answer = dashboard(view.params)
    if not answer.data.accounts and not view.filters:
        return PAGE.instead(view, empty_ledger(tenant.key)) | {"page": EMPTY, "eyebrow": tenant.name}
    story = net_worth_report(identity.context, Query.parse(view.params)).data
    picture = picture_of(answer, tenant, view)
    days = [answer.period.from_.isoformat(), answer.period.to.isoformat()]
    currencies = sorted({tenant.currency, answer.currency, *(row.currency for row in answer.data.accounts)})
    return {
        "page": READY,
        "view": view.href,
        "eyebrow": f"{tenant.name} · {picture.span}",
        "presets": preset_menu(view),
        "range": days,
        "span": days,
        "currency": currency_menu(view, currencies, answer.currency),
        "chips": chips(view, picture),
        "state": None,
        "notice": incomplete_banner(picture),
        "cards": worth_figures(picture, story),
        "history_about": worth_about(picture),
        "history_figure": worth_figure(picture),
        "history_table": worth_table(picture),
        "moves_about": moves_about(picture, story),
        "moves_figure": moves_figure(picture, story),
        "moves_table": moves_table(picture, story),
        "types": by_type(picture, story),
    }


def register(app: Dash) -> None:
    PAGE.follow(app, show_net_worth)
    open_marks(app, ids.WORTH_HISTORY, ids.WORTH_MOVES)
    open_range(app, ids.WORTH_RANGE, ids.WORTH_SPAN)
