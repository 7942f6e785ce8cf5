"""Reference: money in several currencies (`semantics.md`, Currency), plain and slow, on exact fractions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from core.money import exponent
from tests.figures.ledger import Ledger, LegKey, Line

LeftOut = dict[str, tuple[int, int]]


def rate(ledger: Ledger, source: str, target: str, day: date) -> Fraction | None:
    """Units of `target` for one of `source`: the first that exists within 7 days back."""
    if source == target:
        return Fraction(1)
    found = _direct(ledger, source, target, day)
    if found is None and "EUR" not in (source, target):
        into, out = _direct(ledger, source, "EUR", day), _direct(ledger, "EUR", target, day)
        found = into * out if into and out else None
    return found


def _direct(ledger: Ledger, source: str, target: str, day: date) -> Fraction | None:
    for stored in (ledger.rates, ledger.world):
        for base, quote in ((source, target), (target, source)):
            for n in range(8):
                value = stored.get((base, quote, day - timedelta(days=n)))
                if value is not None:
                    return Fraction(value) if base == source else 1 / Fraction(value)
    return None


def in_minor(ledger: Ledger, source: str, target: str, day: date) -> Fraction | None:
    """The rate between minor units."""
    found = rate(ledger, source, target, day)
    return None if found is None else found * Fraction(10 ** exponent(target), 10 ** exponent(source))


def valued(ledger: Ledger, minor: int, source: str, target: str, day: date) -> int | None:
    """An amount at the rate of `day`, of today when that lies ahead, rounded half to even. Nothing is nothing."""
    found = in_minor(ledger, source, target, min(day, ledger.today))
    if found is None:
        return None if minor else 0
    return round(minor * found)


def shares(ledger: Ledger, roles: dict[LegKey, str], target: str) -> dict[LegKey, int | None]:
    """What each line is worth in `target`: its conversion group is rounded once and shared out by running sums."""
    groups: dict[tuple[object, ...], list[Line]] = {}
    for line in ledger.lines:
        sign = (line.amount > 0) - (line.amount < 0)
        key = (line.account, line.category, roles[line.key], sign, line.day)
        groups.setdefault(key, []).append(line)
    found: dict[LegKey, int | None] = {}
    for group in groups.values():
        source = ledger.currency_of(group[0].account)
        running = given = 0
        for line in sorted(group, key=lambda line: (line.amount, *line.booking.line, line.position)):
            running += line.amount
            upto = valued(ledger, running, source, target, line.day)
            found[line.key] = None if upto is None else upto - given
            given += found[line.key] or 0
    return found


def known(values: Iterable[int | None]) -> int | None:
    """The total, null when something was left out and nothing else is in it."""
    values = list(values)
    kept = [value for value in values if value]
    return None if None in values and not kept else sum(kept)


def listed(left: Iterable[tuple[str, int]]) -> LeftOut:
    """(currency, amount) of what was left out, by currency with its count."""
    found: LeftOut = {}
    for currency, amount in left:
        before, count = found.get(currency, (0, 0))
        found[currency] = before + amount, count + 1
    return found


def shown(minor: int | None, currency: str) -> str | None:
    if minor is None:
        return None
    digits = exponent(currency)
    return f"{Decimal(minor).scaleb(-digits):.{digits}f}"
