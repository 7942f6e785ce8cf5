"""The overview follows its address: one answer for each view, drawn into all parts at once."""

from __future__ import annotations

from dash import Dash, Output

from callbacks.browser import open_marks
from callbacks.page import Page, picture_of, place
from components import ids
from components.controls import chips, preset_menu
from components.overview import EMPTY, OTHER, Parts, draw
from components.query import View
from components.states import empty_ledger
from web import drawn
from web.ask import dashboard
from web.identity import current

PARTS = {
    "page": Output(ids.OVERVIEW, "className"),
    "view": Output(ids.OVERVIEW, "data-view"),
    "eyebrow": Output(ids.OVERVIEW_EYEBROW, "children"),
    "presets": place(ids.OVERVIEW_PRESETS),
    "range": Output(ids.OVERVIEW_RANGE, "value"),
    "span": Output(ids.OVERVIEW_SPAN, "data"),
    "report": Output(ids.OVERVIEW_REPORT, "href"),
    "chips": place(ids.OVERVIEW_CHIPS),
    "state": place(ids.OVERVIEW_STATE),
    "notice": place(ids.OVERVIEW_NOTICE),
    "cards": place(ids.OVERVIEW_CARDS),
    "quality": place(ids.OVERVIEW_QUALITY),
    "worth_about": place(ids.about(ids.NET_WORTH)),
    "worth_figure": Output(ids.figure(ids.NET_WORTH), "data"),
    "worth_table": place(ids.table(ids.NET_WORTH)),
    "flow_about": place(ids.about(ids.CASH_FLOW)),
    "flow_figure": Output(ids.figure(ids.CASH_FLOW), "data"),
    "flow_table": place(ids.table(ids.CASH_FLOW)),
    "budgets": place(ids.OVERVIEW_BUDGETS),
    "categories": place(ids.OVERVIEW_CATEGORIES),
    "recent": place(ids.OVERVIEW_RECENT),
}


def _around(view: View) -> Parts:
    return {"page": OTHER, "eyebrow": "", "presets": preset_menu(view), "chips": chips(view)}


PAGE = Page("the overview", "/", PARTS, _around, controls=("presets", "range", "span", "chips"))


def show_overview(search: str | None) -> Parts:
    """The page for the view in `search`. Raises what `web.ask` raises; `PAGE` draws that."""
    view, tenant = View.parse(search), current().tenant
    answer = dashboard(view.params)
    if not answer.data.accounts and not view.filters:
        return PAGE.instead(view, empty_ledger(tenant.key)) | {"page": EMPTY, "eyebrow": tenant.name}
    picture = picture_of(answer, tenant, view)
    return draw(picture, tenant.name)


def keep_overview(search: str | None) -> Parts:
    """The page, which is kept as drawn: nothing but the view and the books decides about it."""
    parts = show_overview(search)
    drawn.keep("dashboard")
    return parts


def register(app: Dash) -> None:
    PAGE.follow(app, keep_overview)
    open_marks(app, ids.NET_WORTH, ids.CASH_FLOW)
