"""The printable report follows its address: the period's answer, and the one of the days it is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from dash import Dash, Output

from callbacks.browser import open_range
from callbacks.page import Page, picture_of, place
from components import ids
from components.context import Picture
from components.controls import chips, preset_menu
from components.net_worth import currency_menu
from components.query import View
from components.report import EMPTY, OTHER, OWN, READY, Beside, Parts, ReportView, compare_menu, draw
from components.report_tables import Compared, Told
from components.states import empty_ledger
from core.query import Query
from data.context import TenantContext
from data.frames.transactions import Sort, TransactionFilter
from data.reports.cash_flow import year_before
from data.reports.listing import list_transactions
from data.schemas.ledger import Transaction
from web.ask import dashboard
from web.identity import current

_LARGEST: Final = 12
_SOUGHT: Final = 100
"""So many of each side are read: transfers among them are left out."""
_FILTERS: Final = ("account_id", "category_id", "tag")
_LARGEST_FIRST: Final[tuple[Sort, ...]] = ("amount", "-amount")

PARTS = {
    "page": Output(ids.REPORT, "className"),
    "view": Output(ids.REPORT, "data-view"),
    "eyebrow": Output(ids.report("eyebrow"), "children"),
    "presets": place(ids.report("presets")),
    "range": Output(ids.report("range"), "value"),
    "span": Output(ids.report("span"), "data"),
    "currency": place(ids.report("currency")),
    "compare": place(ids.report("compare")),
    "chips": place(ids.report("chips")),
    "state": place(ids.report("state")),
    "cover": place(ids.report("cover")),
    "figures": place(ids.report("figures")),
    "flow_about": place(ids.about(ids.REPORT_FLOW)),
    "flow_figure": Output(ids.figure(ids.REPORT_FLOW), "data"),
    "flow_table": place(ids.table(ids.REPORT_FLOW)),
    "categories": place(ids.report("categories")),
    "budgets": place(ids.report("budgets")),
    "worth_about": place(ids.about(ids.REPORT_WORTH)),
    "worth_figure": Output(ids.figure(ids.REPORT_WORTH), "data"),
    "accounts": place(ids.report("accounts")),
    "largest": place(ids.report("largest")),
    "notes": place(ids.report("notes")),
}


def _around(view: View) -> Parts:
    return {"page": OTHER, "eyebrow": "", "presets": preset_menu(view), "chips": chips(view, None, OWN)}


PAGE = Page(
    "the report",
    "/report",
    PARTS,
    _around,
    controls=("presets", "range", "span", "currency", "compare", "chips"),
)


def show_report(search: str | None) -> Parts:
    """The page for the view in `search`. Raises what `web.ask` raises; `PAGE` draws that."""
    view, identity = ReportView.read(View.parse(search)), current()
    tenant, context = identity.tenant, identity.context
    answer = dashboard(view.plain.params)
    if not answer.data.accounts and not view.plain.filters:
        return PAGE.instead(View.parse(search), empty_ledger(tenant.key)) | {"page": EMPTY, "eyebrow": tenant.name}
    picture = picture_of(answer, tenant, view.plain)
    told = Told(picture, tenant.name, _compared(view.beside, picture), _largest(context, picture))
    days = [answer.period.from_.isoformat(), answer.period.to.isoformat()]
    currencies = sorted({tenant.currency, answer.currency, *(row.currency for row in answer.data.accounts)})
    return {
        "page": READY,
        "view": view.view.href,
        "eyebrow": f"{tenant.name} · {picture.span}",
        "presets": preset_menu(view.view),
        "range": days,
        "span": days,
        "currency": currency_menu(view.view, currencies, answer.currency),
        "compare": compare_menu(view),
        "chips": chips(view.view, picture, OWN),
        "state": None,
        **draw(told),
    }


def _compared(beside: Beside, picture: Picture) -> Compared | None:
    """The same figures of the period before, or of a year before."""
    if beside == "none":
        return None
    days, months = picture.days, picture.months
    period = months.previous(days) if beside == "previous" else year_before(days, months)
    span = (("from", period.start.isoformat()), ("to", period.last.isoformat()))
    answer = dashboard(View((*span, *picture.view.filters)).params)
    known = answer.data if answer.data.transactions.count else None
    return Compared(period, picture.fmt.span(period.start, period.last), known)


def _largest(context: TenantContext, picture: Picture) -> Sequence[Transaction]:
    query = Query.parse({name: each for name, each in picture.view.params.items() if name in _FILTERS})
    found: dict[str, Transaction] = {}
    for sort in _LARGEST_FIRST:
        wanted = TransactionFilter(first=picture.days.start, end=picture.days.end, sort=sort)
        page = list_transactions(context, query, wanted, _SOUGHT, None)
        found |= {row.id: row for row in page.data if row.transfer_id is None and row.type == "normal"}
    return sorted(found.values(), key=lambda row: (-abs(Decimal(row.amount)), row.booked_on, row.id))[:_LARGEST]


def register(app: Dash) -> None:
    PAGE.follow(app, show_report)
    open_range(app, ids.report("range"), ids.report("span"))
