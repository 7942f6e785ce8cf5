"""The overview follows its address: one answer for each view, drawn into all parts at once."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, ctx, no_update

from callbacks.browser import open_marks
from callbacks.failures import asked, failure_state, stands
from components import ids
from components.context import Picture
from components.controls import chips, preset_menu
from components.format import Format
from components.overview import EMPTY, OTHER, Parts, draw
from components.query import View
from components.states import empty_ledger
from core.period import Months
from data.reports.registry import DEFINITIONS
from web import drawn
from web.ask import dashboard
from web.identity import current
from web.language import spoken_locale

PARTS = {
    "page": Output(ids.OVERVIEW, "className"),
    "view": Output(ids.OVERVIEW, "data-view"),
    "eyebrow": Output(ids.OVERVIEW_EYEBROW, "children"),
    "presets": Output(ids.OVERVIEW_PRESETS, "children"),
    "range": Output(ids.OVERVIEW_RANGE, "value"),
    "span": Output(ids.OVERVIEW_SPAN, "data"),
    "report": Output(ids.OVERVIEW_REPORT, "href"),
    "chips": Output(ids.OVERVIEW_CHIPS, "children"),
    "state": Output(ids.OVERVIEW_STATE, "children"),
    "notice": Output(ids.OVERVIEW_NOTICE, "children"),
    "cards": Output(ids.OVERVIEW_CARDS, "children"),
    "quality": Output(ids.OVERVIEW_QUALITY, "children"),
    "worth_about": Output(ids.about(ids.NET_WORTH), "children"),
    "worth_figure": Output(ids.figure(ids.NET_WORTH), "data"),
    "worth_table": Output(ids.table(ids.NET_WORTH), "children"),
    "flow_about": Output(ids.about(ids.CASH_FLOW), "children"),
    "flow_figure": Output(ids.figure(ids.CASH_FLOW), "data"),
    "flow_table": Output(ids.table(ids.CASH_FLOW), "children"),
    "budgets": Output(ids.OVERVIEW_BUDGETS, "children"),
    "categories": Output(ids.OVERVIEW_CATEGORIES, "children"),
    "recent": Output(ids.OVERVIEW_RECENT, "children"),
}
_CONTROLS = ("presets", "range", "span", "chips")


def show_overview(search: str | None) -> Parts:
    """The page for the view in `search`. Raises what `web.ask` raises; `show_failure` draws that."""
    view, tenant = View.parse(search), current().tenant
    answer = dashboard(view.params)
    if not answer.data.accounts and not view.filters:
        return _instead(view, empty_ledger(tenant.key)) | {"page": EMPTY, "eyebrow": tenant.name}
    picture = Picture(answer, Format(spoken_locale(tenant.locale)), Months(tenant.month_start), view, DEFINITIONS)
    return draw(picture, tenant.name)


def follow_overview(search: str | None, _live: Any, page: str | None, view: str | None) -> Parts:
    """The page for its address, or the page again because the books changed: then what a person may just be using
    (menus, the range) stays as it is, if it is that of this address: a change may overtake a new address."""
    parts = show_overview(search)
    if ctx.triggered_id == ids.LIVE and (page, view) == (parts["page"], parts["view"]):
        parts |= dict.fromkeys(_CONTROLS, no_update)
    drawn.keep("dashboard")
    return parts


def show_failure(error: Exception) -> Parts:
    """A calm page instead of the figures, or what stands already."""
    return dict.fromkeys(PARTS, no_update) if stands(error, "the overview") else failure(error, asked())


def failure(error: Exception, view: View) -> Parts:
    """The parts for `error` in `view`."""
    return _instead(view, failure_state(error, "the overview", f"/{view.href}", "/"))


def _instead(view: View, state: Any) -> Parts:
    """A state in place of the figures; period and filters stay, so that the person can leave it."""
    parts: Parts = dict.fromkeys(PARTS, no_update)
    parts |= {"page": OTHER, "eyebrow": "", "presets": preset_menu(view), "chips": chips(view), "state": state}
    return parts


def register(app: Dash) -> None:
    app.callback(
        output=PARTS,
        inputs=[
            Input(ids.URL, "search"),
            Input(ids.LIVE, "data"),
            State(ids.OVERVIEW, "className"),
            State(ids.OVERVIEW, "data-view"),
        ],
        on_error=show_failure,
    )(follow_overview)
    open_marks(app, ids.NET_WORTH, ids.CASH_FLOW)
