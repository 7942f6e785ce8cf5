"""What pages read besides the five reports costs as many statements however large the books are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from core.period import PeriodQuery
from core.query import Query
from data.context import TenantContext
from data.frames.resources import list_accounts, list_budgets
from data.frames.transactions import TransactionFilter
from data.reports.account_page import account_states, months_of
from data.reports.alerts import list_alerts
from data.reports.budget_history import budget_history
from data.reports.cash_flow import cash_flow_report
from data.reports.comparisons import comparisons_report
from data.reports.forecast import forecast_report
from data.reports.ledger_page import ledger_page, totals_of
from data.reports.listing import list_transactions
from data.reports.net_worth import net_worth_report
from data.reports.reconciliations import list_reconciliations
from data.reports.recurring import list_recurring
from data.timing import recording
from tests.data.test_statements_of_reports import CURRENCIES, fill

if TYPE_CHECKING:
    from tests.conftest import Town

YEAR, EVERY, MOST = Query(), TransactionFilter(), 25
FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
REPORTS: Final[dict[str, Callable[[TenantContext, int, int], Any]]] = {
    "net worth": lambda context, *_ids: net_worth_report(context, YEAR),
    "cash flow": lambda context, *_ids: cash_flow_report(context, YEAR, "month", "previous"),
    "categories compared": lambda context, *_ids: comparisons_report(context, YEAR, "month", "category", 30),
    "payees compared": lambda context, *_ids: comparisons_report(context, YEAR, "month", "payee", 30),
    "tags compared": lambda context, *_ids: comparisons_report(context, YEAR, "month", "tag", 30),
    "accounts compared": lambda context, *_ids: comparisons_report(context, YEAR, "month", "account", 30),
    "forecast": lambda context, *_ids: forecast_report(context, (), None),
    "recurring": lambda context, *_ids: list_recurring(context, YEAR),
    "budget history": lambda context, _account, budget: budget_history(context, budget),
    "alerts": lambda context, *_ids: list_alerts(context, 50),
    "account states": lambda context, *_ids: account_states(context),
    "account months": lambda context, account, _budget: months_of(
        context, account, date(2026, 1, 1), date(2026, 6, 30)
    ),
    "ledger page": lambda context, *_ids: ledger_page(context, PeriodQuery("all")),
    "transactions": lambda context, *_ids: list_transactions(context, YEAR, EVERY, 50, None),
    "totals": lambda context, *_ids: totals_of(context, YEAR, EVERY),
    "reconciliations": lambda context, account, _budget: list_reconciliations(context, account, 50),
}


def test_what_pages_read_costs_as_many_statements_however_large_the_books(town: Town) -> None:
    """In books of 2 and of 9 accounts, categories, budgets and currencies."""
    counts: list[dict[str, int]] = []
    for place, size in enumerate((2, 9)):
        context = town.context(town.tenant(f"user_{place + 1}"))
        fill(context, size, CURRENCIES)
        ids = int(list_accounts(context, 1).data[0].id), int(list_budgets(context, 1).data[0].id)
        counts.append({})
        for name, report in REPORTS.items():
            with recording() as ran:
                report(context, *ids)
            counts[-1][name] = len(ran.texts)
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= MOST
