"""The printable report follows its address: the period's answer, and the one of the days it is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from dash import Dash, Input, Output, State, ctx, no_update

from callbacks.browser import open_range
from callbacks.failures import asked, failure_state, stands
from components import ids
from components.context import Picture
from components.controls import chips, preset_menu
from components.format import Format
from components.net_worth import currency_menu
from components.query import View
from components.report import EMPTY, OTHER, OWN, READY, Beside, Parts, ReportView, compare_menu, draw
from components.report_tables import Compared, Told
from components.states import empty_ledger
from core.period import Months
from core.query import Query
from data.context import TenantContext
from data.frames.transactions import Sort, TransactionFilter
from data.reports.cash_flow import year_before
from data.reports.listing import list_transactions
from data.reports.registry import DEFINITIONS
from data.schemas.ledger import Transaction
from web.ask import dashboard
from web.identity import current
from web.language import spoken_locale

_LARGEST: Final = 12
_SOUGHT: Final = 100
"""So many of each side are read: transfers among them are left out."""
_FILTERS: Final = ("account_id", "category_id", "tag")
_LARGEST_FIRST: Final[tuple[Sort, ...]] = ("amount", "-amount")

PARTS = {
    "page": Output(ids.REPORT, "className"),
    "view": Output(ids.REPORT, "data-view"),
    "eyebrow": Output(ids.report("eyebrow"), "children"),
    "presets": Output(ids.report("presets"), "children"),
    "range": Output(ids.report("range"), "value"),
    "span": Output(ids.report("span"), "data"),
    "currency": Output(ids.report("currency"), "children"),
    "compare": Output(ids.report("compare"), "children"),
    "chips": Output(ids.report("chips"), "children"),
    "state": Output(ids.report("state"), "children"),
    "cover": Output(ids.report("cover"), "children"),
    "figures": Output(ids.report("figures"), "children"),
    "flow_about": Output(ids.about(ids.REPORT_FLOW), "children"),
    "flow_figure": Output(ids.figure(ids.REPORT_FLOW), "data"),
    "flow_table": Output(ids.table(ids.REPORT_FLOW), "children"),
    "categories": Output(ids.report("categories"), "children"),
    "budgets": Output(ids.report("budgets"), "children"),
    "worth_about": Output(ids.about(ids.REPORT_WORTH), "children"),
    "worth_figure": Output(ids.figure(ids.REPORT_WORTH), "data"),
    "accounts": Output(ids.report("accounts"), "children"),
    "largest": Output(ids.report("largest"), "children"),
    "notes": Output(ids.report("notes"), "children"),
}
_CONTROLS = ("presets", "range", "span", "currency", "compare", "chips")


def show_report(search: str | None) -> Parts:
    """The page for the view in `search`. Raises what `web.ask` raises; `show_failure` draws that."""
    view, identity = ReportView.read(View.parse(search)), current()
    tenant, context = identity.tenant, identity.context
    answer = dashboard(view.plain.params)
    if not answer.data.accounts and not view.plain.filters:
        return _instead(View.parse(search), empty_ledger(tenant.key)) | {"page": EMPTY, "eyebrow": tenant.name}
    picture = Picture(answer, Format(spoken_locale(tenant.locale)), Months(tenant.month_start), view.plain, DEFINITIONS)
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


def follow_report(search: str | None, _live: Any, page: str | None, view: str | None) -> Parts:
    """The page for its address, or again because the books changed: then the controls stay as they are, if they are
    those of this address: a change may overtake a new address."""
    parts = show_report(search)
    if ctx.triggered_id == ids.LIVE and (page, view) == (parts["page"], parts["view"]):
        parts |= dict.fromkeys(_CONTROLS, no_update)
    return parts


def show_failure(error: Exception) -> Parts:
    """A calm page instead of the report, or what stands already."""
    return dict.fromkeys(PARTS, no_update) if stands(error, "the report") else failure(error, asked())


def failure(error: Exception, view: View) -> Parts:
    """The parts for `error` in `view`."""
    return _instead(view, failure_state(error, "the report", f"/report{view.href}", "/report"))


def _instead(view: View, state: Any) -> Parts:
    parts: Parts = dict.fromkeys(PARTS, no_update)
    parts |= {"page": OTHER, "eyebrow": "", "presets": preset_menu(view), "chips": chips(view, None, OWN)}
    return parts | {"state": state}


def register(app: Dash) -> None:
    inputs = [Input(ids.URL, "search"), Input(ids.LIVE, "data")]
    shown = [State(ids.REPORT, "className"), State(ids.REPORT, "data-view")]
    app.callback(output=PARTS, inputs=[*inputs, *shown], on_error=show_failure)(follow_report)
    open_range(app, ids.report("range"), ids.report("span"))
