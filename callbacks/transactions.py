"""The transactions page follows its address; the browser's part of it is told what to ask the API for."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlencode

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, no_update

from components import ids
from components.controls import preset_menu
from components.format import Format
from components.ledger import EMPTY, FILTERS, OTHER, READY, grid, ledger_chips, whole
from components.query import View
from components.states import empty_ledger, failed, refused
from core.errors import AppError
from core.period import PeriodQuery
from core.query import single
from data.reports.ledger_page import ledger_page
from data.schemas.ledger_page import LedgerPage
from web.identity import Identity, current

log = logging.getLogger(__name__)
Parts = dict[str, Any]
_PATH = "/transactions"
_WRITERS = frozenset({"owner", "admin", "editor"})

PARTS = {
    "page": Output(ids.TRANSACTIONS, "className"),
    "eyebrow": Output(ids.TRANSACTIONS_EYEBROW, "children"),
    "presets": Output(ids.TRANSACTIONS_PRESETS, "children"),
    "range": Output(ids.TRANSACTIONS_RANGE, "value"),
    "span": Output(ids.TRANSACTIONS_SPAN, "data"),
    "chips": Output(ids.TRANSACTIONS_CHIPS, "children"),
    "state": Output(ids.TRANSACTIONS_STATE, "children"),
    "context": Output(ids.TRANSACTIONS_CONTEXT, "data"),
}


def show_transactions(search: str | None) -> Parts:
    """The page for the view in `search`. Raises what a wrong period raises; `show_failure` draws that."""
    view, identity = whole(View.parse(search)), current()
    page = ledger_page(identity.context, _period(view))
    tenant, fmt = identity.tenant, Format(identity.tenant.locale)
    if not page.accounts:
        return _instead(view, empty_ledger(tenant.key)) | {"page": EMPTY, "eyebrow": tenant.name}
    days = [page.first.isoformat(), page.last.isoformat()] if page.first and page.last else [None, None]
    span = fmt.span(page.first, page.last) if page.first and page.last else "All time"
    return {
        "page": READY,
        "eyebrow": f"{tenant.name} · {span}",
        "presets": preset_menu(view),
        "range": days,
        "span": days,
        "chips": ledger_chips(view, page, fmt, tenant.currency),
        "state": None,
        "context": context_of(view, page, identity),
    }


def _period(view: View) -> PeriodQuery:
    return PeriodQuery.parse(*(single(view.params, name) for name in ("period", "from", "to")))


def context_of(view: View, page: LedgerPage, identity: Identity) -> dict[str, Any]:
    """What the browser's part needs: the API's query string, and what filters and editors offer. What the address has
    besides, such as the currency of the page one came from, is not a filter here."""
    pairs = [pair for pair in view.pairs if pair[0] in FILTERS]
    days = [("from", page.first.isoformat()), ("to", page.last.isoformat())] if page.first and page.last else []
    sort = [pair for pair in view.pairs if pair[0] == "sort"]
    return {
        "query": urlencode([*pairs, *days]),
        "sort": sort[-1][1] if sort else "-booked_on",
        "filters": [list(pair) for pair in pairs],
        "writes": identity.role in _WRITERS,
        "locale": identity.tenant.locale,
        "currency": identity.tenant.currency,
        **page.model_dump(mode="json", include={"today", "accounts", "categories", "tags", "version"}),
    }


def show_failure(error: Exception) -> Parts:
    """A calm page instead of the rows; what is not the person's doing is logged."""
    view = whole(View.parse(str(ctx.inputs.get(f"{ids.URL}.search") or "")))
    return failure(error, view)


def failure(error: Exception, view: View) -> Parts:
    """The parts for `error` in `view`."""
    if isinstance(error, AppError) and error.status in (403, 404, 422):
        return _instead(view, refused(error.detail, _PATH, "Show all transactions"))
    if isinstance(error, AppError) and error.status < 500:
        return _instead(view, failed(error.detail, view.href, _PATH))
    log.error("the transactions page could not be drawn", exc_info=error)
    words = "This is our mistake, not yours. Please try again in a moment."
    return _instead(view, failed(words, view.href, _PATH))


def _instead(view: View, state: Any) -> Parts:
    parts: Parts = dict.fromkeys(PARTS, no_update)
    return parts | {"page": OTHER, "eyebrow": "", "presets": preset_menu(view), "chips": [], "state": state}


def show_grid(wide: bool | None) -> Any:
    """The grid, once the browser has room and its script."""
    return grid(writes=current().role in _WRITERS) if wide else no_update


def register(app: Dash) -> None:
    app.callback(output=PARTS, inputs=[Input(ids.URL, "search")], on_error=show_failure)(show_transactions)
    app.callback(
        Output(ids.TRANSACTIONS_GRID_BOX, "children"),
        Input(ids.TRANSACTIONS_WIDE, "data"),
        prevent_initial_call=True,
    )(show_grid)
    in_browser: Any = app.clientside_callback
    in_browser(
        ClientsideFunction("fd", "openLedger"),
        Output(ids.TRANSACTIONS_OPENED, "data"),
        Input(ids.TRANSACTIONS_CONTEXT, "data"),
    )
    in_browser(
        ClientsideFunction("fd", "openRange"),
        Input(ids.TRANSACTIONS_RANGE, "value"),
        State(ids.TRANSACTIONS_SPAN, "data"),
        prevent_initial_call=True,
    )
