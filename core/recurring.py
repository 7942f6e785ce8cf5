"""Recurring payments: which bookings of one payee come back at a steady interval, and when the next one is due.

A series is a function of its bookings alone (`semantics.md`, Recurring payments); ends are asked for a day.
"""

from __future__ import annotations

from bisect import insort
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import count, groupby, islice, pairwise
from math import ceil, floor
from operator import itemgetter
from typing import Final, Literal, NamedTuple

from core.money import checked

Interval = Literal["weekly", "fortnightly", "monthly", "quarterly", "yearly"]
_MEAN_MONTH: Final = Fraction(1461, 48)
INTERVAL_DAYS: Final[dict[Interval, Fraction]] = {
    "weekly": Fraction(7),
    "fortnightly": Fraction(14),
    "monthly": _MEAN_MONTH,
    "quarterly": 3 * _MEAN_MONTH,
    "yearly": 12 * _MEAN_MONTH,
}
"""The mean length of each interval in days."""
_MONTHS: Final[dict[Interval, int]] = {"monthly": 1, "quarterly": 3, "yearly": 12}
FEWEST: Final = 3
_RECENT: Final = 6
_LAST_OF_MONTH: Final = 31


def tolerance(interval: Interval) -> Fraction:
    """By how many days a gap may differ from the interval: 15 % of it or 4 days, whichever is more."""
    return max(Fraction(15, 100) * INTERVAL_DAYS[interval], Fraction(4))


_GAPS: Final[dict[Interval, tuple[int, int]]] = {
    name: (ceil(days - tolerance(name)), floor(days + tolerance(name))) for name, days in INTERVAL_DAYS.items()
}


