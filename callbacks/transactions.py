"""The transactions page follows its address; the browser's part of it is told what to ask the API for."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash import Dash, Input, Output, State, no_update

from callbacks.browser import open_part, open_range
from callbacks.failures import stands
from callbacks.page import Page, Parts, spoken
from components import ids
from components.controls import preset_menu
from components.ledger import EMPTY, FILTERS, OTHER, READY, grid, ledger_chips, whole
from components.query import View
from components.states import empty_ledger
from core.i18n import N_, _
from core.period import PeriodQuery
from core.query import single
from data.reports.ledger_page import ledger_page
from data.schemas.ledger_page import LedgerPage
from web.identity import Identity, current
from web.language import spoken_locale

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


def _around(view: View) -> Parts:
    return {"page": OTHER, "eyebrow": "", "presets": preset_menu(whole(view)), "chips": []}


PAGE = Page("the transactions page", "/transactions", PARTS, _around, back=N_("Show all transactions"))


def show_transactions(search: str | None) -> Parts:
    """The page for the view in `search`. Raises what a wrong period raises; `PAGE` draws that."""
    view, identity = whole(View.parse(search)), current()
    page = ledger_page(identity.context, _period(view))
    tenant, fmt = identity.tenant, spoken(identity.tenant)
    if not page.accounts:
        return PAGE.instead(view, empty_ledger(tenant.key)) | {"page": EMPTY, "eyebrow": tenant.name}
    days = [page.first.isoformat(), page.last.isoformat()] if page.first and page.last else [None, None]
    span = fmt.span(page.first, page.last) if page.first and page.last else _("All time")
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
        "locale": spoken_locale(identity.tenant.locale),
        "currency": identity.tenant.currency,
        **page.model_dump(mode="json", include={"today", "accounts", "categories", "tags", "version"}),
    }


def follow_books(_live: Any, search: str | None) -> Any:
    """What editors offer and the names that rows show, as they are now; the browser's part reads its rows again."""
    view, identity = whole(View.parse(search)), current()
    return context_of(view, ledger_page(identity.context, _period(view)), identity)


def keep_standing(error: Exception) -> Any:
    """What stands stays: the page itself says what is wrong with its address, the log what is wrong with us."""
    stands(error, PAGE.name)
    return no_update


def show_grid(wide: dict[str, Any] | None) -> Any:
    """The grid, once the browser has room and its script."""
    return grid(writes=current().role in _WRITERS, mirrored=bool(wide.get("mirrored"))) if wide else no_update


def register(app: Dash) -> None:
    app.callback(output=PARTS, inputs=[Input(ids.URL, "search")], on_error=PAGE.show_failure)(show_transactions)
    app.callback(
        Output(ids.TRANSACTIONS_GRID_BOX, "children"),
        Input(ids.TRANSACTIONS_WIDE, "data"),
        prevent_initial_call=True,
    )(show_grid)
    app.callback(
        Output(ids.TRANSACTIONS_LIVE, "data"),
        Input(ids.LIVE, "data"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
        on_error=keep_standing,
    )(follow_books)
    open_part(app, "followLedger", ids.TRANSACTIONS_FOLLOWED, Input(ids.TRANSACTIONS_LIVE, "data"))
    open_part(app, "openLedger", ids.TRANSACTIONS_OPENED, Input(ids.TRANSACTIONS_CONTEXT, "data"))
    open_range(app, ids.TRANSACTIONS_RANGE, ids.TRANSACTIONS_SPAN)
