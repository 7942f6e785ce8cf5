"""The demo books, as the product loads them, agree with the definitions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pytest

from core.period import PRESETS
from data.commands.demo import load_book
from data.demo.book import Book, DemoBudget
from data.demo.person import person
from data.demo.stranger import stranger
from tests.conftest import NOW
from tests.figures.driver import Driver
from tests.figures.ledger import Account, Asked, Booking, Budget, Category, Ledger, Part

if TYPE_CHECKING:
    from tests.conftest import Town


def ledger_of(book: Book) -> Ledger:
    """The book with the accounts' names for keys, because a counterparty may name an account."""
    names = {account.key: account.name for account in book.accounts}
    return Ledger(
        NOW,
        currency=book.accounts[0].currency,
        accounts={
            a.name: Account(
                a.name, a.type, a.identifier, a.opening_balance, a.opening_on, None, a.closed_on, a.in_net_worth
            )
            for a in book.accounts
        },
        categories={c.key: Category(c.key, c.kind, c.parent_key) for c in book.categories},
        bookings={
            f"t{n}": Booking(
                f"t{n}",
                account=names[row.account_key],
                booked_on=row.booked_on,
                amount=row.amount,
                type=row.type,
                payee=row.payee,
                counterparty=row.counterparty,
                category=None if row.splits else row.category_key,
                tags=row.tags,
                pending=row.pending,
                parts=tuple(Part(amount, category) for amount, category, _ in row.splits),
            )
            for n, row in enumerate(book.transactions)
        },
        tags=tuple(sorted({tag for row in book.transactions for tag in row.tags})),
        budgets={budget.name: budget_of(budget, names) for budget in book.budgets},
    )


def budget_of(budget: DemoBudget, names: dict[str, str]) -> Budget:
    return Budget(
        budget.name,
        categories=budget.category_keys,
        rule=budget.rule_type,
        starts_on=budget.starts_on or budget.effective_from,
        amounts=((budget.effective_from, budget.amount),),
        accounts=tuple(names[key] for key in budget.account_keys),
        weekday=budget.weekday,
        day=budget.day,
        ends_on=budget.ends_on,
        policy=budget.rollover_policy,
        cap=budget.rollover_cap,
    )


def learn_ids(driver: Driver, ledger: Ledger, book: Book) -> None:
    """Find the ids of what was loaded: names, categories below their parents, transactions in the book's order."""
    for noun, table in (("account", "accounts"), ("budget", "budgets")):
        driver.ids[noun] = {name: str(n) for n, name in driver.rows(f"SELECT id, name FROM {table}{MINE}")}
    paths = {
        (parent, name): str(n) for n, parent, name in driver.rows(f"SELECT id, parent_id, name FROM categories{MINE}")
    }
    for category in book.categories:
        parent = category.parent_key and int(driver.ids["category"][category.parent_key])
        driver.ids["category"][category.key] = paths[parent or None, category.name]
    ids = driver.rows(f"SELECT id FROM transactions{MINE} ORDER BY id")
    driver.ids["booking"] = {key: str(n) for key, (n,) in zip(ledger.bookings, ids, strict=True)}


MINE = " WHERE tenant_id = :tenant"


@pytest.mark.parametrize("make", [person, stranger], ids=["person", "stranger"])
def test_the_demo_books_agree_with_the_definitions(town: Town, make: Callable[[date], Book]) -> None:
    book = make(NOW.date())
    ledger = ledger_of(book)
    driver = Driver(town.context(town.tenant("user_1", currency=ledger.currency)))
    load_book(driver.context, book)
    learn_ids(driver, ledger, book)
    ledger = driver.stored(ledger)
    accounts, parents = [*ledger.accounts], [c.key for c in book.categories if c.parent_key is None]
    plain = [Asked(preset) for preset in PRESETS]
    filtered = [
        Asked("this_year", accounts=(accounts[0], accounts[2])),
        Asked("latest_12_months", categories=("none", parents[-1])),
        Asked("last_year", accounts=(accounts[0],), categories=(parents[0],)),
        Asked(None, date(2026, 3, 1), date(2026, 3, 20), tags=ledger.tags[:1]),
    ]
    driver.check(ledger, [*plain, *filtered])
