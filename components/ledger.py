"""The transactions page: its skeleton, the chips of its filters, and the grid that wide screens get.

Rows are fetched and drawn in the browser (`assets/7x-ledger-*.js`), page by page from the API as a person scrolls.
"""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
from dash import dcc

from components import ids
from components.controls import preset_menu, range_picker
from components.elements import Link, html
from components.format import Format
from components.parts import icon, labelled, rows_skeleton, skeleton, spoken
from components.query import View
from core.i18n import N_, _
from data.schemas.ledger_page import LedgerPage

LOADING, READY = "page is-loading ledger", "page is-ready ledger"
OTHER, EMPTY = "page is-other ledger", "page is-other is-empty ledger"
_POLITE: dict[str, Any] = {"aria-live": "polite", "aria-atomic": "true"}
_KINDS = {
    "account_id": N_("Account"),
    "category_id": N_("Category"),
    "tag": N_("Tag"),
    "q": N_("Search"),
    "min_amount": N_("From"),
    "max_amount": N_("Up to"),
    "pending": N_("Status"),
    "import_id": N_("Imported file"),
}
FILTERS = tuple(_KINDS)
_STATUS = {"true": N_("Only pending"), "false": N_("Only booked")}


def whole(view: View) -> View:
    """The view with its period said: this page shows all time unless told otherwise."""
    chosen = {name for name, _ in view.pairs}
    return view if chosen & {"period", "from", "to"} else View((("period", "all"), *view.pairs))


def ledger_skeleton() -> html.Div:
    """The page before it is known who is here and what is asked for."""
    rows = html.Div(
        [
            html.Div(id=ids.TRANSACTIONS_GRID_BOX, className="ledger-grid"),
            html.Div(className="ledger-cards", id="ledger-cards"),
            html.Div(rows_skeleton(12, 44), className="ledger-bones"),
        ],
        className="panel ledger-panel",
        role="region",
        **labelled(_("Transactions")),
    )
    content = html.Div(
        [
            html.Div(skeleton(16, "320px"), id="ledger-totals", className="ledger-totals"),
            rows,
            html.Div(id="ledger-foot", className="ledger-foot"),
            html.P(id="ledger-said", className="visually-hidden", role="status", **_POLITE),
        ],
        className="content",
    )
    stores = [
        dcc.Store(id=ids.TRANSACTIONS_CONTEXT),
        dcc.Store(id=ids.TRANSACTIONS_OPENED),
        dcc.Store(id=ids.TRANSACTIONS_LIVE),
        dcc.Store(id=ids.TRANSACTIONS_FOLLOWED),
        dcc.Store(id=ids.TRANSACTIONS_WIDE),
    ]
    chips = html.Div(id=ids.TRANSACTIONS_CHIPS, className="chips")
    state = html.Div(id=ids.TRANSACTIONS_STATE)
    return html.Div([_head(), _tools(), chips, state, content, *stores], id=ids.TRANSACTIONS, className=LOADING)


def _head() -> html.Div:
    titles = html.Div(
        [html.P(skeleton(14, "160px"), id=ids.TRANSACTIONS_EYEBROW, className="eyebrow"), html.H1(_("Transactions"))]
    )
    presets = html.Div(preset_menu(whole(View())), id=ids.TRANSACTIONS_PRESETS)
    picker = html.Div(range_picker(ids.TRANSACTIONS_RANGE), className="range-box")
    controls = html.Div([presets, picker, dcc.Store(id=ids.TRANSACTIONS_SPAN)], className="controls")
    return html.Div([titles, controls], className="page-head")


def _tools() -> html.Div:
    """Search, filters and what can be done; `assets/75-ledger-list.js` gives them their behaviour."""
    box = html.Div(id="ledger-search", className="ledger-search-box")
    search = html.Div([icon("search"), box], className="ledger-search")
    return html.Div([search, html.Div(id="ledger-actions", className="ledger-actions")], className="ledger-tools")


