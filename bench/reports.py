"""What each report costs at 10 thousand, 100 thousand and a million transactions: milliseconds and SQL statements.

    .venv/bin/python -m bench.reports [sizes ...]

Each report is read and written as JSON in one process, in ledgers of ten years with 20 accounts, two of them in another
currency, 60 categories and 12 budgets (`bench.cold_books`). The medians go into `bench/reports.md`.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.cold_books import DAYS, LAST_DAY, Books, make
from core.period import PeriodQuery
from core.query import Query
from data import schema
from data.context import Actor, TenantContext
from data.db import Database
from data.embedded import Embedded
from data.frames.transactions import TransactionFilter
from data.global_rates import load_rates
from data.reports.account_page import account_states, months_of
from data.reports.accounts import accounts_report
from data.reports.budget_history import budget_history
from data.reports.budgets import budgets_report
from data.reports.cash_flow import cash_flow_report
from data.reports.comparisons import comparisons_report
from data.reports.dashboard import dashboard_report
from data.reports.explain import explain_figure
from data.reports.forecast import forecast_report
from data.reports.ledger_page import ledger_page, totals_of
from data.reports.listing import list_transactions
from data.reports.net_worth import net_worth_report
from data.reports.recurring import list_recurring
from data.reports.summary import summary_report
from data.reports.transactions import transactions_report
from data.timing import recording

SIZES: Final = (10_000, 100_000, 1_000_000)
ROUNDS: Final = 7
FOREIGN: Final = 2
PAGE: Final = Path(__file__).with_name("reports.md")
_FIRST: Final = date(2025, 11, 1)
_YEAR: Final = Query()
_HEAD: Final = """# What each report costs

`python -m bench.reports` makes ledgers of ten years from a seed, with 20 accounts (two of them in dollars), 60
categories and 12 budgets, and reads each report of twelve months {rounds} times in one process, its JSON included.
`ms` are medians of all runs, `SQL` is the part that the database took, and the statements are those of one run. That
statements do not grow with accounts, categories, budgets or currencies is asserted in
`tests/data/test_statements_of_reports.py`, of explanations in `tests/figures/test_explain.py`.
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians in milliseconds, and how many statements there were."""

    whole: float
    sql: float
    statements: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose reports are read, and what some of them are about."""

    context: TenantContext
    books: Books
    budget: str


Read = Callable[[Asked], Any]
REPORTS: Final[dict[str, Read]] = {
    "dashboard": lambda asked: dashboard_report(asked.context, _YEAR),
    "dashboard, one account": lambda asked: dashboard_report(
        asked.context, Query(account_ids=(asked.books.accounts[4],))
    ),
    "dashboard, one category": lambda asked: dashboard_report(
        asked.context, Query(category_ids=(asked.books.categories[30],))
    ),
    "dashboard, all time": lambda asked: dashboard_report(asked.context, Query(period=PeriodQuery("all"))),
    "summary": lambda asked: summary_report(asked.context, _YEAR),
    "accounts": lambda asked: accounts_report(asked.context, _YEAR),
    "transactions": lambda asked: transactions_report(asked.context, _YEAR),
    "budgets": lambda asked: budgets_report(asked.context, _YEAR),
    "net worth": lambda asked: net_worth_report(asked.context, _YEAR),
    "cash flow by month": lambda asked: cash_flow_report(asked.context, _YEAR, "month", "previous"),
    "comparison of categories": lambda asked: comparisons_report(asked.context, _YEAR, "month", "category", 30),
    "comparison of payees": lambda asked: comparisons_report(asked.context, _YEAR, "month", "payee", 30),
    "forecast": lambda asked: forecast_report(asked.context, (), None),
    "recurring payments": lambda asked: list_recurring(asked.context, _YEAR, 100),
    "history of a budget": lambda asked: budget_history(asked.context, int(asked.budget)),
    "states of the accounts": lambda asked: account_states(asked.context),
    "months of an account": lambda asked: months_of(asked.context, asked.books.accounts[4], _FIRST, LAST_DAY),
    "ledger page": lambda asked: ledger_page(asked.context, PeriodQuery("latest_12_months")),
    "50 transactions": lambda asked: list_transactions(asked.context, _YEAR, TransactionFilter(), 50, None),
    "totals of a filter": lambda asked: totals_of(
        asked.context, Query(account_ids=(asked.books.accounts[4],)), TransactionFilter(first=_FIRST)
    ),
    "explain net worth": lambda asked: explain_figure(asked.context, "summary.net_worth", _YEAR),
    "explain expenses": lambda asked: explain_figure(asked.context, "summary.expenses", _YEAR),
    "explain a category": lambda asked: explain_figure(
        asked.context, f"category.{asked.books.categories[30]}.amount", _YEAR
    ),
    "explain a balance": lambda asked: explain_figure(
        asked.context, f"account.{asked.books.accounts[4]}.balance", _YEAR
    ),
    "explain a budget's spending": lambda asked: explain_figure(asked.context, f"budget.{asked.budget}.spent", _YEAR),
    "explain a payee": lambda asked: explain_figure(asked.context, "transactions.by_payee.Payee%207.amount", _YEAR),
    "explain a weekday": lambda asked: explain_figure(asked.context, "transactions.by_weekday.1.expenses", _YEAR),
    "explain the largest outflow": lambda asked: explain_figure(asked.context, "transactions.largest_outflow", _YEAR),
}


