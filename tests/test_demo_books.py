"""The demo books: the same for the same day, sums that hold, and budgets in every state on any day."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby

import pytest

from core.money import is_currency
from core.period import Months
from data.demo.book import Book, DemoTransaction
from data.demo.ledger import iban, iban_of, step_of
from data.demo.organisation import organisation
from data.demo.person import person
from data.demo.stranger import stranger
from data.schemas.budgets import Rollover, Rule
from data.schemas.common import LIABILITY_TYPES

MONTHS = Months()
TODAYS = [
    date(2024, 2, 29), date(2025, 1, 1), date(2025, 3, 2), date(2025, 4, 30), date(2025, 7, 6), date(2025, 8, 31),
    date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 6), date(2026, 2, 28), date(2026, 3, 15), date(2026, 5, 1),
    date(2026, 6, 7), date(2026, 9, 15), date(2026, 10, 31), date(2026, 11, 23), date(2026, 12, 24), date(2028, 2, 29),
]  # fmt: skip
FEW = [date(2024, 2, 29), date(2026, 3, 1), date(2026, 11, 23)]
Part = tuple[int, str | None]


@lru_cache(maxsize=64)
def book(make: Callable[[date], Book], today: date) -> Book:
    return make(today)


ALL = [(make, today) for make in (person, organisation, stranger) for today in FEW]
EVERY_BOOK = pytest.mark.parametrize(("make", "today"), ALL, ids=lambda v: getattr(v, "__name__", str(v)))
EVERY_DAY = pytest.mark.parametrize("today", TODAYS, ids=str)


def parts(row: DemoTransaction) -> Iterator[Part]:
    """The row's own amount and category, or those of its splits."""
    if row.splits:
        yield from ((amount, category) for amount, category, _ in row.splits)
    else:
        yield row.amount, row.category_key


def covered(of: Book, keys: tuple[str, ...]) -> set[str]:
    return {c.key for c in of.categories if c.key in keys or c.parent_key in keys}


def net_spent(of: Book, keys: tuple[str, ...], first: date, last: date) -> int:
    """Booked net expense of the categories, children included, from `first` to `last`."""
    inside = covered(of, keys)
    rows = (r for r in of.transactions if first <= r.booked_on <= last and not r.pending and r.type == "normal")
    return -sum(amount for row in rows for amount, category in parts(row) if category in inside)


def status(of: Book, name: str, today: date) -> tuple[str, float]:
    """The status by `semantics.md` of a monthly or fixed budget without rollover, and what is used of it.

    Recurring payments count as paid on the pass alone: the only one in the budgets asked for.
    """
    (budget,) = [b for b in of.budgets if b.name == name]
    month = MONTHS.index(today)
    first, last = budget.starts_on, budget.ends_on
    if first is None or last is None or budget.rule_type == "monthly":
        first, last = MONTHS.first(month), MONTHS.last(month)
    gone, days = (today - first).days + 1, (last - first).days + 1
    spent = net_spent(of, budget.category_keys, first, today)
    recurring = net_spent(of, ("public_transport",), first, today) if name == "Transport" else 0
    projected = spent + (spent - recurring) / max(7, gone) * (days - gone)
    used, elapsed = spent / budget.amount, gone / days
    if spent > budget.amount:
        return "over", used
    if elapsed >= 0.2 and projected > 1.05 * budget.amount:
        return "projected_over", used
    return ("warning" if used >= 0.9 or used - elapsed >= 0.15 else "on_track"), used


def daily_balances(of: Book) -> Iterator[dict[str, int]]:
    """Every account's balance at the end of each day with bookings (the same dictionary, updated)."""
    balance = {a.key: a.opening_balance or 0 for a in of.accounts}
    for _, rows in groupby(of.transactions, key=lambda r: r.booked_on):
        for row in rows:
            balance[row.account_key] += 0 if row.pending else row.amount
        yield balance


def lone_legs(of: Book) -> list[DemoTransaction]:
    """The legs of kind transfer or saving without an opposite one that names their account, or is named, in 3 days."""
    kinds = {c.key: c.kind for c in of.categories}
    numbers = {a.key: a.identifier for a in of.accounts}
    open_legs: dict[int, list[tuple[int, DemoTransaction]]] = defaultdict(list)
    for row in of.transactions:
        for amount, category in parts(row):
            if category is None or kinds[category] not in ("transfer", "saving"):
                continue
            found = [
                leg
                for leg in open_legs[-amount]
                if leg[1].account_key != row.account_key
                and (row.booked_on - leg[1].booked_on).days <= 3
                and (leg[1].counterparty == numbers[row.account_key] or row.counterparty == numbers[leg[1].account_key])
            ]
            if found:
                open_legs[-amount].remove(found[0])
            else:
                open_legs[amount].append((amount, row))
    return [row for legs in open_legs.values() for _, row in legs]