def ledger_chips(view: View, page: LedgerPage, fmt: Format, currency: str) -> list[Any]:
    """One chip for each filter in the address; its cross leads to the view without it."""
    names = {("account_id", each.id): each.name for each in page.accounts}
    names |= {("category_id", each.id): each.name for each in page.categories}
    return [
        html.Span(
            [
                html.Span(_words(kind, value, names, fmt, currency), className="chip-text"),
                Link([icon("x"), spoken(_("Remove this filter"))], href=view.without((kind, value)).href),
            ],
            className="chip",
        )
        for kind, value in view.pairs
        if kind in _KINDS
    ]


def _words(kind: str, value: str, names: dict[tuple[str, str], str], fmt: Format, currency: str) -> str:
    if (kind, value) == ("category_id", "none"):
        return _("Uncategorised")
    if kind == "pending":
        return _(_STATUS[value]) if value in _STATUS else value
    if kind in ("min_amount", "max_amount"):
        return f"{_(_KINDS[kind])} {_amount(value, fmt, currency)}"
    return f"{_(_KINDS[kind])}: {names.get((kind, value), value)}"


def _amount(value: str, fmt: Format, currency: str) -> str:
    try:
        return fmt.money(value, currency)
    except ArithmeticError:  # the API says what is wrong with it
        return value


def _column(field: str, name: str, drawn: str, **more: Any) -> dict[str, Any]:
    return {"colId": field, "field": field, "headerName": name, "cellRenderer": drawn, "sortable": False, **more}


def grid(*, writes: bool, mirrored: bool = False) -> dag.AgGrid:
    """The grid, from right to left in a `mirrored` document.

    Tags and notes are narrow until a row has one. Its rows come from the data source that `assets/75-ledger-list.js`
    gives it, by key, forwards.
    """
    edited = "ledger-can-edit" if writes else ""
    columns = [
        _column("booked_on", _("Date"), "FdDay", width=108, sortable=True, sortingOrder=["desc", "asc"], sort="desc"),
        _column("payee", _("Payee"), "FdPayee", flex=6, minWidth=160),
        _column("category_id", _("Category"), "FdCategory", flex=3, minWidth=120, cellClass=edited),
        _column("tags", _("Tags"), "FdTags", width=76, minWidth=76, cellClass=edited),
        _column("note", _("Note"), "FdNote", width=76, minWidth=76, cellClass=edited),
        _column("account_id", _("Account"), "FdAccount", flex=3, minWidth=104),
        _column(
            "amount",
            _("Amount"),
            "FdAmount",
            width=152,
            sortable=True,
            sortingOrder=["desc", "asc"],
            type="rightAligned",
        ),
    ]
    return dag.AgGrid(
        id=ids.TRANSACTIONS_GRID,
        columnDefs=columns,
        rowModelType="infinite",
        getRowId="params.data.id",
        columnSize=None,
        defaultColDef={"resizable": True, "suppressMovable": True, "suppressHeaderMenuButton": True},
        dashGridOptions=_options(writes=writes) | {"enableRtl": mirrored},
        style={"height": "100%", "width": "100%"},
    )


def _options(*, writes: bool) -> dict[str, Any]:
    selection = {"mode": "multiRow", "checkboxes": True, "headerCheckbox": False, "enableClickSelection": False}
    options: dict[str, Any] = {
        "rowHeight": 44,
        "headerHeight": 38,
        "cacheBlockSize": 100,
        "cacheOverflowSize": 1,
        "maxBlocksInCache": 30,
        # Ours come one by one; those that Dash meant for a callback before our source was there stay without answer.
        "maxConcurrentDatasourceRequests": 10,
        "infiniteInitialRowCount": 1,
        "blockLoadDebounceMillis": 30,
        "animateRows": False,
        "suppressNoRowsOverlay": True,
        "suppressDragLeaveHidesColumns": True,
        "suppressCellFocus": False,
        "enableCellTextSelection": False,
        "rowClass": "ledger-row",
        "selectionColumnDef": {"width": 44, "pinned": None, "resizable": False, "sortable": False},
    }
    return {**options, "rowSelection": selection} if writes else options
