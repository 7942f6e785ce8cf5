"""Everyday purchases with weekday patterns and skewed amounts, and how this month's are shaped for its budgets."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from data.demo.book import DemoTransaction
from data.demo.ledger import MONTHS, Ledger, grown

EVEN = (1, 1, 1, 1, 1, 1, 1)
WORKDAYS = (1, 1, 1, 1, 1, 0, 0)
SHOP_DAYS = (2, 2, 2, 3, 4, 6, 0)
EVENINGS = (1, 1, 2, 2, 5, 6, 3)


@dataclass(frozen=True, slots=True)
class Habit:
    """Purchases of one kind: how many a month, on which weekdays, where, and how large.

    Amounts are log-normal around `median` (minor units, prices of 2024) with `sigma`, rounded to `step` and made
    `less` smaller (step 100, less 1: prices like 24.99). Payees come most frequent first.
    """

    topic: str
    account: str
    category: str
    per_month: float
    median: int
    sigma: float
    payees: tuple[str, ...]
    weekdays: tuple[int, ...] = EVEN
    step: int = 1
    less: int = 0
    purpose: str | None = None
    growth: float = 2.5

    def amount(self, rng: random.Random, month: int) -> int:
        """A price > 0 in minor units."""
        raw = grown(round(self.median * rng.lognormvariate(0, self.sigma)), month, self.growth)
        return max(self.step, (raw + self.step // 2) // self.step * self.step) - self.less

    def days(self, rng: random.Random, month: int, season: float) -> list[date]:
        """The days of the purchases, in order; about `per_month` x `season` of them."""
        first, last = MONTHS.first(month), MONTHS.last(month)
        every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        weights = [self.weekdays[day.weekday()] for day in every]
        count = int(self.per_month * season * rng.uniform(0.9, 1.1) + rng.random())
        return sorted(rng.choices(every, weights, k=count))

    def rows(self, ledger: Ledger, month: int, season: float = 1.0) -> list[DemoTransaction]:
        """This month's purchases, not booked yet, up to today."""
        rng = ledger.rng(month, self.topic)
        weights = [1 / (n + 1) for n in range(len(self.payees))]
        days = self.days(rng, month, season)
        payees = rng.choices(self.payees, weights, k=len(days))
        made = [
            DemoTransaction(self.account, day, -self.amount(rng, month), payee, self.category, self.purpose)
            for day, payee in zip(days, payees, strict=True)
        ]
        return [row for row in made if row.booked_on <= ledger.today]


def spent(rows: Sequence[DemoTransaction], categories: frozenset[str]) -> int:
    """What the rows took from these categories, in minor units; splits are not looked into."""
    return -sum(row.amount for row in rows if row.category_key in categories)


def raised_to(rows: list[DemoTransaction], target: int, extra: DemoTransaction) -> list[DemoTransaction]:
    """The rows and, if they are below `target` minor units, `extra` with an amount that makes them reach it."""
    missing = target + sum(row.amount for row in rows)
    return [*rows, replace(extra, amount=-missing)] if missing > 0 else rows


def lowered_to(rows: list[DemoTransaction], target: int) -> list[DemoTransaction]:
    """The rows with their amounts scaled down, if need be, to at most `target` minor units in total."""
    total = -sum(row.amount for row in rows)
    if total <= target:
        return rows
    scaled = [replace(row, amount=-(-row.amount * max(0, target) // total)) for row in rows]
    return [row for row in scaled if row.amount < 0]


def scaled_to(rows: list[DemoTransaction], target: int, extra: DemoTransaction) -> list[DemoTransaction]:
    """The rows brought to exactly `target` minor units, give or take a few: scaled, or `extra` added when far below."""
    total = -sum(row.amount for row in rows)
    if total == 0 or target > 2 * total:
        return raised_to(rows, target, extra)
    scaled = lowered_to([replace(row, amount=row.amount * 2) for row in rows], target)
    return scaled or raised_to(scaled, target, extra)


def cash_month(ledger: Ledger, month: int, rows: list[DemoTransaction], bank: str, note: int) -> None:
    """Pay `rows`, all of one cash account, fetching multiples of `note` from `bank` whenever the purse is empty.

    At the month's end the purse is counted and what is in it beyond the opening balance is booked as an adjustment
    (spending that nobody wrote down), so that a month does not depend on the one before.
    """
    if not rows:
        return
    cash, purse = rows[0].account_key, 0
    for row in sorted(rows, key=lambda row: row.booked_on):
        if purse + row.amount < 0:
            fetched = -(row.amount // note) * note
            ledger.transfer((bank, cash), row.booked_on, fetched, "Cash withdrawal", ("cash_move", "cash_move"))
            purse += fetched
        ledger.add(row)
        purse += row.amount
    end = MONTHS.last(month)
    if purse:
        ledger.add(DemoTransaction(cash, end, -purse, "Cash count", None, "Counted at month's end", type="adjustment"))
