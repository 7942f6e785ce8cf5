"""The page on net worth follows its address."""

from __future__ import annotations

import logging
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, no_update

from components import ids
from components.context import Picture
from components.controls import chips, preset_menu
from components.format import Format
from components.history import worth_about, worth_figure, worth_table
from components.net_worth import (
    EMPTY,
    OTHER,
    READY,
    by_type,
    currency_menu,
    moves_about,
    moves_figure,
    moves_table,
    worth_figures,
)
from components.quality import incomplete_banner
from components.query import View
from components.states import empty_ledger, failed, feature_off, refused
from core.errors import AppError
from core.period import Months
from core.query import Query
from data.reports.net_worth import net_worth_report
from data.reports.registry import DEFINITIONS
from web.ask import dashboard
from web.identity import current

log = logging.getLogger(__name__)
Parts = dict[str, Any]
_PATH, _WORDS = "/net-worth", "Show the latest 12 months"
PARTS = {
    "page": Output(ids.WORTH, "className"),
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
_CONTROLS = ("presets", "range", "span", "currency", "chips")


def show_net_worth(search: str | None) -> Parts:
    """The page for the view in `search`. Raises what the reports raise; `show_failure` draws that."""
    view, identity = View.parse(search), current()
    tenant = identity.tenant
    answer = dashboard(view.params)
    if not answer.data.accounts and not view.filters:
        return _instead(view, empty_ledger(tenant.key)) | {"page": EMPTY, "eyebrow": tenant.name}
    story = net_worth_report(identity.context, Query.parse(view.params)).data
    picture = Picture(answer, Format(tenant.locale), Months(tenant.month_start), view, DEFINITIONS)
    days = [answer.period.from_.isoformat(), answer.period.to.isoformat()]
    currencies = sorted({tenant.currency, answer.currency, *(row.currency for row in answer.data.accounts)})
    return {
        "page": READY,
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


def follow_net_worth(search: str | None, _live: Any, shown: str | None) -> Parts:
    """The page for its address, or again because the books changed: then menus that may be in use stay as they are."""
    parts = show_net_worth(search)
    if ctx.triggered_id == ids.LIVE and shown == parts["page"]:
        parts |= dict.fromkeys(_CONTROLS, no_update)
    return parts


def show_failure(error: Exception) -> Parts:
    """A calm page instead of the figures; what is not the person's doing is logged."""
    if ctx.triggered_id == ids.LIVE and not (isinstance(error, AppError) and error.status < 500):
        log.warning("net worth could not be drawn again: %s", error)
        return dict.fromkeys(PARTS, no_update)
    return failure(error, View.parse(str(ctx.inputs.get(f"{ids.URL}.search") or "")))


def failure(error: Exception, view: View) -> Parts:
    """The parts for `error` in `view`."""
    if isinstance(error, AppError) and error.code == "feature_disabled":
        return _instead(view, feature_off())
    if isinstance(error, AppError) and error.status in (403, 404, 422):
        return _instead(view, refused(error.detail, _PATH, _WORDS))
    if isinstance(error, AppError) and error.status < 500:
        return _instead(view, failed(error.detail, view.href, _PATH))
    log.error("net worth could not be drawn", exc_info=error)
    words = "This is our mistake, not yours. Please try again in a moment."
    return _instead(view, failed(words, view.href, _PATH))


def _instead(view: View, state: Any) -> Parts:
    parts: Parts = dict.fromkeys(PARTS, no_update)
    return parts | {"page": OTHER, "eyebrow": "", "presets": preset_menu(view), "chips": chips(view), "state": state}


def register(app: Dash) -> None:
    app.callback(
        output=PARTS,
        inputs=[Input(ids.URL, "search"), Input(ids.LIVE, "data"), State(ids.WORTH, "className")],
        on_error=show_failure,
    )(follow_net_worth)
    in_browser: Any = app.clientside_callback
    in_browser(
        ClientsideFunction("fd", "openRange"),
        Input(ids.WORTH_RANGE, "value"),
        State(ids.WORTH_SPAN, "data"),
        prevent_initial_call=True,
    )
