"""How many statements a report runs, and what each is for: a number that must not grow with the books."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from core.query import Query
from data.commands.accounts import create_account
from data.commands.budgets import create_budget
from data.commands.categories import create_category
from data.commands.transactions import post_transactions
from data.context import TenantContext
from data.reports.accounts import accounts_report
from data.reports.budgets import budgets_report
from data.reports.dashboard import dashboard_report
from data.reports.summary import summary_report
from data.reports.transactions import transactions_report
from data.schemas.budgets import BudgetIn
from data.schemas.ledger import AccountIn, CategoryIn, TransactionIn
from data.timing import recording

OPENING = ["SET LOCAL", "version and span", "categories", "accounts"]
FLOWS, MOVEMENTS = ["lines by account, category and month"], ["what was booked between the days of the histories"]
TRANSACTIONS = ["largest", "newest", "transactions", "splits", "tags", "payees", "weekdays"]
BUDGETS = ["budgets' categories", "accounts", "amounts", "budgets", "spending in all periods", "alerts of the periods"]
STATEMENTS: dict[str, tuple[Callable[[TenantContext, Query], Any], list[str]]] = {
    "summary": (summary_report, [*OPENING, *FLOWS, *MOVEMENTS]),
    "accounts": (accounts_report, [*OPENING, *FLOWS, *MOVEMENTS]),
    "transactions": (transactions_report, [*OPENING, *FLOWS, *TRANSACTIONS]),
    "budgets": (budgets_report, [*OPENING, *BUDGETS]),
    "dashboard": (dashboard_report, [*OPENING, *FLOWS, *MOVEMENTS, *BUDGETS, "open alerts", *TRANSACTIONS]),
}


def fill(context: TenantContext, number: int) -> None:
    """`number` accounts, categories and budgets, each with a booking in it."""
    for place in range(number):
        account = create_account(context, AccountIn(name=f"Account {place}"))[0].id
        category = create_category(context, CategoryIn(name=f"Category {place}"))[0].id
        create_budget(context, BudgetIn(name=f"Budget {place}", category_ids=[category], amount="100.00"))
        day = date(2026, 6, 1 + place)
        post_transactions(
            context,
            [TransactionIn(account_id=account, booked_on=day, amount="-9.00", payee="Shop", category_id=category)],
        )


@pytest.mark.parametrize("number", [1, 9])
def test_a_report_runs_these_statements_however_large_the_books(context: TenantContext, number: int) -> None:
    fill(context, number)
    for name, (report, statements) in STATEMENTS.items():
        with recording() as ran:
            report(context, Query())
        assert len(ran.texts) == len(statements), (name, ran.texts)
