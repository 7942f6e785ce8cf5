"""Ledgers in which payments come back: the stored series are the ledger's, and budgets look ahead as defined."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import given
from sqlalchemy import select

from data.commands import recurring
from data.models.recurring import RecurringSeries
from tests.figures import strategies as make
from tests.figures.driver import Driver
from tests.figures.examples import Opener, examples
from tests.figures.ledger import Asked, Booking, Ledger
from tests.figures.reference_recurring import repeating

COLUMNS = [column.name for column in RecurringSeries.__table__.columns]
STEPS = [7, 14, 30, 31, 91, 365]


def ledger_that_repeats(rng: Random) -> Ledger:
    """A random ledger with budgets and a few payees whose payments come back, nearly always."""
    ledger = make.ledger(rng, 10)
    made = [booking for n in range(rng.randint(3, 6)) for booking in regular(rng, f"r{n}", ledger)]
    plans = [make.budget(rng, f"b{n}", [*ledger.accounts.values()]) for n in range(3)]
    plans = [replace(each, accounts=each.accounts if make.one_in(rng, 3) else ()) for each in plans]
    return replace(
        ledger,
        bookings=ledger.bookings | {each.key: each for each in made},
        budgets={each.key: each for each in plans},
    )


def regular(rng: Random, key: str, ledger: Ledger) -> list[Booking]:
    """Payments to one payee up to about today; of some payees a few are moved, cost more, or come too often."""
    step, size = rng.choice(STEPS), rng.choice([-1_000, -2_500, -12_345, 250_000])
    account, payee = rng.choice([*ledger.accounts]), rng.choice([key, key, "Net-Flicks", "net flicks ", None])
    category = rng.choice([*make.BUDGETED, *make.BUDGETED, "moves", "pay", None])
    last = ledger.today + timedelta(days=rng.randint(-step, 5))
    steady = make.one_in(rng, 2)
    found = []
    for n in range(rng.randint(3, 7)):
        plain = Booking(
            f"{key} {n}",
            account=account,
            booked_on=last - timedelta(days=step * n),
            amount=size,
            payee=payee,
            category=category,
        )
        found += [plain] if steady else unsteady(rng, plain)
    return found


def unsteady(rng: Random, booking: Booking) -> list[Booking]:
    """The booking as it may also come: on another day, of another size, split, pending, twice."""
    amount = booking.amount + booking.amount * rng.choice([0, 0, 0, 10, -15, 30]) // 100
    booking = replace(
        booking,
        booked_on=booking.booked_on + timedelta(days=rng.choice([0, 0, 1, -2, 5])),
        amount=amount,
        type="adjustment" if make.one_in(rng, 25) else "normal",
        pending=make.one_in(rng, 25),
    )
    if make.one_in(rng, 12):
        booking = replace(booking, category=None, parts=make.parts(rng, amount))
    return [booking] if rng.randrange(15) else [booking, replace(booking, key=f"{booking.key} again")]


def stored(driver: Driver) -> list[dict[str, Any]]:
    with driver.context.db.reading() as session:
        rows = session.scalars(select(RecurringSeries)).all()
        return sorted(({name: getattr(row, name) for name in COLUMNS} for row in rows), key=key)


def found_anew(driver: Driver) -> list[dict[str, Any]]:
    """The series of all accounts, from the ledger."""
    accounts = [int(each) for each in driver.ids["account"].values()]
    with driver.context.db.reading() as session:
        return sorted(recurring.series_of(session, driver.context.tenant.id, accounts), key=key)


def key(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["account_id"], row["payee_key"], row["sign"], row["part"], row["place"]


def series_by_reference(driver: Driver, ledger: Ledger) -> list[tuple[Any, ...]]:
    accounts = driver.ids["account"]
    return sorted(
        (int(accounts[s.account]), s.interval, s.amount, s.last.day, [line.day for line in s.lines])
        for s in repeating(ledger)
    )


def check(driver: Driver, ledger: Ledger, rng: Random) -> None:
    rows = stored(driver)
    assert rows == found_anew(driver)
    shown = sorted((r["account_id"], r["repeats"], r["amount"], r["last_on"], r["days"]) for r in rows)
    assert shown == series_by_reference(driver, ledger)
    driver.check(ledger, [Asked("this_month"), make.query(rng, ledger)])


@examples(15)
@given(make.chances)
def test_budgets_look_ahead_as_defined(open_books: Opener, rng: Random) -> None:
    ledger = ledger_that_repeats(rng)
    driver = open_books(ledger)
    order = make.some(rng, [*ledger.bookings], len(ledger.bookings), len(ledger.bookings))
    ledger = driver.build(ledger, order, rng.choice([1, 7, 1000]))
    check(driver, ledger, rng)


@examples(12)
@given(make.chances)
def test_series_follow_every_edit(open_books: Opener, rng: Random) -> None:
    ledger = ledger_that_repeats(rng)
    driver = open_books(ledger)
    ledger = driver.build(ledger, [*ledger.bookings])
    for _ in range(6):
        booking = ledger.bookings[rng.choice([*ledger.bookings])]
        if make.one_in(rng, 4):
            driver.delete(booking.key)
            ledger = replace(ledger, bookings={k: b for k, b in ledger.bookings.items() if k != booking.key})
            continue
        changes: list[dict[str, Any]] = [
            {"payee": rng.choice(["Rent", "other", None])},
            {"booked_on": booking.booked_on + timedelta(days=rng.choice([-9, 1, 4]))},
            {"account": rng.choice([*ledger.accounts])},
            {"type": "adjustment"},
            {"pending": not booking.pending},
            {"category": make.category(rng), "parts": ()},
        ]
        if not booking.parts:
            changes.append({"amount": booking.amount + rng.choice([-1, 1, 500])})
        changed = replace(booking, **rng.choice(changes))
        driver.change(changed)
        ledger = ledger.with_booking(changed)
    check(driver, driver.stored(ledger), rng)


@examples(6)
@given(make.chances)
def test_finding_all_anew_changes_nothing(open_books: Opener, rng: Random) -> None:
    ledger = ledger_that_repeats(rng)
    driver = open_books(ledger)
    driver.build(ledger, [*ledger.bookings])
    before = stored(driver)
    with driver.context.db.writing() as session:
        accounts = [int(each) for each in driver.ids["account"].values()]
        recurring.rebuild(session, driver.context.tenant.id, accounts)
    assert stored(driver) == before