def savings_rate(of: Book, today: date) -> float:
    """(income - expenses) / income of the 12 months that end with this one."""
    kinds: dict[str | None, str] = {c.key: c.kind for c in of.categories}
    first, totals = MONTHS.first(MONTHS.index(today) - 11), Counter[str]()
    for row in of.transactions:
        if row.booked_on >= first and row.type == "normal" and not row.pending:
            for amount, category in parts(row):
                totals[kinds.get(category) or ("income" if amount > 0 else "expense")] += amount
    return (totals["income"] + totals["expense"]) / totals["income"]


@EVERY_BOOK
def test_the_same_day_gives_the_same_book(make: Callable[[date], Book], today: date) -> None:
    assert repr(make(today)) == repr(book(make, today))


@EVERY_BOOK
def test_every_reference_exists_and_every_row_is_in_time(make: Callable[[date], Book], today: date) -> None:
    of = book(make, today)
    accounts = {a.key: a for a in of.accounts}
    categories = {c.key: c for c in of.categories}
    assert len(accounts) == len(of.accounts)
    assert len(categories) == len(of.categories)
    start = MONTHS.first(MONTHS.index(today) - 36)
    for row in of.transactions:
        account = accounts[row.account_key]
        assert start <= row.booked_on <= min(today, account.closed_on or today), row
        assert row.amount != 0, row
        assert all(category is None or category in categories for _, category in parts(row)), row
        assert not row.splits or sum(amount for amount, _, _ in row.splits) == row.amount, row
        assert (row.original_amount is None) == (row.original_currency is None), row
        assert row.original_currency is None or is_currency(row.original_currency)
    days = [row.booked_on for row in of.transactions]
    assert days == sorted(days)
    assert days[0] < start + timedelta(days=4)


@EVERY_BOOK
def test_bank_ids_are_unique_in_their_account(make: Callable[[date], Book], today: date) -> None:
    ids = [(r.account_key, r.external_id) for r in book(make, today).transactions if r.external_id]
    assert len(ids) == len(set(ids)) > 400


@EVERY_BOOK
def test_children_have_their_parents_kind(make: Callable[[date], Book], today: date) -> None:
    seen: dict[str, str] = {}
    for category in book(make, today).categories:
        assert category.parent_key is None or seen[category.parent_key] == category.kind, category
        seen[category.key] = category.kind


@EVERY_BOOK
def test_liabilities_never_have_a_positive_balance(make: Callable[[date], Book], today: date) -> None:
    of = book(make, today)
    owed = [a.key for a in of.accounts if a.type in LIABILITY_TYPES]
    assert owed
    worst = {key: max(balance[key] for balance in daily_balances(of)) for key in owed}
    assert all(value <= 0 for value in worst.values()), worst


@EVERY_BOOK
def test_budgets_are_valid_and_cover_what_can_be_budgeted(make: Callable[[date], Book], today: date) -> None:
    of = book(make, today)
    kinds = {c.key: c.kind for c in of.categories}
    for b in of.budgets:
        rule = Rule.model_validate(
            {"type": b.rule_type, "weekday": b.weekday, "day": b.day, "starts_on": b.starts_on, "ends_on": b.ends_on}
        )
        Rollover.model_validate({"policy": b.rollover_policy})
        assert rule.starts_on is not None
        assert rule.starts_on <= today
        assert b.effective_from <= today
        assert b.amount > 0
        assert {kinds[key] for key in b.category_keys} <= {"expense", "saving"}
        assert b.rollover_policy == "reset" or (b.rollover_cap or 0) > 0


@EVERY_DAY
def test_the_person_has_one_lone_transfer_leg(today: date) -> None:
    assert [(leg.amount, leg.payee) for leg in lone_legs(book(person, today))] == [(-275_00, "Holiday pot with Ida")]


@pytest.mark.parametrize("make", [organisation, stranger])
@pytest.mark.parametrize("today", FEW, ids=str)
def test_the_others_have_both_legs_of_every_transfer(make: Callable[[date], Book], today: date) -> None:
    assert lone_legs(book(make, today)) == []


@EVERY_DAY
def test_restaurants_are_over_and_the_project_is_projected_over_on_any_day(today: date) -> None:
    of = book(person, today)
    state, used = status(of, "Restaurants", today)
    assert (state, used < 1.35) == ("over", True), used
    assert status(of, "Balcony", today)[0] == "projected_over"


@EVERY_DAY
def test_transport_warns_shopping_runs_ahead_and_groceries_are_on_track(today: date) -> None:
    of = book(person, today)
    gone = today.day / MONTHS.last(MONTHS.index(today)).day
    # A month that is nearly over leaves no days to run over in, one that has just begun says nothing yet.
    expected = {"projected_over"} if 0.2 <= gone < 0.9 else {"warning"} if gone < 0.2 else {"warning", "projected_over"}
    assert status(of, "Shopping", today)[0] in expected
    assert status(of, "Transport", today)[0] == "warning"
    assert status(of, "Groceries", today)[0] == "on_track"


