"""Balances and net worth on any days, from what was booked between them (`semantics.md`, Stocks)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from core.period import Months, Period
from data.frames.accounts import movement_frame
from data.frames.base import total
from data.reports.opening import Opened
from data.schemas.common import LIABILITY_TYPES

_DAILY_UP_TO = 92
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NetWorth:
    """Minor units of the report's currency; `liabilities` are negative."""

    assets: int
    liabilities: int

    @property
    def net_worth(self) -> int:
        return self.assets + self.liabilities


class Balances:
    """The balance of every account in scope on chosen days, in minor units of the account's currency."""

    def __init__(self, accounts: pd.DataFrame, days: Sequence[date], movements: pd.DataFrame) -> None:
        self.days = tuple(sorted(set(days)))
        self._places = {day: place for place, day in enumerate(self.days)}
        self._accounts = accounts
        self._balances = _running(accounts, len(self.days), movements)

    @classmethod
    def read(cls, books: Opened, days: Sequence[date]) -> Balances:
        """One statement for all accounts and days."""
        ordered = sorted(set(days))
        return cls(books.accounts, ordered, movement_frame(books.session, books.scope.account_ids, ordered))

    def on(self, account_id: int, day: date) -> int:
        """The account's balance at the end of `day`, one of the days asked for."""
        return self._balances[account_id][self._places[day]]

    def net_worth(self, day: date) -> NetWorth:
        """Assets and liabilities of the native accounts that exist on `day` and count."""
        assets = liabilities = 0
        frame = self._accounts
        for account_id, kind, opened_on, closed_on, counts in zip(
            frame["id"].tolist(),
            frame["type"].tolist(),
            [
                first_day(*row)
                for row in zip(frame["opened_on"], frame["opening_on"], frame["first_booked_on"], strict=True)
            ],
            frame["closed_on"].tolist(),
            (frame["in_net_worth"] & frame["native"]).tolist(),
            strict=True,
        ):
            if counts and opened_on is not None and opened_on <= day and (closed_on is None or day <= closed_on):
                if kind in LIABILITY_TYPES:
                    liabilities = total((liabilities, self.on(account_id, day)))
                else:
                    assets = total((assets, self.on(account_id, day)))
        return NetWorth(assets, liabilities)


def first_day(opened_on: date | None, opening_on: date | None, first_booked_on: date | None) -> date | None:
    """The day an account enters net worth: as stated, else the earlier of its opening and its first booking."""
    if opened_on is not None:
        return opened_on
    return min((day for day in (opening_on, first_booked_on) if day is not None), default=None)


def _running(accounts: pd.DataFrame, steps: int, movements: pd.DataFrame) -> dict[int, list[int]]:
    """Account id -> balance at each step: opening balance + bookings up to it - bookings before the opening day."""
    moved: dict[int, dict[int, int]] = {}
    before: dict[int, int] = {}
    for account_id, step, amount, earlier in zip(*(movements[name].tolist() for name in movements), strict=True):
        moved.setdefault(account_id, {})[step] = amount
        before[account_id] = before.get(account_id, 0) + earlier
    balances = {}
    for account_id, opening in zip(accounts["id"].tolist(), accounts["opening_balance"].tolist(), strict=True):
        at = 0 if opening is None else int(opening) - before.get(account_id, 0)
        running = []
        for step in range(steps):
            at = total((at, moved.get(account_id, {}).get(step, 0)))
            running.append(at)
        balances[account_id] = running
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