class PriceChange(NamedTuple):
    """The day from which another amount was paid."""

    day: date
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a series is due. `anchor` is its usual weekday (1 Monday .. 7) or day of the month (31: the last)."""

    interval: Interval
    anchor: int
    last_on: date

    def due(self, until: date) -> list[date]:
        """All days after the last booking on which a payment is due, up to `until`."""
        days: list[date] = []
        for day in self._all():
            if day > until:
                break
            days.append(day)
        return days

    @property
    def next_on(self) -> date:
        """The first day after the last booking on which a payment is due."""
        return next(self._all())

    def ended(self, today: date) -> bool:
        """Whether two payments have been missed: the second is later than the interval's tolerance."""
        second = next(islice(self._all(), 1, None))
        return today > second + timedelta(days=floor(tolerance(self.interval)))

    def expected(self, today: date, until: date) -> list[date]:
        """The payments still to come, overdue ones included; none once the series has ended."""
        return [] if self.ended(today) else self.due(until)

    def _all(self) -> Iterator[date]:
        """The due days after the one that the last booking stands for."""
        if self.interval not in _MONTHS:
            step = 7 if self.interval == "weekly" else 14
            base = self.last_on + timedelta(days=(self.anchor - self.last_on.isoweekday() + 3) % 7 - 3)
            yield from (base + timedelta(days=step * n) for n in count(1))
        here = self.last_on.year * 12 + self.last_on.month - 1
        nearest = min(range(here - 1, here + 2), key=lambda month: abs(self._in_month(month) - self.last_on))
        yield from (self._in_month(nearest + n * _MONTHS[self.interval]) for n in count(1))

    def _in_month(self, index: int) -> date:
        year, month = divmod(index, 12)
        return date(year, month + 1, min(self.anchor, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Series:
    """Payments that come back. `places` are those of its bookings in the sequence they were found in.

    `amount` is what the next payment is expected to be: of a price that stays the same for most of the time the last
    one, else the median of the last 6. `confidence` is 0..1.
    """

    schedule: Schedule
    amount: int
    confidence: Fraction
    price_changes: tuple[PriceChange, ...]
    places: tuple[int, ...]


class _Payment(NamedTuple):
    """What was paid on one day, and by which bookings."""

    day: date
    amount: int
    places: tuple[int, ...]


def find_series(bookings: Sequence[tuple[date, int]]) -> list[Series]:
    """The series in bookings of one payee and sign, given in any order as (day, amount), smallest amounts first.

    A payee may be paid for several things, so bookings are told apart by size: a gap of more than 20 % between two
    neighbouring sizes parts them. Those of one day are one payment. The series of a group is the longest run of its
    payments, up to the last, with at least 3 of them, all gaps fitting one interval and all amounts within 20 % of
    their median.
    """
    found = []
    for group in _by_size(bookings):
        run = _last_run(_payments_from_last(bookings, group)) if len(group) >= FEWEST else []
        if run:
            found.append(_series(run))
    return found


def _by_size(bookings: Sequence[tuple[date, int]]) -> list[list[int]]:
    """The places of the bookings in groups of similar size."""
    groups: list[list[int]] = []
    before = None
    sizes = [abs(amount) for _, amount in bookings]
    for place in sorted(range(len(sizes)), key=sizes.__getitem__):
        size = sizes[place]
        if before is None or 5 * size > 6 * before:
            groups.append([])
        groups[-1].append(place)
        before = size
    return groups


def _payments_from_last(bookings: Sequence[tuple[date, int]], group: Sequence[int]) -> Iterator[_Payment]:
    """One payment a day, the last first: a run is told by its end, and most groups end without one."""
    ordered = sorted(((bookings[place][0], place) for place in group), reverse=True)
    for day, of_day in groupby(ordered, key=itemgetter(0)):
        places = tuple(sorted(place for _, place in of_day))
        yield _Payment(day, checked(sum(bookings[place][1] for place in places)), places)


def _last_run(payments: Iterable[_Payment]) -> list[_Payment]:
    """The longest steady run of these, given the last first, that ends with the last; in order. Empty if too short."""
    fitting, longest = list(_GAPS.values()), 0
    run: list[_Payment] = []
    sizes: list[int] = []
    for payment in payments:
        if run:
            gap = (run[-1].day - payment.day).days
            fitting = [(least, most) for least, most in fitting if least <= gap <= most]
            if not fitting:
                break
        run.append(payment)
        insort(sizes, abs(payment.amount))
        if len(sizes) >= FEWEST and _similar(sizes):
            longest = len(sizes)
    return run[:longest][::-1]


def _similar(sizes: Sequence[int]) -> bool:
    """Whether all of these ascending sizes are within 20 % of their median."""
    doubled = sizes[(len(sizes) - 1) // 2] + sizes[len(sizes) // 2]
    return 5 * sizes[0] >= 2 * doubled and 5 * sizes[-1] <= 3 * doubled


def _series(run: list[_Payment]) -> Series:
    gaps = [(later.day - earlier.day).days for earlier, later in pairwise(run)]
    interval = _interval(gaps)
    amounts = [payment.amount for payment in run]
    schedule, amount = outlook(interval, [(payment.day, payment.amount) for payment in run])
    return Series(
        schedule=schedule,
        amount=amount,
        confidence=_confidence(interval, gaps, amounts),
        price_changes=_price_changes(run) if _fixed(amounts) else (),
        places=tuple(place for payment in run for place in payment.places),
    )


def outlook(interval: Interval, payments: Sequence[tuple[date, int]]) -> tuple[Schedule, int]:
    """When payments (one a day, in order) that come back at this interval are due, and the expected amount."""
    amounts = [amount for _, amount in payments]
    anchor = _anchor(interval, [day for day, _ in payments[-_RECENT:]])
    expected = amounts[-1] if _fixed(amounts) else round(_median(amounts[-_RECENT:]))
    return Schedule(interval, anchor, payments[-1][0]), expected


def _fixed(amounts: Sequence[int]) -> bool:
    """Whether at least half of the payments cost as much as the one before."""
    return 2 * sum(before == after for before, after in pairwise(amounts)) >= len(amounts) - 1


def _interval(gaps: Sequence[int]) -> Interval:
    """The interval that all gaps fit, the one nearest to their mean if there are two."""
    mean = Fraction(sum(gaps), len(gaps))
    fitting = [name for name, (least, most) in _GAPS.items() if least <= min(gaps) and max(gaps) <= most]
    return min(fitting, key=lambda name: abs(INTERVAL_DAYS[name] - mean))


def _anchor(interval: Interval, days: Sequence[date]) -> int:
    """The weekday or day of the month on which most of these payments fell; the latest of several."""
    if interval not in _MONTHS:
        usual = [day.isoweekday() for day in days]
    elif all(day.day == monthrange(day.year, day.month)[1] for day in days):
        return _LAST_OF_MONTH
    else:
        usual = [day.day for day in days]
    times = Counter(usual)
    return max(reversed(usual), key=lambda value: times[value])


def _median(amounts: Sequence[int]) -> Fraction:
    ordered = sorted(amounts)
    return Fraction(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2], 2)


def _price_changes(run: Sequence[_Payment]) -> tuple[PriceChange, ...]:
    changed = ((before, after) for before, after in pairwise(run) if before.amount != after.amount)
    return tuple(PriceChange(after.day, before.amount, after.amount) for before, after in changed)


def _confidence(interval: Interval, gaps: Sequence[int], amounts: Sequence[int]) -> Fraction:
    """The mean of how many payments there are (6 are enough) and how close gaps and amounts are to what is usual."""
    enough = min(Fraction(1), Fraction(len(amounts), _RECENT))
    median = abs(_median(amounts))
    off = Fraction(sum(abs(gap - INTERVAL_DAYS[interval]) for gap in gaps), len(gaps)) / tolerance(interval)
    spread = Fraction(sum(abs(abs(amount) - median) for amount in amounts), len(amounts)) / (median / 5)
    return Fraction(enough + 1 - off + 1 - spread) / 3
