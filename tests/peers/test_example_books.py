"""Beancount's own example books (../shared/data/ledger), booked through our commands.

Its balances and its sums by account and month were computed by Beancount itself (../shared/data/oracle/ledger.*.json);
the `balance` assertions that the files hold are checked day by day, their budgets month by month.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from core.money import parse_amount
from core.query import Query
from data.reports.accounts import accounts_report
from data.reports.budget_history import budget_history
from data.reports.opening import opened
from data.reports.stocks import Balances
from data.reports.transactions import transactions_report
from tests.figures.driver import Driver
from tests.figures.ledger import Asked, Ledger
from tests.peers import beancount_books as books

if TYPE_CHECKING:
    from tests.conftest import Town

pytestmark = pytest.mark.shared


@pytest.mark.parametrize(
    ("file", "assertions"),
    [("fava/budgets-example", 78), ("bean-example-2015-2025-seed42", 328)],
)
def test_an_example_book_has_beancounts_figures(shared: Path, town: Town, file: str, assertions: int) -> None:
    read = books.read(shared / f"ledger/{file}.beancount")
    oracle = json.loads((shared / f"oracle/ledger.{Path(file).name}.beancount-lib.json").read_text(encoding="utf-8"))
    assert len(read.transactions) == oracle["transactions"]
    ledger = books.ledger_of(read)
    driver = Driver(town.context(town.tenant("user_1", currency="USD", match_by_amount=False)))
    driver.build(ledger, [*ledger.bookings])
    assert last_balances(driver) == balances_of(oracle)
    assert totals(driver, ledger) == totals_of(oracle)
    assert flows(driver, ledger) == {key: value for key, value in flows_of(oracle).items() if is_asked(key.split()[1])}
    assert asserted(driver, read) == {key: value for key, value in read.balances.items() if is_held(key)}
    assert len([*filter(is_held, read.balances)]) >= assertions
    assert spent(driver, ledger) == spent_of(oracle, ledger)


def is_held(key: tuple[str, str, date]) -> bool:
    return key[1] in books.CURRENCIES


def unit_of(currency: str) -> str:
    return next(unit for unit, code in books.CURRENCIES.items() if code == currency)


def last_balances(driver: Driver) -> dict[str, Decimal]:
    rows = accounts_report(driver.context, driver.parse(Asked("all"))).data
    return {row.name: Decimal(str(row.balance)) for row in rows}


def balances_of(oracle: dict[str, Any]) -> dict[str, Decimal]:
    """The accounts whose unit we hold: not shares, not flows."""
    found = {name: Decimal(value) for name, value in oracle["balances"].items() if books.is_account(name)}
    return {name: value for name, value in found.items() if name.split()[1] in books.CURRENCIES}


def is_asked(category: str) -> bool:
    """Not each year's tax by itself: they are most of the categories, and all alike."""
    return "Taxes:Y" not in category or any(year in category for year in ("Y2015", "Y2017", "Y2025"))


def held_in(ledger: Ledger, currency: str) -> tuple[str, ...]:
    return tuple(key for key in ledger.accounts if ledger.currency_of(key) == currency)


def totals(driver: Driver, ledger: Ledger) -> dict[str, tuple[Decimal, Decimal]]:
    """`<month> <unit>` -> income and expenses, where there is either."""
    found = {}
    for unit, currency in books.CURRENCIES.items():
        asked = Asked("all", accounts=held_in(ledger, currency), currency=currency)
        for row in transactions_report(driver.context, driver.parse(asked)).data.by_month:
            both = Decimal(str(row.income)), Decimal(str(row.expenses))
            if any(both):
                found[f"{row.month} {unit}"] = both
    return found


def totals_of(oracle: dict[str, Any]) -> dict[str, tuple[Decimal, Decimal]]:
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for key, value in flows_of(oracle).items():
        month, category, unit = key.split()
        income, expenses = found.get(f"{month} {unit}", (Decimal(0), Decimal(0)))
        both = (income - value, expenses) if category.startswith("Income") else (income, expenses + value)
        found[f"{month} {unit}"] = both
    return {key: both for key, both in found.items() if any(both)}


def flows(driver: Driver, ledger: Ledger) -> dict[str, Decimal]:
    """`<month> <category> <unit>` -> its sum as Beancount signs it, without zeros, of the categories that are asked."""
    found: dict[str, Decimal] = {}
    for unit, currency in books.CURRENCIES.items():
        accounts = held_in(ledger, currency)
        touched = {line.category for line in ledger.lines if line.account in accounts and line.category}
        for category in sorted(touched):
            if ledger.kind(category) not in ("income", "expense") or not is_asked(category):
                continue
            asked = Asked("all", accounts=accounts, categories=(category,), currency=currency)
            report = transactions_report(driver.context, driver.parse(asked))
            assert report.complete
            for row in report.data.by_month:
                amount = Decimal(str(row.expenses)) - Decimal(str(row.income))
                if amount:
                    found[f"{row.month} {category} {unit}"] = amount
    return found


def flows_of(oracle: dict[str, Any]) -> dict[str, Decimal]:
    found = {key: Decimal(value) for key, value in oracle["monthly_income_expense"].items()}
    return {key: value for key, value in found.items() if value}


def asserted(driver: Driver, read: books.Read) -> dict[tuple[str, str, date], int]:
    """Our balances where the file states one: at the start of the day, so at the end of the day before."""
    keys = [*filter(is_held, read.balances)]
    days = sorted({day - timedelta(days=1) for _, _, day in keys})
    with opened(driver.context, Query.parse({"period": ["all"]})) as found:
        ids = dict(zip(found.accounts["name"].tolist(), found.accounts["id"].tolist(), strict=True))
        balances = Balances.read(found, days)
        return {
            (name, unit, day): balances.on(ids[f"{name} {unit}"], day - timedelta(days=1)) for name, unit, day in keys
        }


def spent(driver: Driver, ledger: Ledger) -> dict[str, tuple[int, int]]:
    """`<month> <category>` -> the budget's spent and amount, where something was spent."""
    return {
        f"{str(row.period.from_)[:7]} {key}": (
            parse_amount(str(row.spent), "USD"),
            parse_amount(str(row.amount), "USD"),
        )
        for key in ledger.budgets
        for row in budget_history(driver.context, int(driver.ids["budget"][key])).data
        if Decimal(str(row.spent))
    }


def spent_of(oracle: dict[str, Any], ledger: Ledger) -> dict[str, tuple[int, int]]:
    found = {}
    for key, value in flows_of(oracle).items():
        month, category, unit = key.split()
        if category in ledger.budgets and unit == "USD":
            found[f"{month} {category}"] = parse_amount(f"{value:.2f}", "USD"), ledger.budgets[category].amounts[0][1]
    return found
