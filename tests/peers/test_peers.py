"""The same books in Beancount and hledger: balances by day, income and expenses by category and month, net worth, and
budgets are theirs to the cent.

The programs know nothing of ours: they read double-entry journals, in which a transfer is one entry and a balance that
we state is an assertion, and they look up prices by themselves. `deploy/peers.sh` installs them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from core.money import parse_amount
from data.commands.demo import load_book
from data.demo.book import Book
from data.demo.organisation import organisation
from data.demo.person import person
from data.demo.stranger import stranger
from data.reports.accounts import accounts_report
from data.reports.budget_history import budget_history
from data.reports.summary import summary_report
from data.reports.transactions import transactions_report
from tests.figures.driver import Driver
from tests.figures.ledger import Asked, Ledger
from tests.figures.test_figures_of_demo_books import learn_ids, ledger_of
from tests.peers import journals
from tests.peers.households import FIRST, LAST, ONE, household
from tests.peers.journals import Money
from tests.peers.programs import Beancount, Flows, Hledger, Worth, last_day, need_programs

if TYPE_CHECKING:
    from tests.conftest import Town

pytestmark = pytest.mark.usefixtures("programs")
Balances = dict[tuple[str, date], Money]


@pytest.fixture(scope="module")
def programs() -> None:
    need_programs()


@dataclass
class Ours:
    """What the product says of books, with the journals' names of accounts."""

    driver: Driver
    ledger: Ledger

    def balances(self, first: date, last: date) -> Balances:
        """(account, day) -> balance of each day, asked for in pieces of a quarter."""
        found: Balances = {}
        keys = {number: key for key, number in self.driver.ids["account"].items()}
        while first <= last:
            end = min(last, first + timedelta(days=90))
            asked = self.driver.parse(Asked(None, first, end))
            for row in accounts_report(self.driver.context, asked).data:
                account = self.ledger.accounts[keys[row.id]]
                for point in row.balance_history:
                    money = Money(parse_amount(str(point.balance), row.currency), row.currency)
                    found[journals.account_name(account), point.date] = money
            first = end + ONE
        return found

    def figures(self, months: list[str]) -> tuple[Flows, Worth]:
        """Income and expenses by month and category in a journal's signs, net worth at the months' ends."""
        flows: Flows = {}
        names = {number: key for key, number in self.driver.ids["category"].items()}
        for month in months:
            asked = Asked(None, date.fromisoformat(f"{month}-01"), last_day(month))
            report = transactions_report(self.driver.context, self.driver.parse(asked))
            for row in report.data.by_category:
                sign = 1 if row.kind == "expense" else -1
                amount = sign * Decimal(str(row.amount))
                key = None if row.category_id is None else names[row.category_id]
                if amount:
                    flows[month, journals.category_name(self.ledger, key, -sign)] = amount
        whole = Asked(None, date.fromisoformat(f"{months[0]}-01"), last_day(months[-1]))
        summary = summary_report(self.driver.context, self.driver.parse(whole)).data
        history = summary.net_worth_history
        return flows, {str(point.date)[:7]: Decimal(str(point.net_worth)) for point in history[1:]}


def written(folder: Path, ours: Ours, joined: dict[str, str], said: Balances) -> tuple[Beancount, Hledger]:
    """The books as both journals; what we say of balances is asserted in Beancount's."""
    entries = journals.entries(ours.ledger, joined)
    currency = ours.ledger.currency
    beancount, hledger = folder / "books.beancount", folder / "books.journal"
    beancount.write_text(journals.beancount_text(ours.ledger, entries, said), encoding="utf-8")
    hledger.write_text(journals.hledger_text(ours.ledger, entries), encoding="utf-8")
    return Beancount(beancount, currency), Hledger(hledger, currency)


