"""Candidates across currencies: the earlier leg, converted at its booking day's rate, within 10 % of the other.

Of two legs on one day the outflow is the earlier one: money leaves before it arrives. The comparison is exact, and a
rate counts by its own day, not by today: pairs are a function of the ledger and the rates alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from sqlalchemy.orm import Session

from core.money import INT64_MAX
from data.commands.legs import LegKey
from data.frames.driver import Select, rows
from data.reports.conversion import Converter

WINDOW_DAYS: Final = 4
"""How many days two legs of a transfer may be apart."""
_TOLERANCE: Final = Fraction(1, 10)
CURRENCIES: Final = Select("SELECT id, currency FROM accounts WHERE tenant_id = :tenant", {})
_DAY: Final = timedelta(days=1)
Band = tuple[str, date, bool, int, int]
"""Legs that could be a partner: currency, day, whether inflows, least and largest size."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a leg stands. `tells`: it gives evidence of its own, by its category or by whom it names."""

    key: LegKey
    account_id: int
    currency: str
    day: date
    amount: int
    tells: bool

    @property
    def size(self) -> int:
        """The amount without its sign."""
        return abs(self.amount)


class Crossing:
    """The rates between the currencies of a tenant's accounts, for legs."""

    def __init__(self, session: Session, base: str) -> None:
        accounts = dict(rows(session, *CURRENCIES))
        self.currencies = sorted(set(accounts.values()))
        self.commonest = max(self.currencies, key=list(accounts.values()).count, default=base)
        self._convert = Converter(session, base, None, accounts)

    def __bool__(self) -> bool:
        return len(self.currencies) > 1

    def need(self, spots: Iterable[Spot]) -> None:
        """Say around which legs rates will be asked for."""
        days = {spot.day for spot in spots}
        around = {day - step * _DAY for day in days for step in range(WINDOW_DAYS + 1)}
        for currency in self.currencies:
            self._convert.need(self.currencies, around, currency)

    def bands(self, spots: Iterable[Spot]) -> Iterator[Band]:
        """Where partners of these legs could be, not narrower than `pairs` finds them."""
        for spot in spots:
            for currency in self._others(spot):
                for step in range(-WINDOW_DAYS, WINDOW_DAYS + 1):
                    day = spot.day + step * _DAY
                    earlier = step > 0 or (step == 0 and spot.amount < 0)
                    sizes = self._later(spot, currency) if earlier else self._earlier(spot, currency, day)
                    if sizes is not None:
                        yield currency, day, spot.amount < 0, *sizes

    def pairs(self, spots: Iterable[Spot]) -> Iterator[tuple[Spot, Spot, Fraction]]:
        """All pairs of these legs that are candidates, with their relative difference."""
        every = list(spots)
        places = _by_size(every)
        for spot in every:
            for currency in self._others(spot):
                sizes = self._later(spot, currency)
                if sizes is None:
                    continue
                for step in range(0 if spot.amount < 0 else 1, WINDOW_DAYS + 1):
                    held = places.get((currency, spot.day + step * _DAY, spot.amount < 0), [])
                    for other in held[bisect_left(held, sizes[0], key=_size) : bisect_right(held, sizes[1], key=_size)]:
                        yield spot, other, self._difference(spot, other)

    def _others(self, spot: Spot) -> list[str]:
        return [currency for currency in self.currencies if currency != spot.currency]

    def _later(self, spot: Spot, currency: str) -> tuple[int, int] | None:
        """Least and largest size of a later partner: `spot` converted is within 10 % of it."""
        rate = self._convert.rate(spot.currency, spot.day, currency)
        if rate is None:
            return None
        converted = abs(spot.amount) * rate
        return _within(converted / (1 + _TOLERANCE), converted / (1 - _TOLERANCE))

    def _earlier(self, spot: Spot, currency: str, day: date) -> tuple[int, int] | None:
        """Least and largest size of an earlier partner on `day`: converted it is within 10 % of `spot`."""
        rate = self._convert.rate(currency, day, spot.currency)
        if rate is None:
            return None
        size = abs(spot.amount)
        return _within(size * (1 - _TOLERANCE) / rate, size * (1 + _TOLERANCE) / rate)

    def _difference(self, earlier: Spot, other: Spot) -> Fraction:
        rate = self._convert.rate(earlier.currency, earlier.day, other.currency) or Fraction(0)
        return abs(abs(earlier.amount) * rate / abs(other.amount) - 1)


def _within(low: Fraction, high: Fraction) -> tuple[int, int]:
    """The whole minor units between two exact bounds, as far as an amount can be."""
    return min(-(-low.numerator // low.denominator), INT64_MAX), min(high.numerator // high.denominator, INT64_MAX)


def _size(spot: Spot) -> int:
    return abs(spot.amount)


def _by_size(spots: Iterable[Spot]) -> dict[tuple[str, date, bool], list[Spot]]:
    """(currency, day, whether inflow) -> legs by size."""
    places: dict[tuple[str, date, bool], list[Spot]] = defaultdict(list)
    for spot in spots:
        places[spot.currency, spot.day, spot.amount > 0].append(spot)
    for held in places.values():
        held.sort(key=_size)
    return dict(places)
