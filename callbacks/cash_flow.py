"""The cash flow page follows its address: the period's answer, and apart from it what is to come."""

from __future__ import annotations

import logging
from typing import Any, Final

from dash import Dash, Input, Output, State, ctx, no_update

from callbacks.browser import open_marks, open_range
from callbacks.page import Page, picture_of, place, spoken, static
from components import ids
from components.cash_flow import CHARTS, EMPTY, LOOKED, OTHER, Parts, draw, panel_parts
from components.controls import chips, preset_menu
from components.due import Calendar, due
from components.flow_view import OWN, FlowView
from components.outlook import forecast_panel
from components.query import View
from components.states import empty_ledger
from core.errors import AppError
from core.query import Query
from data.frames.resources import list_categories
from data.reports.cash_flow import cash_flow_report
from data.reports.comparisons import comparisons_report
from data.reports.forecast import forecast_report
from data.reports.held import held_before
from data.reports.recurring import list_recurring
from data.schemas.pages import LARGEST_LIMIT
from web.ask import dashboard
from web.identity import current

log = logging.getLogger(__name__)
_ROWS: Final = 30
_HELD: Final = 60


def _panel(chart: str) -> dict[str, Output]:
    return {
        f"{chart}_about": place(ids.about(chart)),
        f"{chart}_figure": Output(ids.figure(chart), "data"),
        f"{chart}_table": place(ids.table(chart)),
    }


PARTS = {
    "page": Output(ids.FLOW, "className"),
    "view": Output(ids.FLOW, "data-view"),
    "eyebrow": Output(ids.FLOW_EYEBROW, "children"),
    "presets": place(ids.FLOW_PRESETS),
    "range": Output(ids.FLOW_RANGE, "value"),
    "span": Output(ids.FLOW_SPAN, "data"),
    "chips": place(ids.FLOW_CHIPS),
    "switches": place(ids.FLOW_STEP),
    "state": place(ids.FLOW_STATE),
    "notice": place(ids.FLOW_NOTICE),
    "cards": place(ids.FLOW_CARDS),
    "compared": place(ids.FLOW_COMPARED),
    **{name: output for chart in CHARTS for name, output in _panel(chart).items()},
}
AHEAD = {
    "outlook": Output(ids.FLOW_OUTLOOK, "className"),
    "ahead": Output(ids.FLOW_AHEAD, "data"),
    "due": place(ids.FLOW_DUE),
    **_panel(ids.FORECAST),
}


def _around(view: View) -> Parts:
    return {"page": OTHER, "eyebrow": "", "presets": preset_menu(view), "chips": chips(view, None, OWN)}


PAGE = Page(
    "the cash flow page", "/cash-flow", PARTS, _around, controls=("presets", "range", "span", "chips", "switches")
)


def show_flow(search: str | None) -> Parts:
    """The page for the view in `search`. Raises what the reports raise; `PAGE` draws that."""
    view, identity = FlowView.read(View.parse(search)), current()
    tenant, context = identity.tenant, identity.context
    answer = dashboard(view.plain.params)
    if not answer.data.accounts and not view.plain.filters:
        return PAGE.instead(View.parse(search), empty_ledger(tenant.key)) | {"page": EMPTY, "eyebrow": tenant.name}
    query = Query.parse(view.plain.params)
    flow = cash_flow_report(context, query, view.by, "last_year" if view.beside == "last_year" else "previous")
    comparison = comparisons_report(context, query, view.by, view.of, _ROWS)
    categories = {each.id: each for each in list_categories(context, LARGEST_LIMIT).data}
    picture = picture_of(answer, tenant, view.plain)
    parts = draw(picture, view, flow, comparison, categories, tenant.name)
    return parts | {"view": View.parse(search).href}


def show_ahead(search: str | None) -> Parts:
    """What recurs and where balances are heading, of the view's accounts and currency; it has no period."""
    view, identity = FlowView.read(View.parse(search)), current()
    identity.require_feature("dashboard")
    context, fmt = identity.context, spoken(identity.tenant)
    given = view.plain.params
    query = Query.parse({name: given[name] for name in ("account_id", "category_id") if name in given})
    asked = Query.parse(given)
    forecast = forecast_report(context, asked.account_ids, asked.currency)
    accounts = tuple(int(account) for account in forecast.data.account_ids)
    held = held_before(context, accounts, forecast.currency, _HELD) if forecast.data.points else []
    series = list_recurring(context, query, LARGEST_LIMIT).data
    calendar = Calendar(series, context.today, forecast.currency, fmt, view)
    panel = forecast_panel(forecast, held, fmt)
    return {"outlook": LOOKED, "ahead": _key(view), "due": due(calendar), **panel_parts(ids.FORECAST, panel)}


def follow_ahead(search: str | None, _live: Any, drawn: str | None) -> Parts:
    """What is to come, unless it is drawn already: another period changes nothing about it."""
    if ctx.triggered_id == ids.URL and drawn == _key(FlowView.read(View.parse(search))):
        return dict.fromkeys(AHEAD, no_update)
    return static(show_ahead(search), AHEAD)


def _key(view: FlowView) -> str:
    return View(view.plain.filters).href


def no_ahead(error: Exception) -> Parts:
    """Nothing new to come: the page above says what is wrong with its address, the log what is wrong with us."""
    if not isinstance(error, AppError) or error.status >= 500:
        log.error("what is to come could not be drawn", exc_info=error)
    return dict.fromkeys(AHEAD, no_update)


def register(app: Dash) -> None:
    PAGE.follow(app, show_flow)
    inputs = [Input(ids.URL, "search"), Input(ids.LIVE, "data"), State(ids.FLOW_AHEAD, "data")]
    app.callback(output=AHEAD, inputs=inputs, on_error=no_ahead)(follow_ahead)
    open_range(app, ids.FLOW_RANGE, ids.FLOW_SPAN)
    open_marks(app, *CHARTS)
