"""Random ledgers: every figure of every report is what the definitions say, whatever the order of arrival."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given

from tests.figures import strategies as make
from tests.figures.compare import flat, timeless
from tests.figures.examples import Opener, examples
from tests.figures.identity import other_terms
from tests.figures.ledger import Ledger
from tests.figures.pairs import pairs_of


@examples(18)
@given(make.chances)
def test_every_report_says_what_the_definitions_say(open_books: Opener, rng: Random) -> None:
    ledger = make.ledger(rng)
    driver = open_books(ledger)
    ledger = driver.build(ledger, [*ledger.bookings], rng.choice([1, 5, 1000]))
    driver.check(ledger, [make.query(rng, ledger) for _ in range(3)])


def shuffled(ledger: Ledger, rng: Random) -> list[str]:
    """The bookings in any order, except that equal lines stay in theirs: they are told apart by it."""

    def alike(key: str) -> tuple[Any, ...]:
        booking = ledger.bookings[key]
        return booking.account, booking.booked_on, booking.amount, (booking.payee or "").strip().casefold()

    order = rng.sample([*ledger.bookings], len(ledger.bookings))
    waiting = {name: iter([key for key in ledger.bookings if alike(key) == name]) for name in map(alike, order)}
    return [next(waiting[alike(key)]) for key in order]


@examples(6)
@given(make.chances)
def test_the_order_of_arrival_changes_no_figure(open_books: Opener, rng: Random) -> None:
    ledger = make.ledger(rng)
    asked = make.query(rng, ledger)
    first, second = open_books(ledger), open_books(ledger)
    first.build(ledger, [*ledger.bookings])
    backwards = replace(ledger, accounts=dict(reversed([*ledger.accounts.items()])))
    stored = second.build(backwards, shuffled(ledger, rng), rng.choice([1, 3]))
    assert timeless(second.answer(asked)) == timeless(first.answer(asked))
    second.check(stored, [asked])


@examples(12)
@given(make.chances)
def test_the_net_worth_identity_holds(open_books: Opener, rng: Random) -> None:
    """NW(end) - NW(start) = income - expenses + transfers_net + saving_net + adjustments + opened - closed
    - flows_outside, which are the flows of accounts on days on which they are not in net worth. In one currency there
    is nothing to value anew and nothing to round."""
    ledger = make.ledger(rng)
    asked = replace(make.query(rng, ledger), categories=(), tags=())
    driver = open_books(ledger)
    ledger = driver.build(ledger, [*ledger.bookings])
    summary = driver.answer(asked)["summary"]
    start = summary["net_worth_history"][0]["net_worth"]
    grown = flat(summary["net_worth"]) - flat(start)
    assert grown == flat(summary["net_cash_flow"]) + sum(other_terms(ledger, asked).values())


def test_the_examples_hold_what_the_properties_are_about() -> None:
    """The pools are small enough that pairs, split pairs and all budget rules do occur. In many more examples than a
    property has: which ones come depends on what else the process has imported (hypothesis draws its constants)."""
    seen: set[str] = set()

    @examples(150)
    @given(make.chances)
    def look(rng: Random) -> None:
        ledger = make.ledger(rng)
        for out, into in pairs_of(ledger):
            seen.update({"pair", "split pair"} if out.position or into.position else {"pair"})
        seen.update(budget.rule for budget in ledger.budgets.values())
        seen.update("pending" for booking in ledger.bookings.values() if booking.pending)

    look()
    assert seen == {"pair", "split pair", "pending", *make.RULES}
