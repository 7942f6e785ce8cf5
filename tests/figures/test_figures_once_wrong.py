"""Ledgers on which the product once differed from the definitions, as small as they get."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from tests.conftest import NOW
from tests.figures.driver import Driver
from tests.figures.examples import Opener
from tests.figures.ledger import Account, Asked, Booking, Category, Ledger, Part

ACCOUNTS = {name: Account(name) for name in ("here", "there")}
JUNE = Asked(None, date(2026, 6, 1), date(2026, 6, 30))


def opened(open_books: Opener, *bookings: Booking, **values: Any) -> tuple[Driver, Ledger]:
    ledger = Ledger(NOW, accounts=ACCOUNTS, bookings={each.key: each for each in bookings}, **values)
    driver = open_books(ledger)
    return driver, driver.build(ledger, [*ledger.bookings])


def test_days_between_the_previous_period_and_this_one_are_in_neither(open_books: Opener) -> None:
    """1 to 7 March is compared with 1 to 7 February, not with all days since."""
    within = Booking("t1", "here", date(2026, 2, 7), -500)
    between = Booking("t2", "here", date(2026, 2, 8), -99_900)
    driver, ledger = opened(open_books, within, between)
    week = Asked(None, date(2026, 3, 1), date(2026, 3, 7))
    assert driver.answer(week)["summary"]["previous"]["expenses"] == "5.00"
    driver.check(ledger, [week])


def test_a_paired_transaction_may_be_split_and_joined_again(open_books: Opener) -> None:
    out, into = Booking("t1", "here", date(2026, 6, 1), -500), Booking("t2", "there", date(2026, 6, 2), 500)
    driver, ledger = opened(open_books, out, into)
    assert driver.answer(JUNE)["transactions"]["count"] == 0
    parted = replace(out, parts=(Part(-300), Part(-200)))
    driver.change(parted)
    assert driver.answer(JUNE)["transactions"]["count"] == 3
    driver.check(driver.stored(ledger.with_booking(parted)), [JUNE])
    driver.change(out)
    driver.check(ledger, [JUNE])


def test_a_pair_of_a_whole_transaction_and_a_part_can_be_separated(open_books: Opener) -> None:
    loan = Category("loan", "transfer")
    parts = (Part(-300, "loan"), Part(-200))
    out = Booking("t1", "here", date(2026, 6, 1), -500, parts=parts)
    into = Booking("t2", "there", date(2026, 6, 2), 300)
    driver, ledger = opened(open_books, out, into, categories={"loan": loan})
    driver.check(ledger, [JUNE])
    driver.separate("t2")
    assert driver.answer(JUNE)["summary"]["income"] == "3.00"
    driver.check(replace(ledger, separated=frozenset([frozenset([("t1", 1), ("t2", 0)])])), [JUNE])


def test_a_blank_name_is_no_payee(open_books: Opener) -> None:
    bookings = [
        Booking(f"t{n}", "here", date(2026, 6, n + 1), -100, payee=name) for n, name in enumerate(["", " ", "b"])
    ]
    driver, ledger = opened(open_books, *bookings)
    assert driver.answer(JUNE)["transactions"]["by_payee"] == [{"payee": "b", "amount": "1.00", "count": 1}]
    driver.check(ledger, [JUNE])


def test_the_other_leg_of_a_separated_pair_changes_too(open_books: Opener) -> None:
    """What was spent at its payee is back, and its version tells those who keep a copy."""
    out, into = Booking("t1", "here", date(2026, 6, 1), -500, payee="a"), Booking("t2", "there", date(2026, 6, 2), 500)
    driver, ledger = opened(open_books, out, into)
    driver.separate("t2")
    assert driver.answer(JUNE)["transactions"]["by_payee"] == [{"payee": "a", "amount": "5.00", "count": 1}]
    driver.check(replace(ledger, separated=frozenset([frozenset([("t1", 0), ("t2", 0)])])), [JUNE])
    versions = driver.rows("SELECT DISTINCT updated_version FROM transactions WHERE tenant_id = :tenant")
    assert len(versions) == 1