def agree(folder: Path, ours: Ours, joined: dict[str, str], first: date, months: list[str]) -> Hledger:
    """Assert that both programs say what we say, of each day from `first` on and of each of the months."""
    said = ours.balances(first, LAST)
    beancount, hledger = written(folder, ours, joined, said)
    theirs = hledger.balances(first, LAST + ONE)
    days = {(name, str(day)): Decimal(str(money).split()[0]) for (name, day), money in said.items() if day >= first}
    assert {key: value for key, value in days.items() if value or key in theirs} == theirs
    flows, worth = ours.figures(months)
    errors, *figures = beancount.figures(months)
    assert errors == []
    assert [within(months, figures[0]), figures[1]] == [flows, worth]
    their_flows, their_worth = hledger.figures(months)
    assert (their_flows, their_worth) == (flows, worth)
    assert len(flows) > len(months)
    return hledger


def within(months: list[str], flows: Flows) -> Flows:
    return {key: value for key, value in flows.items() if key[0] in months}


def months_of(first: date, last: date) -> list[str]:
    return sorted({str(first + n * ONE)[:7] for n in range((last - first).days + 1)})


@pytest.mark.parametrize("seed", [1, 2])
def test_a_household_is_the_same_in_other_programs(town: Town, tmp_path: Path, seed: int) -> None:
    ledger, joined = household(seed)
    driver = Driver(town.context(town.tenant("user_1", match_by_amount=False)))
    order = Random(seed).sample([*ledger.bookings], len(ledger.bookings))
    ours = Ours(driver, driver.build(ledger, order))
    hledger = agree(tmp_path, ours, joined, FIRST, months_of(FIRST, LAST))
    theirs = hledger.budgets(["Expenses:Life:Food", "Expenses:Fees"], FIRST, date(2026, 7, 1))
    assert budgets(ours) == {key: (max(Decimal(0), net), goal) for key, (net, goal) in theirs.items()}
    assert sum(net > 0 for net, _ in theirs.values()) > 8


def budgets(ours: Ours) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    """(the journal's account, month) -> what was spent of a budget and its amount."""
    found = {}
    for key, budget in ours.ledger.budgets.items():
        name = journals.category_name(ours.ledger, budget.categories[0], -1)
        for row in budget_history(ours.driver.context, int(ours.driver.ids["budget"][key])).data:
            found[name, str(row.period.from_)[:7]] = Decimal(str(row.spent)), Decimal(str(row.amount))
    return found


def company(today: date) -> Book:
    """The company's newest weeks: its three years are 50,000 bookings, and alike."""
    book = organisation(today)
    newest = tuple(row for row in book.transactions if row.booked_on > today - 45 * ONE)
    return replace(book, transactions=newest)


@pytest.mark.parametrize(("make", "tenant"), [(person, "user_1"), (stranger, "user_1"), (company, "org_1")])
def test_the_demo_books_are_the_same_in_other_programs(
    town: Town, tmp_path: Path, make: Callable[[date], Book], tenant: str
) -> None:
    """Legs of transfers go to an account of their category: which of them belong together is not asked here."""
    book = make(LAST)
    ledger = ledger_of(book)
    driver = Driver(town.context(town.tenant(tenant, currency=ledger.currency)))
    load_book(driver.context, book)
    learn_ids(driver, ledger, book)
    agree(tmp_path, Ours(driver, replace(ledger, budgets={})), {}, LAST - 90 * ONE, months_of(date(2025, 7, 1), LAST))


def test_a_cent_more_or_less_is_an_error_there(tmp_path: Path) -> None:
    """Beancount does check what we assert: its own tolerance would let one cent pass."""
    ledger, joined = household(1)
    entries = journals.entries(ledger, joined)
    purse = "Assets:Purse"
    held = sum(posting.money.minor for entry in entries for posting in entry.postings if posting.account == purse)
    errors = []
    for n, wrong in enumerate((0, 1)):
        path = tmp_path / f"{n}.beancount"
        path.write_text(journals.beancount_text(ledger, entries, {(purse, LAST): Money(held + wrong, "EUR")}))
        errors.append(len(Beancount(path, "EUR").errors()))
    assert errors == [0, 1]
