"""Converts a report's money into its currency: flows at their booking day's rate, balances at their own day's.

A report says first what it will ask for (`need`), as soon as it has read a frame; the rates of everything said are
read in one statement when the first one is asked for. On a day that has not come yet today's rate holds, for flows
as for balances: else a booking would change net worth by another amount than it is worth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

import pandas as pd
from sqlalchemy.orm import Session

from core.rates import VIA, RateTable, at_rate
from data.frames.converted import AtRates
from data.frames.rates import rate_rows


class Converter:
    """Minor units of any currency in minor units of `currency`; `None` where no rate is known.

    `accounts` are the currencies of the tenant's accounts by id. With `today` None days ahead have no other rate than
    those stored for them (the matching of transfers must not depend on the day on which it runs).
    """

    def __init__(self, session: Session, currency: str, today: date | None, accounts: Mapping[int, str]) -> None:
        self.currency = currency
        self._session = session
        self._today = today
        self._accounts = accounts
        self._table = RateTable()
        self._wanted: tuple[set[str], set[date]] = (set(), set())
        self._read: tuple[frozenset[str], frozenset[date]] = (frozenset(), frozenset())

    def need(self, currencies: Iterable[str], days: Iterable[date], into: str | None = None) -> None:
        """Say that money of these currencies will be converted at these days' rates."""
        others = set(currencies) - {into or self.currency}
        if others:
            self._wanted[0].update(others, {into or self.currency, VIA})
            self._wanted[1].update(map(self._valued_on, days))

    def rate(self, source: str, day: date, into: str | None = None) -> Fraction | None:
        """The exact rate between minor units that holds on `day`."""
        target, valued_on = into or self.currency, self._valued_on(day)
        if source != target and not self._covers(source, target, valued_on):
            self.need([source], [day], target)
            self._read_rates()
        return self._table.minor_rate(source, target, valued_on)

    def amount(self, minor: int, source: str, day: date, into: str | None = None, before: int = 0) -> int | None:
        """A conversion group's sum, or with `before`, what the group's earlier members add up to, a part's share of
        what the group comes to. Nothing needs no rate."""
        if not minor or source == (into or self.currency):
            return minor
        return _share(minor, before, self.rate(source, day, into))

    def balance(self, account_id: int, day: date, minor: int) -> int | None:
        """An account's balance at the end of `day`."""
        return self.amount(minor, self._accounts[account_id], day)

    def foreign(self, account_ids: Iterable[int]) -> tuple[int, ...]:
        """Those of the accounts that are not in the report's currency."""
        return tuple(sorted(each for each in account_ids if self._accounts[each] != self.currency))

    def native(self, account_ids: Iterable[int]) -> tuple[int, ...]:
        """Those of the accounts that are in the report's currency."""
        return tuple(sorted(each for each in account_ids if self._accounts[each] == self.currency))

    def currency_of(self, account_id: int) -> str:
        return self._accounts[account_id]

    def need_flows(self, frame: pd.DataFrame) -> None:
        """Say that a `flow_frame` will be converted."""
        places = self._places(frame)
        self.need({currency for currency, _ in places}, {day for _, day in places})

    def flows(self, frame: pd.DataFrame) -> list[int | None]:
        """The amounts of a `flow_frame` row by row."""
        columns = (frame[name].tolist() for name in ("account_id", "day", "amount", "before"))
        rates = {place: self.rate(*place) for place in self._places(frame)}
        accounts = self._accounts
        return [
            amount if day is None else _share(amount, before, rates[accounts[account_id], day])
            for account_id, day, amount, before in zip(*columns, strict=True)
        ]

    def at_rates(self, account_ids: Iterable[int], frame: pd.DataFrame) -> AtRates:
        """What converts single lines of the days of a `flow_frame` in the database."""
        rates = {(currency, day): self.rate(currency, day) for currency, day in self._places(frame)}
        known = {place: rate for place, rate in rates.items() if rate is not None}
        return AtRates(self.foreign(account_ids), known)

    def _places(self, frame: pd.DataFrame) -> set[tuple[str, date]]:
        """The (currency, day) of the rows in other currencies."""
        if frame.empty:
            return set()
        pairs = set(zip(frame["account_id"].tolist(), frame["day"].tolist(), strict=True))
        return {(self._accounts[account_id], day) for account_id, day in pairs if day is not None}

    def _valued_on(self, day: date) -> date:
        return day if self._today is None else min(day, self._today)

    def _covers(self, source: str, target: str, day: date) -> bool:
        return {source, target} <= self._read[0] and day in self._read[1]

    def _read_rates(self) -> None:
        currencies, days = self._wanted
        self._table.add(rate_rows(self._session, currencies, days))
        self._read = frozenset(currencies), frozenset(days)


def _share(minor: int, before: int, rate: Fraction | None) -> int | None:
    """What a part of a conversion group comes to, after parts of the sum `before`."""
    if rate is None:
        return None if minor else 0
    return at_rate(before + minor, rate) - at_rate(before, rate) if before else at_rate(minor, rate)
