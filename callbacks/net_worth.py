"""The page on net worth follows its address."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, ctx, no_update

from callbacks.browser import open_marks, open_range
from callbacks.failures import asked, failure_state, stands
from components import ids
from components.context import Picture
from components.controls import chips, preset_menu
from components.format import Format
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
from core.period import Months
from core.query import Query
from data.reports.net_worth import net_worth_report
from data.reports.registry import DEFINITIONS
from web.ask import dashboard
from web.identity import current
from web.language import spoken_locale

Parts = dict[str, Any]
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
_CONTROLS = ("presets", "range", "span", "currency", "chips")


def show_net_worth(search: str | None) -> Parts:
    """The page for the view in `search`. Raises what the reports raise; `show_failure` draws that."""
    view, identity = View.parse(search), current()
    tenant = identity.tenant
    answer = dashboard(view.params)
    if not answer.data.accounts and not view.filters:
        return _instead(view, empty_ledger(tenant.key)) | {"page": EMPTY, "eyebrow": tenant.name}
    story = net_worth_report(identity.context, Query.parse(view.params)).data
    picture = Picture(answer, Format(spoken_locale(tenant.locale)), Months(tenant.month_start), view, DEFINITIONS)
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


def follow_net_worth(search: str | None, _live: Any, page: str | None, view: str | None) -> Parts:
    """The page for its address, or again because the books changed: then menus that may be in use stay as they are, if
    they are those of this address: a change may overtake a new address."""
    parts = show_net_worth(search)
    if ctx.triggered_id == ids.LIVE and (page, view) == (parts["page"], parts["view"]):
        parts |= dict.fromkeys(_CONTROLS, no_update)
    return parts


def show_failure(error: Exception) -> Parts:
    """A calm page instead of the figures, or what stands already."""
    return dict.fromkeys(PARTS, no_update) if stands(error, "the page on net worth") else failure(error, asked())


def failure(error: Exception, view: View) -> Parts:
    """The parts for `error` in `view`."""
    return _instead(view, failure_state(error, "the page on net worth", f"/net-worth{view.href}", "/net-worth"))


def _instead(view: View, state: Any) -> Parts:
    parts: Parts = dict.fromkeys(PARTS, no_update)
    return parts | {"page": OTHER, "eyebrow": "", "presets": preset_menu(view), "chips": chips(view), "state": state}


def register(app: Dash) -> None:
    app.callback(
        output=PARTS,
        inputs=[
            Input(ids.URL, "search"),
            Input(ids.LIVE, "data"),
            State(ids.WORTH, "className"),
            State(ids.WORTH, "data-view"),
        ],
        on_error=show_failure,
    )(follow_net_worth)
    open_marks(app, ids.WORTH_HISTORY, ids.WORTH_MOVES)
    open_range(app, ids.WORTH_RANGE, ids.WORTH_SPAN)
