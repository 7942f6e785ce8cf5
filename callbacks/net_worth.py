"""The page on net worth follows its address."""

from __future__ import annotations

from dash import Dash, Output

from callbacks.browser import open_marks, open_range
from callbacks.page import Page, Parts, picture_of, place
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
    "presets": place(ids.WORTH_PRESETS),
    "range": Output(ids.WORTH_RANGE, "value"),
    "span": Output(ids.WORTH_SPAN, "data"),
    "currency": place(ids.WORTH_CURRENCY),
    "chips": place(ids.WORTH_CHIPS),
    "state": place(ids.WORTH_STATE),
    "notice": place(ids.WORTH_NOTICE),
    "cards": place(ids.WORTH_CARDS),
    "history_about": place(ids.about(ids.WORTH_HISTORY)),
    "history_figure": Output(ids.figure(ids.WORTH_HISTORY), "data"),
    "history_table": place(ids.table(ids.WORTH_HISTORY)),
    "moves_about": place(ids.about(ids.WORTH_MOVES)),
    "moves_figure": Output(ids.figure(ids.WORTH_MOVES), "data"),
    "moves_table": place(ids.table(ids.WORTH_MOVES)),
    "types": place(ids.WORTH_TYPES),
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
