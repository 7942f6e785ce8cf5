"""Edits: after each one the reports are what the definitions say, and taking it back returns every figure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

from hypothesis import given

from tests.figures import strategies as make
from tests.figures.compare import timeless
from tests.figures.driver import Driver
from tests.figures.examples import Opener, examples
from tests.figures.ledger import Account, Asked, Booking, Category, Ledger
from tests.figures.pairs import pairs_of


def edited(rng: Random, booking: Booking, ledger: Ledger) -> Booking:
    """The booking with one thing changed."""
    changes: dict[str, dict[str, Any]] = {
        "amount": {"amount": make.amount(rng), "parts": ()},
        "category": {"category": make.category(rng), "parts": ()},
        "split": {"category": None, "parts": make.parts(rng, booking.amount)},
        "day": {"booked_on": make.day(rng)},
        "account": {"account": rng.choice([*ledger.accounts])},
        "pending": {"pending": not booking.pending},
        "type": {"type": "adjustment" if booking.type == "normal" else "normal"},
        "counterparty": {"counterparty": rng.choice([None, *ledger.accounts])},
    }
    return replace(booking, **rng.choice([*changes.values()]))


def with_bookings(rng: Random) -> Ledger:
    return next(ledger for _ in range(100) if (ledger := make.ledger(rng)).bookings)


@examples(12)
@given(make.chances)
def test_an_edit_and_its_undoing(open_books: Opener, rng: Random) -> None:
    ledger = with_bookings(rng)
    asked = make.query(rng, ledger)
    driver = open_books(ledger)
    ledger = driver.build(ledger, [*ledger.bookings])
    before = driver.answer(asked)
    booking = ledger.bookings[rng.choice([*ledger.bookings])]
    other = edited(rng, booking, ledger)
    driver.change(other)
    driver.check(driver.stored(ledger.with_booking(other)), [asked])
    driver.change(booking)
    after = driver.stored(ledger)
    # Among lines that are equal to the letter the one that comes back is the last, which may decide who is paired.
    assert after != ledger or driver.answer(asked) == before
    driver.check(after, [asked])


@examples(5)
@given(make.chances)
def test_a_deletion_and_its_undoing(open_books: Opener, rng: Random) -> None:
    ledger = with_bookings(rng)
    asked = make.query(rng, ledger)
    driver = open_books(ledger)
    ledger = driver.build(ledger, [*ledger.bookings])
    before = timeless(driver.answer(asked))
    # Among equal lines the last one goes, because a line that comes again comes last.
    some = ledger.bookings[rng.choice([*ledger.bookings])]
    booking = max(
        (b for b in ledger.bookings.values() if (b.account, b.line[0]) == (some.account, some.line[0])),
        key=lambda each: each.line,
    )
    driver.delete(booking.key)
    driver.check(replace(ledger, bookings={k: b for k, b in ledger.bookings.items() if k != booking.key}), [asked])
    driver.post([booking])
    assert timeless(driver.answer(asked)) == before
    driver.check(driver.stored(ledger), [asked])


@examples(5)
@given(make.chances)
def test_a_changed_account_or_kind_and_its_undoing(open_books: Opener, rng: Random) -> None:
    ledger = make.ledger(rng)
    asked = make.query(rng, ledger)
    driver = open_books(ledger)
    ledger = driver.build(ledger, [*ledger.bookings])
    before = driver.answer(asked)
    account = ledger.accounts[rng.choice([*ledger.accounts])]
    other = replace(
        account,
        type=rng.choice(make.TYPES),
        identifier=rng.choice([None, account.identifier, "stranger"]),
        in_net_worth=make.one_in(rng, 2),
        closed_on=rng.choice([None, date(2027, 12, 31)]),
    )
    driver.change_account(other)
    driver.check(with_account(ledger, other), [asked])
    driver.change_account(account)
    root = make.CATEGORIES[rng.choice(["pay", "moves"])]
    kind = rng.choice(["income", "expense", "transfer", "saving"])
    driver.change_kind(replace(root, kind=kind))
    driver.check(with_kind(ledger, root, kind), [asked])
    driver.change_kind(root)
    assert driver.answer(asked) == before


def with_account(ledger: Ledger, account: Account) -> Ledger:
    return replace(ledger, accounts={**ledger.accounts, account.key: account})


def with_kind(ledger: Ledger, root: Category, kind: str) -> Ledger:
    changed = {key: replace(ledger.categories[key], kind=kind) for key in ledger.below(root.key)}
    return replace(ledger, categories={**ledger.categories, **changed})


@examples(5)
@given(make.chances)
def test_splitting_and_categorising_never_change_net_worth(open_books: Opener, rng: Random) -> None:
    ledger = with_bookings(rng)
    driver = open_books(ledger)
    driver.build(replace(ledger, budgets={}), [*ledger.bookings])
    asked = Asked("all")
    before = stocks(driver, asked)
    for key in make.some(rng, [*ledger.bookings], 4, 1):
        booking = ledger.bookings[key]
        split = make.one_in(rng, 2)
        driver.change(replace(booking, category=make.category(rng), parts=()))
        if split:
            driver.change(replace(booking, category=None, parts=make.parts(rng, booking.amount)))
    assert stocks(driver, asked) == before


def stocks(driver: Driver, asked: Asked) -> list[object]:
    """Everything of an answer that is a stock."""
    answer = driver.answer(asked)
    summary = answer["summary"]
    balances = [(key, row["balance"], row["balance_history"]) for key, row in answer["accounts"].items()]
    return [summary[name] for name in ("net_worth", "assets", "liabilities", "net_worth_history")] + sorted(balances)


@examples(5)
@given(make.chances)
def test_a_separated_pair_stays_apart(open_books: Opener, rng: Random) -> None:
    ledger = make.ledger(rng)
    driver = open_books(ledger)
    ledger = driver.build(ledger, [*ledger.bookings])
    for _ in range(2):
        whole = [pair for pair in pairs_of(ledger) if not pair[0].position or not pair[1].position]
        if not whole:
            break
        pair = rng.choice(whole)
        driver.separate(next(leg for leg in pair if not leg.position).booking.key)
        ledger = replace(ledger, separated=ledger.separated | {frozenset(leg.key for leg in pair)})
        driver.check(ledger, [make.query(rng, ledger)])
