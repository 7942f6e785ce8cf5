"""Ledgers, queries and edits from small pools, so that days, amounts and names meet often.

Hypothesis chooses the seed only: drawn piece by piece, most of a few dozen examples would be nearly empty ledgers
or slight changes of one, and a failure is not shrunk anyway because each try would book a whole ledger again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

from core.period import PRESETS
from tests.figures.ledger import Account, Asked, Booking, Budget, Category, Ledger, Part

T = TypeVar("T")
ZONES = ("Europe/Berlin", "Pacific/Kiritimati", "America/Adak", "UTC")
TYPES = ("cash", "checking", "savings", "credit_card", "loan", "mortgage", "investment", "property", "other_asset")
EDGES = [
    date(2024, 2, 29), date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 28), date(2026, 4, 27), date(2026, 5, 15),
    date(2026, 5, 31), date(2026, 6, 14), date(2026, 6, 17), date(2026, 6, 30), date(2026, 9, 1), date(2027, 3, 1),
]  # fmt: skip
TODAYS = [date(2026, 6, 17), date(2026, 6, 17), date(2026, 6, 1), date(2026, 5, 31), date(2024, 2, 29)]
AMOUNTS = [0, 1, 99, 1_000, 2_500, 2_500, 12_345, 250_000]
PAYEES = [*"abcdefghijkl", "Alpha", "alpha", "Éclair", "eclair", "a b", "a-c", "", " ", None]
TAGS = ["trip", "work"]
BUDGETED = ["life", "food", "fees", "nest", "rainy"]
RULES = ["weekly", "monthly", "monthly", "quarterly", "yearly", "fixed"]
CATEGORIES = {
    category.key: category
    for category in (
        Category("pay", "income"), Category("bonus", "income", "pay"), Category("life", "expense"),
        Category("food", "expense", "life"), Category("snacks", "expense", "food"), Category("fees", "expense"),
        Category("moves", "transfer"), Category("card", "transfer", "moves"), Category("nest", "saving"),
        Category("rainy", "saving", "nest"),
    )
}  # fmt: skip

chances = st.randoms(use_true_random=True)
"""A seeded `Random` for each example."""


def some(rng: Random, pool: Sequence[T], most: int, least: int = 0) -> tuple[T, ...]:
    """A few different ones of the pool."""
    return tuple(rng.sample(pool, min(len(pool), rng.randint(least, most))))


def one_in(rng: Random, number: int) -> bool:
    return rng.randrange(number) == 0


def day(rng: Random) -> date:
    return rng.choice(EDGES) + timedelta(days=rng.randint(-3, 3))


def amount(rng: Random) -> int:
    return rng.choice(AMOUNTS) * rng.choice([-1, -1, 1])


def category(rng: Random) -> str | None:
    return None if one_in(rng, 3) else rng.choice([*CATEGORIES])


def account(rng: Random, key: str) -> Account:
    opening = None if one_in(rng, 2) else rng.randint(-500_000, 500_000)
    return Account(
        key,
        type=rng.choice(TYPES),
        identifier=rng.choice([None, f"XX{ord(key[-1])}0001"]),
        opening_balance=opening,
        opening_on=None if opening is None else day(rng),
        opened_on=rng.choice([None, None, date(2024, 1, 1), day(rng)]),
        closed_on=rng.choice([None, None, date(2027, 12, 31)]),
        in_net_worth=not one_in(rng, 4),
    )


def parts(rng: Random, whole: int) -> tuple[Part, ...]:
    """Two or three parts that add up to the whole."""
    first = rng.choice([part for part in (whole // 3, -500, whole - 2_500, 2_500) if part not in (0, whole)])
    sizes = [first, 99, whole - first - 99] if one_in(rng, 2) else [first, whole - first]
    return tuple(Part(size, category(rng), some(rng, TAGS, 1)) for size in sizes)


def booking(rng: Random, key: str, pool: list[Account]) -> Booking:
    size = amount(rng)
    split = one_in(rng, 4)
    return Booking(
        key,
        account=rng.choice(pool).key,
        booked_on=day(rng),
        amount=size,
        type="adjustment" if one_in(rng, 10) else "normal",
        payee=rng.choice(PAYEES),
        counterparty=rng.choice([None, None, "stranger", *[a.identifier or a.key for a in pool]]),
        category=None if split else category(rng),
        tags=some(rng, TAGS, 2),
        pending=one_in(rng, 10),
        parts=parts(rng, size) if split else (),
    )


def echo(rng: Random, key: str, of: Booking, pool: list[Account]) -> Booking:
    """The same line once more, or what may be the other side of it (or of its last part)."""
    if one_in(rng, 3):
        return replace(of, key=key, category=None if of.parts else category(rng))
    size = of.parts[-1].amount if of.parts else of.amount
    return Booking(
        key,
        account=rng.choice(pool).key,
        booked_on=of.booked_on + timedelta(days=rng.choice([0, 0, 1, -1, 4, 5])),
        amount=-size,
        payee=rng.choice(PAYEES),
        counterparty=rng.choice([None, None, of.account, f" xx{ord(of.account[-1])} 0001"]),
        category=rng.choice([None, None, "moves", "nest", "food"]),
    )


def bookings(rng: Random, pool: list[Account], most: int) -> list[Booking]:
    made: list[Booking] = []
    for n in range(rng.randint(0, most)):
        if made and one_in(rng, 2):
            made.append(echo(rng, f"t{n}", rng.choice(made), pool))
        else:
            made.append(booking(rng, f"t{n}", pool))
    return made


def budget(rng: Random, key: str, pool: list[Account]) -> Budget:
    rule = rng.choice(RULES)
    starts_on = rng.choice([date(2025, 11, 30), date(2026, 3, 31), date(2024, 2, 29), date(2026, 6, 15)])
    ends_on = rng.choice([None, None, max(starts_on, date(2026, 6, 1))])
    later = ((date(2026, 5, 20), 5_000),) if one_in(rng, 2) else ()
    return Budget(
        key,
        categories=some(rng, BUDGETED, 3, 1),
        rule=rule,
        starts_on=starts_on,
        amounts=(
            (starts_on, rng.choice([0, 3_000, 20_000])),
            *(later if rule != "fixed" and starts_on < date(2026, 5, 20) else ()),
        ),
        accounts=() if one_in(rng, 2) else some(rng, [each.key for each in pool], 2),
        weekday=rng.randint(1, 7) if rule == "weekly" else None,
        day=rng.choice([0, 1, 15, 28]) if rule == "monthly" else None,
        ends_on=starts_on + timedelta(days=200) if rule == "fixed" else ends_on,
        policy=rng.choice(["reset", "carry_positive", "carry_all", "carry_all"]),
        cap=rng.choice([None, 0, 2_500]),
    )


def ledger(rng: Random, most: int = 24) -> Ledger:
    """Up to 4 accounts, `most` bookings and 2 budgets."""
    pool = [account(rng, f"account {letter}") for letter in "abcd"[: rng.randint(1, 4)]]
    today = rng.choice(TODAYS)
    plans = [budget(rng, f"b{n}", pool) for n in range(rng.randint(0, 2))]
    return Ledger(
        now=datetime(today.year, today.month, today.day, rng.randrange(24), tzinfo=UTC),
        timezone=rng.choice(ZONES),
        currency=rng.choice(["EUR", "JPY", "KWD"]),
        month_start=rng.choice([1, 1, 15, 28]),
        match_by_amount=one_in(rng, 2),
        accounts={each.key: each for each in pool},
        categories=CATEGORIES,
        bookings={each.key: each for each in bookings(rng, pool, most)},
        tags=tuple(TAGS),
        budgets={each.key: each for each in plans},
    )


def query(rng: Random, of: Ledger) -> Asked:
    """Any query; each filter in every third or fourth."""
    first = last = None
    period = None if one_in(rng, 3) else rng.choice(PRESETS)
    if period is None and not one_in(rng, 4):
        first = rng.choice([day(rng), date(2026, 6, 1), date(2026, 3, 1)])
        last = first + timedelta(days=rng.choice([0, 6, 27, 29, 30, 91, 92, 365]))
    return Asked(
        period,
        first,
        last,
        accounts=some(rng, [*of.accounts], 2) if one_in(rng, 3) else (),
        categories=some(rng, ["none", *CATEGORIES], 2) if one_in(rng, 4) else (),
        tags=some(rng, TAGS, 1) if one_in(rng, 5) else (),
    )
