"""Ledgers in several currencies: which rates there are, own and global, and which are missing, late or inverse."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tests.figures import strategies as make
from tests.figures.ledger import Asked, Ledger, Rates

CURRENCIES = ["EUR", "USD", "CHF", "JPY", "KWD", "XAF"]
"""Global rates exist for USD often, for CHF and JPY now and then, for KWD and XAF never."""
OFTEN = {"USD": 3, "CHF": 7, "JPY": 9}
"""A rate on one of so many days: with a look-back of 7 days some days have none."""
VALUES = ["0.5", "1", "1.5", "0.98", "1.0215", "0.333333333333", "160.25", "100", "0.01"]


def world() -> Rates:
    """The global rates of all ledgers, always the same."""
    rng = Random(11)
    first = date(2023, 12, 20)
    days = [first + timedelta(days=n) for n in range(900)] + [date(2026, 6, 17) + timedelta(days=n) for n in (0, 9)]
    return {
        ("EUR", currency, day): Decimal(rng.choice(VALUES)).quantize(Decimal("0.0001")) + Decimal("0.0101")
        for currency, number in OFTEN.items()
        for day in days
        if make.one_in(rng, number)
    }


WORLD = world()


def gapless() -> Rates:
    """Global rates of all currencies for every day: one in five days, of which seven are looked back to."""
    rng = Random(12)
    return {
        ("EUR", currency, date(2023, 1, 1) + timedelta(days=n)): Decimal(rng.choice(VALUES[:5])) + Decimal("0.0101")
        for currency in CURRENCIES[1:]
        for n in range(0, 1600, 5)
    }


GAPLESS = gapless()


def own_rates(rng: Random, currencies: list[str]) -> Rates:
    """A few of the tenant's own, between any two currencies and near the days on which something happens."""
    found: Rates = {}
    for _ in range(rng.randint(0, 12)):
        base, quote = rng.sample([*currencies, "EUR"] if "EUR" not in currencies else currencies, 2)
        day = make.day(rng) - timedelta(days=rng.randint(-1, 9))
        found[base, quote, day] = Decimal(rng.choice(VALUES))
    return found


def ledger(rng: Random, most: int = 24) -> Ledger:
    """A ledger whose accounts and budgets are in up to three currencies."""
    plain = make.ledger(rng, most)
    currencies = [plain.currency, *rng.sample([each for each in CURRENCIES if each != plain.currency], 2)]
    return replace(
        plain,
        accounts={key: replace(each, currency=rng.choice([None, *currencies])) for key, each in plain.accounts.items()},
        budgets={key: replace(each, currency=rng.choice([None, *currencies])) for key, each in plain.budgets.items()},
        rates=own_rates(rng, currencies),
        world=WORLD,
    )


def query(rng: Random, of: Ledger) -> Asked:
    """Any query; in every third another currency is asked for."""
    return replace(make.query(rng, of), currency=rng.choice(CURRENCIES) if make.one_in(rng, 3) else None)
