"""The pen that writes a demo book: months, account numbers, transfers with both legs, running totals."""

from __future__ import annotations

import random
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, get_args

from core.period import Months
from data.demo.book import DemoAccount, DemoCategory, DemoTransaction
from data.schemas.common import CategoryKind

MONTHS: Final = Months()
HISTORY: Final = 36
"""Whole months before the one that holds today."""
_BASE_YEAR: Final = 2024
_KINDS: Final[dict[str, CategoryKind]] = {kind: kind for kind in get_args(CategoryKind)}
_DIGITS: Final = {letter: str(number) for number, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 10)}


def first_month(today: date) -> int:
    """The index of the first month of the books."""
    return MONTHS.index(today) - HISTORY


def day_of(month: int, day: int) -> date:
    """Day `day` of month `month`, at most its last."""
    return min(MONTHS.first(month) + timedelta(days=day - 1), MONTHS.last(month))


def workday(day: date, step: int = 1) -> date:
    """`day`, or the next (`step` 1) or previous (-1) day that is not on a weekend."""
    while day.weekday() > 4:
        day += timedelta(days=step)
    return day


def grown(amount: int, month: int, percent: float = 2.5) -> int:
    """An amount of 2024 at the prices of the month's year; the factor is cut at 40 years either way."""
    years = max(-40, min(40, month // 12 - _BASE_YEAR))
    return round(amount * (1 + percent / 100) ** years)


def step_of(month: int, phase: int) -> int:
    """A number that grows by one every 36 months: it changes once in any book. `phase` moves the day of change."""
    return max(0, min(20, (month - _BASE_YEAR * 12 - phase) // HISTORY + 2))


def rounded(amount: int, step: int) -> int:
    """`amount` rounded to a multiple of `step` minor units."""
    return (amount + step // 2) // step * step


def iban(country: str, bank: str, account: str) -> str:
    """An IBAN with right check digits (ISO 13616, modulo 97-10) for a bank code that nobody has."""
    plain = "".join(_DIGITS.get(c, c) for c in f"{bank}{account}{country}00")
    return f"{country}{98 - int(plain) % 97:02d}{bank}{account}"


@lru_cache(maxsize=1024)
def iban_of(name: str, country: str) -> str:
    """The account number of a made-up company or person, always the same for the same name."""
    number = zlib.crc32(name.encode())
    if country == "DE":
        return iban("DE", f"0009{number % 10_000:04d}", f"{number:010d}")
    return iban("GB", "DEMO", f"{number % 1_000_000:06d}{number // 50:08d}")


@dataclass(slots=True)
class Ledger:
    """Collects a tenant's bookings up to `today`; whatever would come later is not written."""

    tenant: str
    today: date
    accounts: dict[str, DemoAccount]
    rows: list[DemoTransaction] = field(default_factory=list)
    totals: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for account in self.accounts.values():
            self.totals[account.key] = account.opening_balance or 0

    def rng(self, month: int, topic: str) -> random.Random:
        """The random numbers of one topic in one month."""
        # Made-up data must be repeatable; nothing here is a secret.
        return random.Random(f"{self.tenant}/{MONTHS.name(month)}/{topic}")  # noqa: S311 # nosec B311

    def is_current(self, month: int) -> bool:
        return month == MONTHS.index(self.today)

    def add(self, *rows: DemoTransaction) -> None:
        """Book what is not after today; pending rows leave the totals alone."""
        for row in rows:
            if row.booked_on <= self.today:
                self.rows.append(row)
                self.totals[row.account_key] += 0 if row.pending else row.amount

    def transfer(
        self, sides: tuple[str, str], day: date, amount: int, text: str, categories: tuple[str, str], lag: int = 0
    ) -> None:
        """Move `amount` > 0 from one own account to the other, booked `lag` days later there, at most today.

        Each leg's counterparty is the other account's identifier. `categories` are the keys of the paying
        and of the receiving leg.
        """
        if day > self.today or amount <= 0:
            return
        source, target = self.accounts[sides[0]], self.accounts[sides[1]]
        arrival = min(day + timedelta(days=lag), self.today)
        for here, there, when, signed, category in (
            (source, target, day, -amount, categories[0]),
            (target, source, arrival, amount, categories[1]),
        ):
            self.add(DemoTransaction(here.key, when, signed, there.name, category, text, there.identifier, when))

    def sorted_rows(self, numbered: Iterable[str]) -> tuple[DemoTransaction, ...]:
        """All rows by day; those of the `numbered` accounts get the bank's id: account, month, running number."""
        wanted, counts, result = frozenset(numbered), Counter[str](), list[DemoTransaction]()
        for row in sorted(self.rows, key=lambda row: row.booked_on):
            if row.account_key in wanted and not row.pending:
                prefix = f"{row.account_key}-{row.booked_on:%Y%m}"
                counts[prefix] += 1
                row = replace(row, external_id=f"{prefix}-{counts[prefix]:04d}")
            result.append(row)
        return tuple(result)


def categories(tree: str) -> tuple[DemoCategory, ...]:
    """The categories of an indented list: `kind key Name` for a parent, two spaces and `key Name` for a child."""
    found: list[DemoCategory] = []
    parent: DemoCategory | None = None
    for line in tree.strip().splitlines():
        if line.startswith("  ") and parent is not None:
            key, name = line.split(maxsplit=1)
            found.append(DemoCategory(key, name, parent.kind, parent.key))
        else:
            parent = _parent(line)
            found.append(parent)
    return tuple(found)


def _parent(line: str) -> DemoCategory:
    kind, key, name = line.split(maxsplit=2)
    return DemoCategory(key, name, _KINDS[kind])
