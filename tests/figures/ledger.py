"""A ledger as plain values with keys instead of ids: what the reference computes on and the driver books."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

LIABILITIES = {"credit_card", "loan", "mortgage", "other_liability"}
SAVING_TYPES = {"savings", "investment"}
Rates = dict[tuple[str, str, date], Decimal]
LegKey = tuple[str, int]
"""A booking's key and the part's position from 1, or 0 for a whole booking."""


@dataclass(frozen=True)
class Account:
    key: str
    type: str = "checking"
    identifier: str | None = None
    opening_balance: int | None = None
    opening_on: date | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    in_net_worth: bool = True
    currency: str | None = None


@dataclass(frozen=True)
class Category:
    key: str
    kind: str
    parent: str | None = None


@dataclass(frozen=True)
class Part:
    amount: int
    category: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Booking:
    """`line` and `arrival` are what the program gave it: fingerprint with occurrence, and its id."""

    key: str
    account: str
    booked_on: date
    amount: int
    type: str = "normal"
    payee: str | None = None
    counterparty: str | None = None
    category: str | None = None
    tags: tuple[str, ...] = ()
    pending: bool = False
    parts: tuple[Part, ...] = ()
    line: tuple[bytes, int] = (b"", 0)
    arrival: int = 0


@dataclass(frozen=True)
class Budget:
    """`day` 0 stands for `last`; `amounts` are (effective_from, amount)."""

    key: str
    categories: tuple[str, ...]
    rule: str
    starts_on: date
    amounts: tuple[tuple[date, int], ...]
    accounts: tuple[str, ...] = ()
    weekday: int | None = None
    day: int | None = None
    ends_on: date | None = None
    policy: str = "reset"
    cap: int | None = None
    currency: str | None = None


@dataclass(frozen=True)
class Asked:
    """A query with keys. `category` may hold `none`."""

    period: str | None = None
    first: date | None = None
    last: date | None = None
    accounts: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    currency: str | None = None


@dataclass(frozen=True)
class Line:
    """One flow line: a booking that is not split, or one part of a split one."""

    booking: Booking
    position: int
    amount: int
    category: str | None
    tags: frozenset[str]

    @property
    def key(self) -> LegKey:
        return self.booking.key, self.position

    @property
    def day(self) -> date:
        return self.booking.booked_on

    @property
    def account(self) -> str:
        return self.booking.account


@dataclass(frozen=True)
class Ledger:
    now: datetime
    timezone: str = "Europe/Berlin"
    currency: str = "EUR"
    month_start: int = 1
    match_by_amount: bool = True
    accounts: dict[str, Account] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    bookings: dict[str, Booking] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    budgets: dict[str, Budget] = field(default_factory=dict)
    separated: frozenset[frozenset[LegKey]] = frozenset()
    rates: Rates = field(default_factory=dict)
    world: Rates = field(default_factory=dict)
    """The tenant's own rates and the global ones; (base, quote, day) -> 1 base in quotes."""

    def currency_of(self, account: str) -> str:
        return self.accounts[account].currency or self.currency

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.timezone)).date()

    def with_booking(self, booking: Booking) -> Ledger:
        """The ledger after an edit of one booking."""
        return replace(self, bookings={**self.bookings, booking.key: booking})

    def kind(self, category: str | None) -> str | None:
        return None if category is None else self.categories[category].kind

    def below(self, category: str) -> set[str]:
        """The category and all its descendants."""
        found = {category}
        while more := {c.key for c in self.categories.values() if c.parent in found} - found:
            found |= more
        return found

    @cached_property
    def lines(self) -> list[Line]:
        """All lines, pending ones and adjustments included; a part bears its parent's tags too."""
        return [line for booking in self.bookings.values() for line in _lines(booking)]

    @cached_property
    def booked(self) -> list[Booking]:
        return [booking for booking in self.bookings.values() if not booking.pending]

    @cached_property
    def booked_in(self) -> dict[str, list[Booking]]:
        """Account -> its bookings without pending ones."""
        return {key: [booking for booking in self.booked if booking.account == key] for key in self.accounts}


def _lines(booking: Booking) -> Iterator[Line]:
    if not booking.parts:
        yield Line(booking, 0, booking.amount, booking.category, frozenset(booking.tags))
    for position, part in enumerate(booking.parts, 1):
        yield Line(booking, position, part.amount, part.category, frozenset(part.tags) | set(booking.tags))
