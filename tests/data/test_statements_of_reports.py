"""How many statements a report runs, and what each is for: a number that must not grow with the books."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
FLOWS, MOVEMENTS = ["sums by category and by month"], ["what was booked between the days of the histories"]
TURNOVERS = ["what came in and went out of each account"]
TRANSACTIONS = ["newest", "largest", "transactions", "splits", "tags", "payees"]
PLANS = ["budgets with what they cover and their amounts"]
BUDGETS = ["spending in all periods", "what recurs in the current ones", "alerts of the periods"]
# The budgets are read once for health and for their own report.
HEALTH = ["sums of three months"]
DOUBTS = ["suggested transfers", "suspected duplicates"]
REVIEW = ["entries in review"]
STANDING = ["what files and closed statements say of the balances"]
STATEMENTS: dict[str, tuple[Callable[[TenantContext, Query], Any], list[str]]] = {
    "summary": (summary_report, [*OPENING, *FLOWS, *MOVEMENTS, *HEALTH, *PLANS]),
    "accounts": (accounts_report, [*OPENING, *FLOWS, *MOVEMENTS, *TURNOVERS]),
    "transactions": (transactions_report, [*OPENING, *FLOWS, *TRANSACTIONS]),
    "budgets": (budgets_report, [*OPENING, *PLANS, *BUDGETS]),
    "dashboard": (
        dashboard_report,
        [
            *OPENING,
            *FLOWS,
            *STANDING,
            *MOVEMENTS,
            *HEALTH,
            *REVIEW,
            *DOUBTS,
            *PLANS,
            *BUDGETS,
            "open alerts",
            "legs that nobody matched",
            *TURNOVERS,
            *TRANSACTIONS,
        ],
    ),
}


RATES = ["all rates of all currencies and days"]
LARGEST = {name: ["largest in other currencies"] for name in ("transactions", "dashboard")}
CURRENCIES = ("USD", "CHF", "GBP", "CAD", "AUD", "SEK", "NOK", "PLN", "CZK")


def fill(context: TenantContext, number: int, currencies: Sequence[str] = ("EUR",)) -> None:
    """`number` accounts, categories and budgets, each with a booking in it; accounts and budgets in `currencies`."""
    for place in range(number):
        currency, other = (currencies[(place + step) % len(currencies)] for step in (0, 1))
        account = create_account(context, AccountIn(name=f"Account {place}", currency=currency))[0].id
        category = create_category(context, CategoryIn(name=f"Category {place}"))[0].id
        create_budget(
            context, BudgetIn(name=f"Budget {place}", category_ids=[category], amount="100.00", currency=other)
        )
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


@pytest.mark.parametrize("number", [2, 9])
def test_money_in_other_currencies_costs_a_statement_or_two_more(context: TenantContext, number: int) -> None:
    """However many currencies and days there are, for flows, balances and budgets together."""
    fill(context, number, CURRENCIES)
    for name, (report, statements) in STATEMENTS.items():
        with recording() as ran:
            report(context, Query())
        assert len(ran.texts) == len([*statements, *RATES, *LARGEST.get(name, [])]), (name, ran.texts)
