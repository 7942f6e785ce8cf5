"""Balances and net worth on any days, from what was booked between them (`semantics.md`, Stocks)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.money import checked
from core.period import Months, Period
from data.frames.accounts import AccountRow, movements
from data.frames.base import total
from data.reports.opening import LeftOut, Opened
from data.schemas.common import LIABILITY_TYPES

_DAILY_UP_TO = 92
_DAY = timedelta(days=1)
Movement = tuple[int, int, int, int]
"""A row of `data.frames.accounts.movements`."""


@dataclass(frozen=True, slots=True)
class NetWorth:
    """Minor units of the report's currency; `liabilities` are negative. None: nothing could be converted."""

    assets: int | None
    liabilities: int | None

    @property
    def net_worth(self) -> int | None:
        return None if self.assets is None or self.liabilities is None else total((self.assets, self.liabilities))


@dataclass(slots=True)
class _Side:
    """One side of net worth: what is in it, and whether something was left out."""

    amount: int = 0
    filled: bool = False
    missed: bool = False

    def add(self, converted: int | None) -> None:
        self.missed |= converted is None
        self.filled |= bool(converted)
        self.amount = total((self.amount, converted or 0))

    @property
    def known(self) -> int | None:
        return None if self.missed and not self.filled else self.amount


class Balances:
    """The balance of every account in scope on chosen days, in minor units of the account's currency."""

    def __init__(self, books: Opened, days: Sequence[date], moved: Sequence[Movement]) -> None:
        self.days = tuple(sorted(set(days)))
        self._places = {day: place for place, day in enumerate(self.days)}
        self._convert = books.convert
        self._balances = _running(books.account_rows, len(self.days), moved)
        self._counting = _counting(books.account_rows)
        self._foreign = frozenset(books.foreign)
        self._worths: dict[date, NetWorth] = {}

    @classmethod
    def read(cls, books: Opened, days: Sequence[date]) -> Balances:
        """One statement for all accounts and days."""
        ordered = sorted(set(days))
        books.convert.need([row.currency for row in books.account_rows], ordered)
        found = movements(books.session, books.scope.account_ids, ordered, books.context.months)
        return cls(books, ordered, found)

    def on(self, account_id: int, day: date) -> int:
        """The account's balance at the end of `day`, one of the days asked for."""
        return self._balances[account_id][self._places[day]]

    def converted(self, account_id: int, day: date) -> int | None:
        """The same in the report's currency, rounded once; None when no rate is known."""
        balance = self.on(account_id, day)
        return self._convert.balance(account_id, day, balance) if account_id in self._foreign else balance

    def net_worth(self, day: date) -> NetWorth:
        """Assets and liabilities of the accounts that exist on `day` and count: the sum of the rounded balances."""
        if day not in self._worths:
            assets, liabilities = _Side(), _Side()
            for account_id, kind in self.counting(day):
                (liabilities if kind in LIABILITY_TYPES else assets).add(self.converted(account_id, day))
            self._worths[day] = NetWorth(assets.known, liabilities.known)
        return self._worths[day]

    def counting(self, day: date) -> list[tuple[int, str]]:
        """The accounts (id, type) that are in net worth on `day`."""
        return [
            (account_id, kind)
            for account_id, kind, opened_on, closed_on in self._counting
            if opened_on <= day and (closed_on is None or day <= closed_on)
        ]

    def left_out(self, account_ids: Iterable[int], day: date) -> LeftOut:
        """The balances of these accounts that no rate converts on `day`, by currency."""
        found: LeftOut = {}
        for account_id in self._foreign.intersection(account_ids):
            if self.converted(account_id, day) is None:
                currency = self._convert.currency_of(account_id)
                amount, count = found.get(currency, (0, 0))
                found[currency] = (total((amount, self.on(account_id, day))), count + 1)
        return found


def _counting(accounts: Sequence[AccountRow]) -> list[tuple[int, str, date, date | None]]:
    """The accounts that are ever in net worth: id, type, first day, last day."""
    return [
        (row.id, row.type, first, row.closed_on)
        for row in accounts
        if row.in_net_worth and (first := first_day(row.opened_on, row.opening_on, row.first_booked_on)) is not None
    ]


def first_day(opened_on: date | None, opening_on: date | None, first_booked_on: date | None) -> date | None:
    """The day an account enters net worth: as stated, else the earlier of its opening and its first booking."""
    if opened_on is not None:
        return opened_on
    return min((day for day in (opening_on, first_booked_on) if day is not None), default=None)


def _running(accounts: Sequence[AccountRow], steps: int, found: Sequence[Movement]) -> dict[int, list[int]]:
    """Account id -> balance at each step: opening balance + bookings up to it - bookings before the opening day."""
    moved: dict[int, dict[int, int]] = {}
    before: dict[int, int] = {}
    for account_id, step, amount, earlier in found:
        moved.setdefault(account_id, {})[step] = amount
        before[account_id] = before.get(account_id, 0) + earlier
    balances = {}
    for row in accounts:
        at = 0 if row.opening_balance is None else row.opening_balance - before.get(row.id, 0)
        own, running = moved.get(row.id, {}), []
        for step in range(steps):
            at = checked(at + own.get(step, 0))
            running.append(at)
        balances[row.id] = running
    return balances


def history_days(period: Period, months: Months, today: date, newest: date | None) -> list[date]:
    """The days a history shows: the day before the period, then each day of up to 92, else each month's last day,
    and last the period's end or, where that lies ahead of everything known, the newest day there is."""
    last = min(period.last, max(today, newest or today))
    days = {period.start - _DAY}
    if last >= period.start:
        days.add(last)
        if period.days <= _DAILY_UP_TO:
            days.update(period.start + _DAY * step for step in range((last - period.start).days + 1))
        else:
            days.update(day for index in months.each(period) if (day := months.last(index)) <= last)
    return sorted(days)
