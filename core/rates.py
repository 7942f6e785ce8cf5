"""Exchange rates: which one holds for a pair of currencies on a day, and what an amount is at it.

Definitions: `semantics.md`, Currency. Rates are exact fractions and are never rounded; an amount is, once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from core.money import checked, exponent

LOOK_BACK_DAYS: Final = 7
VIA: Final = "EUR"
"""The currency that all global rates are quoted against, and through which two others are crossed."""

RateRow = tuple[bool, str, str, date, Decimal]
"""(the tenant's own?, base, quote, day, rate): 1 base = rate quote."""
_ONE = Fraction(1)


class RateTable:
    """Stored rates, and the one of them that holds for a pair and a day."""

    def __init__(self, rows: Iterable[RateRow] = ()) -> None:
        self._rates: dict[tuple[bool, str, str], dict[date, Decimal]] = {}
        self._found: dict[tuple[str, str, date], Fraction | None] = {}
        self._minor: dict[tuple[str, str, date], Fraction | None] = {}
        self.add(rows)

    def add(self, rows: Iterable[RateRow]) -> None:
        """Know these rates too."""
        for own, base, quote, day, rate in rows:
            self._rates.setdefault((own, base, quote), {})[day] = rate
        self._found.clear()
        self._minor.clear()

    def rate(self, source: str, target: str, day: date) -> Fraction | None:
        """How many units of `target` one unit of `source` is on `day`; None when no rate of the last 7 days says."""
        key = (source, target, day)
        if key not in self._found:
            self._found[key] = self._look_up(source, target, day)
        return self._found[key]

    def minor_rate(self, source: str, target: str, day: date) -> Fraction | None:
        """Like `rate`, between the minor units: 1 EUR = 160 JPY is 8/5 yen a cent."""
        key = (source, target, day)
        if key not in self._minor:
            rate = self.rate(source, target, day)
            self._minor[key] = None if rate is None else rate * Fraction(10) ** (exponent(target) - exponent(source))
        return self._minor[key]

    def _look_up(self, source: str, target: str, day: date) -> Fraction | None:
        if source == target:
            return _ONE
        direct = self._direct(source, target, day)
        if direct is not None or VIA in (source, target):
            return direct
        into, out = self._direct(source, VIA, day), self._direct(VIA, target, day)
        return None if into is None or out is None else into * out

    def _direct(self, source: str, target: str, day: date) -> Fraction | None:
        """The tenant's own rate, its inverse, the global rate, its inverse: the first that is not too old."""
        for own in (True, False):
            rate = self._newest((own, source, target), day)
            if rate is not None:
                return Fraction(rate)
            inverse = self._newest((own, target, source), day)
            if inverse is not None:
                return 1 / Fraction(inverse)
        return None

    def _newest(self, key: tuple[bool, str, str], day: date) -> Decimal | None:
        known = self._rates.get(key)
        if known:
            for back in range(LOOK_BACK_DAYS + 1):
                rate = known.get(day - timedelta(days=back))
                if rate is not None:
                    return rate
        return None


def at_rate(minor: int, rate: Fraction) -> int:
    """`minor` x `rate` (of minor units), rounded half to even; `AmountOverflow` beyond int64."""
    whole, rest = divmod(minor * rate.numerator, rate.denominator)
    up = 2 * rest > rate.denominator or (2 * rest == rate.denominator and whole % 2)
    return checked(whole + bool(up))