def main(sizes: tuple[int, ...]) -> None:
    """Measure all sizes, print, and write the page."""
    found: dict[int, dict[str, Cost]] = {}
    with TemporaryDirectory(prefix="bench-", dir=".") as folder, Embedded(Path(folder) / "postgres") as running:
        schema.upgrade(running.url)
        database = Database(running.url, pool_size=2)
        with database.directory() as session:
            load_rates(session, [("USD", LAST_DAY - timedelta(day), Decimal("1.1")) for day in range(DAYS)])
        for size in sizes:
            books = make(database, running.url, f"user_{size}", size, "real", FOREIGN)
            context = TenantContext(database.tenant(books.tenant.id), books.tenant, Actor("bench"), LAST_DAY)
            asked = Asked(context, books, budgets_report(context, _YEAR).data[0].id)
            found[size] = {name: measured(asked, read) for name, read in REPORTS.items()}
            PAGE.write_text(written(found), encoding="utf-8")  # the next size may take long
        database.dispose()
    sys.stdout.write(written(found))


def measured(asked: Asked, read: Read, rounds: int = ROUNDS) -> Cost:
    """What one report costs; the first run, which fills what is kept, does not count."""
    whole, sql, statements = [], [], 0
    read(asked)
    for _ in range(rounds):
        with recording() as ran:
            began = time.perf_counter()
            answer = read(asked)
            for each in answer if isinstance(answer, list) else [answer]:
                each.model_dump_json()
            whole.append((time.perf_counter() - began) * 1000)
        sql.append(ran.seconds * 1000)
        statements = len(ran.texts)
    return Cost(median(whole), median(sql), statements)


def written(found: dict[int, dict[str, Cost]]) -> str:
    """The page: a row for each report, two columns for each size."""
    load = ", ".join(f"{each:.0f}" for each in os.getloadavg())
    lines = [_HEAD.format(rounds=ROUNDS), f"Measured on {os.cpu_count()} cores at a load of {load}.", ""]
    heads = [f"{size:,}: ms | SQL".replace(",", " ") for size in found]
    lines.append(f"| Report | Statements | {' | '.join(heads)} |")
    lines.append("|---|---|" + "---|---|" * len(found))
    for name in REPORTS:
        costs = [found[size][name] for size in found]
        counts = sorted({cost.statements for cost in costs})
        cells = [f"{cost.whole:.0f} | {cost.sql:.0f}" for cost in costs]
        lines.append(f"| {name} | {' to '.join(map(str, counts))} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
