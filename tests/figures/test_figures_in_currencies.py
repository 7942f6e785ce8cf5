"""Random ledgers in several currencies: every figure is what the definitions say, to the minor unit."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from hypothesis import given

from tests.figures import strategies as make
from tests.figures import worlds
from tests.figures.compare import expected, flat, timeless
from tests.figures.conftest import load_world
from tests.figures.examples import Opener, examples
from tests.figures.identity import most_rounding, other_terms
from tests.figures.ledger import Ledger
from tests.figures.pairs import pairs_of

if TYPE_CHECKING:
    from data.db import Database


@examples(25)
@given(make.chances)
def test_every_report_says_what_the_definitions_say(open_world: Opener, rng: Random) -> None:
    ledger = worlds.ledger(rng)
    driver = open_world(ledger)
    ledger = driver.build(ledger, [*ledger.bookings], rng.choice([1, 5, 1000]))
    driver.check(ledger, [worlds.query(rng, ledger) for _ in range(3)])


@examples(10)
@given(make.chances)
def test_a_rate_that_comes_or_goes_later_counts_as_if_it_always_had(open_world: Opener, rng: Random) -> None:
    ledger = worlds.ledger(rng)
    asked = worlds.query(rng, ledger)
    driver = open_world(ledger)
    ledger = driver.build(replace(ledger, rates={}), [*ledger.bookings])
    rates = worlds.own_rates(rng, worlds.CURRENCIES[:4])
    for pair, rate in rates.items():
        driver.add_rate(pair, rate)
    driver.check(replace(ledger, rates=rates), [asked])
    for pair in rates:
        driver.delete_rate(pair)
    driver.check(ledger, [asked])


@examples(6)
@given(make.chances)
def test_the_order_of_arrival_changes_no_figure(open_world: Opener, rng: Random) -> None:
    ledger = worlds.ledger(rng)
    asked = worlds.query(rng, ledger)
    first, second = open_world(ledger), open_world(ledger)
    first.build(ledger, [*ledger.bookings])
    second.build(replace(ledger, accounts=dict(reversed([*ledger.accounts.items()]))), [*ledger.bookings], 3)
    assert timeless(second.answer(asked)) == timeless(first.answer(asked))


@examples(15)
@given(make.chances)
def test_the_net_worth_identity_holds_with_revaluation(database: Database, open_books: Opener, rng: Random) -> None:
    """What is left over besides the terms is rounding: at most half a minor unit for each group and balance."""
    load_world(database, worlds.GAPLESS)
    ledger = replace(worlds.ledger(rng), world=worlds.GAPLESS)
    asked = replace(worlds.query(rng, ledger), categories=(), tags=())
    driver = open_books(ledger)
    ledger = driver.build(ledger, [*ledger.bookings])
    answer = driver.answer(asked)
    assert answer["complete"]
    summary = answer["summary"]
    grown = flat(summary["net_worth"]) - flat(summary["net_worth_history"][0]["net_worth"])
    terms = flat(summary["net_cash_flow"]) + sum(other_terms(ledger, asked).values())
    assert abs(grown - terms) <= most_rounding(ledger, asked)


def test_the_examples_hold_what_the_properties_are_about() -> None:
    """Pairs across currencies, incomplete answers, ones with nothing converted, and complete ones do occur."""
    seen: set[str] = set()

    @examples(40)
    @given(make.chances)
    def look(rng: Random) -> None:
        ledger = worlds.ledger(rng)
        seen.update("pair" for pair in pairs_of(ledger) if crosses(ledger, *(leg.account for leg in pair)))
        for _ in range(3):
            answer = expected(ledger, worlds.query(rng, ledger))
            foreign = any(ledger.currency_of(key) != answer["currency"] for key in answer["accounts"])
            if foreign and answer["complete"]:
                seen.add("complete")
            if not answer["complete"]:
                seen.add("nothing" if answer["summary"]["income"] is None else "incomplete")

    look()
    assert seen == {"pair", "complete", "nothing", "incomplete"}


def crosses(ledger: Ledger, one: str, other: str) -> bool:
    return ledger.currency_of(one) != ledger.currency_of(other)