@EVERY_DAY
def test_the_persons_figures_are_plausible(today: date) -> None:
    of = book(person, today)
    assert 0.08 <= savings_rate(of, today) <= 0.25
    low, high, cash = 10**9, 0, 10**9
    for balance in daily_balances(of):
        low, high = min(low, balance["checking"]), max(high, balance["checking"])
        cash = min(cash, balance["cash"])
    assert low >= -1_000_00
    assert high <= 25_000_00
    assert cash >= 0
    assert balance["old"] == 0


@EVERY_DAY
def test_the_persons_books_show_what_people_have(today: date) -> None:
    of = book(person, today)
    kinds = Counter(r.account_key for r in of.transactions)
    assert 2_500 <= len(of.transactions) <= 3_800
    assert set(kinds) == {"checking", "card", "cash", "savings", "invest", "loan", "old"}
    assert sum(r.pending for r in of.transactions) == 2
    assert 6 <= sum(r.category_key is None and not r.splits and r.type == "normal" for r in of.transactions) <= 60
    refunds = [r for r in of.transactions if r.amount > 0 and r.category_key in ("clothes", "online")]
    assert len(refunds) >= 5
    assert any(r.original_currency == "DKK" and f"holiday-{r.booked_on.year}" in r.tags for r in of.transactions)
    assert any(len(r.splits) == 3 for r in of.transactions)
    adjusted = [r for r in of.transactions if r.type == "adjustment" and r.account_key == "invest"]
    assert 11 <= len(adjusted) <= 13


@EVERY_DAY
def test_rent_and_two_subscriptions_change_their_price_once(today: date) -> None:
    prices: dict[str, list[int]] = defaultdict(list)
    for row in book(person, today).transactions:
        if row.category_key in ("rent", "subscriptions") and row.account_key != "old":
            prices[row.payee].append(-row.amount)
    changed = {payee for payee, paid in prices.items() if len(set(paid)) == 2 and paid == sorted(paid)}
    assert len(prices) == 11
    assert all(len(set(paid)) <= 2 for paid in prices.values())
    # On a month's first days the last change may be one that is only about to show.
    assert changed <= {"Hausverwaltung Kiefernweg", "Streamora", "Morgenblatt Digital"}
    assert len(changed) >= 2


@pytest.mark.parametrize("make", [person, stranger])
def test_the_past_barely_changes_when_a_month_goes_by(make: Callable[[date], Book]) -> None:
    def past(today: date) -> Counter[DemoTransaction]:
        kept = (replace(r, external_id=None) for r in book(make, today).transactions)
        return Counter(r for r in kept if date(2024, 1, 1) <= r.booked_on < date(2026, 9, 1))

    earlier, later = past(date(2026, 11, 23)), past(date(2026, 12, 20))
    assert (earlier & later).total() >= 0.97 * earlier.total()


def test_within_a_month_the_months_before_stay_as_they_are() -> None:
    first, second = (
        [r for r in book(person, day).transactions if r.booked_on < date(2026, 11, 1)]
        for day in (date(2026, 11, 9), date(2026, 11, 23))
    )
    assert first == second


@pytest.mark.parametrize("today", FEW, ids=str)
def test_the_company_is_large_solvent_and_over_its_travel_budget(today: date) -> None:
    of = book(organisation, today)
    assert 45_000 <= len(of.transactions) <= 55_000
    assert len(of.accounts) == 6
    lowest = min(min(balance["operating"], balance["reserve"]) for balance in daily_balances(of))
    assert lowest > 0
    (travel,) = [b for b in of.budgets if b.name == "Travel"]
    month = MONTHS.index(today)
    assert net_spent(of, ("travel",), MONTHS.first(month - month % 3), today) > travel.amount


def test_the_company_is_made_quickly() -> None:
    start = time.process_time()
    organisation(date(2026, 11, 23))
    assert time.process_time() - start < 4


def test_the_stranger_is_small_and_shares_no_name_with_the_others() -> None:
    today = date(2026, 11, 23)
    of = book(stranger, today)
    assert 450 <= len(of.transactions) <= 550
    assert {a.currency for a in of.accounts} == {"USD"}
    others = {r.payee for make in (person, organisation) for r in book(make, today).transactions}
    assert {r.payee for r in of.transactions}.isdisjoint(others)


def test_account_numbers_have_right_check_digits() -> None:
    def remainder(number: str) -> int:
        return int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97

    assert iban("GB", "WEST", "12345698765432") == "GB82WEST12345698765432"
    for make in (person, organisation):
        of = book(make, date(2026, 11, 23))
        numbers = {r.counterparty for r in of.transactions} | {a.identifier for a in of.accounts}
        ibans = [n for n in numbers if n and n[:2] in ("DE", "GB")]
        assert len(ibans) > 10
        assert all(remainder(n) == 1 and len(n) == 22 for n in ibans)
    assert iban_of("Streamora", "DE") == iban_of("Streamora", "DE") != iban_of("Streamora", "GB")


def test_a_price_step_comes_once_in_36_months() -> None:
    start = 2021 * 12
    for phase in (0, 17, 29):
        for month in range(start, start + 60):
            assert step_of(month + 36, phase) - step_of(month, phase) == 1
