"""Reference: payments that come back (`semantics.md`, Recurring payments), from the text, by trying all runs."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import pairwise
from statistics import median

from tests.figures.ledger import Ledger, Line
from tests.figures.pairs import put_aside
from tests.figures.reference import Books
from tests.figures.spans import ONE, Span, shift

YEAR = Fraction(1461, 4)
LENGTHS = {
    "weekly": Fraction(7),
    "fortnightly": Fraction(14),
    "monthly": YEAR / 12,
    "quarterly": YEAR / 4,
    "yearly": YEAR,
}
MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}


@dataclass(frozen=True)
class Repeating:
    """One series: its lines, by day, and what follows from them."""

    interval: str
    lines: tuple[Line, ...]

    @property
    def account(self) -> str:
        return self.lines[0].account

    @property
    def last(self) -> Line:
        """The last line; of those of one day the largest, by category."""
        return self.lines[-1]

    @property
    def paid(self) -> list[tuple[date, int]]:
        days = sorted({line.day for line in self.lines})
        return [(day, sum(line.amount for line in self.lines if line.day == day)) for day in days]

    @property
    def amount(self) -> int:
        """The last one where at least half of all payments cost as much as the one before, else the median of six."""
        amounts = [amount for _, amount in self.paid]
        same = [one == other for one, other in pairwise(amounts)]
        if 2 * sum(same) >= len(same):
            return amounts[-1]
        return round(median(map(Fraction, amounts[-6:])))

    def due(self, until: date) -> list[date]:
        found: list[date] = []
        for day in self._due():
            if day > until:
                return found
            found.append(day)
        return found

    def expected(self, today: date, until: date) -> list[date]:
        """Two dates missed by more than is tolerated end it."""
        dates = self._due()
        next(dates)
        late = max(Fraction(4), LENGTHS[self.interval] * Fraction(15, 100))
        return [] if (today - next(dates)).days > late else self.due(until)

    def _due(self) -> Iterator[date]:
        days = [day for day, _ in self.paid][-6:]
        if self.interval in MONTHS:
            yield from self._by_month(days)
            return
        weekday = usual([day.isoweekday() for day in days])
        here = min((days[-1] + n * ONE for n in range(-3, 4)), key=lambda day: day.isoweekday() != weekday)
        step = LENGTHS[self.interval].numerator
        while True:
            here += step * ONE
            yield here

    def _by_month(self, days: list[date]) -> Iterator[date]:
        ends = all((day + ONE).day == 1 for day in days)
        wanted = 31 if ends else usual([day.day for day in days])

        def in_month(month: tuple[int, int]) -> date:
            return date(*month, min(wanted, monthrange(*month)[1]))

        this = (days[-1].year, days[-1].month)
        near = min((shift(this, n) for n in (-1, 0, 1)), key=lambda month: abs((in_month(month) - days[-1]).days))
        while True:
            near = shift(near, MONTHS[self.interval])
            yield in_month(near)


def usual(values: list[int]) -> int:
    """The most frequent, the latest of several."""
    most = max(values.count(value) for value in values)
    return [value for value in values if values.count(value) == most][-1]


def plain(payee: str | None) -> str:
    """A payee as it is compared: one case, words only."""
    text = unicodedata.normalize("NFKC", payee or "").lower()
    return re.sub(r"[\W_]+", " ", text).strip()[:100]


def repeating(ledger: Ledger) -> list[Repeating]:
    """All series of the ledger, by account, payee, sign, (for split parts) category, and size."""
    return _repeating(_Key(ledger))


class _Key:
    """A ledger as a key of the cache: the same object."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def __hash__(self) -> int:
        return id(self.ledger)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.ledger is self.ledger


@cache
def _repeating(key: _Key) -> list[Repeating]:
    ledger = key.ledger
    groups: dict[object, list[Line]] = {}
    for line in ledger.lines:
        booking = line.booking
        if line.amount and plain(booking.payee) and booking.type == "normal" and not booking.pending:
            part = (line.category,) if line.position else ()
            groups.setdefault((line.account, plain(booking.payee), line.amount > 0, part), []).append(line)
    rank = {category: place for place, category in enumerate(ledger.categories)}
    return [found for lines in groups.values() for size in _sizes(lines) for found in _run(size, rank)]


def _sizes(lines: list[Line]) -> list[list[Line]]:
    """Where the next larger amount is more than a fifth larger, another thing is paid for."""
    groups: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: abs(line.amount)):
        if not groups or Fraction(abs(line.amount), abs(groups[-1][-1].amount)) > Fraction(12, 10):
            groups.append([])
        groups[-1].append(line)
    return groups


def _run(lines: list[Line], rank: dict[str, int]) -> Iterator[Repeating]:
    """The longest run up to the last payment that is steady, if there is one of three."""
    ordered = sorted(lines, key=lambda line: (line.day, line.amount, rank.get(line.category or "", -1)))
    days = sorted({line.day for line in lines})
    for start in range(len(days) - 2):
        run = tuple(line for line in ordered if line.day >= days[start])
        interval = _steady(days[start:])
        found = Repeating(interval or "", run)
        sizes = [abs(amount) for _, amount in found.paid]
        middle = median(map(Fraction, sizes))
        if interval and all(abs(size - middle) <= middle / 5 for size in sizes):
            yield found
            return


def _steady(days: list[date]) -> str | None:
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    fitting = [
        name
        for name, length in LENGTHS.items()
        if all(abs(gap - length) <= max(Fraction(4), length * Fraction(15, 100)) for gap in gaps)
    ]
    mean = Fraction(sum(gaps), len(gaps))
    return min(fitting, key=lambda name: abs(LENGTHS[name] - mean), default=None)


Due = tuple[str, date, int]
"""Currency, day and (positive) amount of a payment."""


def still_to_come(books: Books, covered: set[str], accounts: tuple[str, ...], span: Span) -> list[Due]:
    """The expected payments of a budget in the span, which holds today."""
    return [
        (books.ledger.currency_of(found.account), day, amount)
        for found in repeating(books.ledger)
        if not accounts or found.account in accounts
        if (amount := _part(books, covered, found.last, found.amount)) > 0
        for day in found.expected(books.ledger.today, span[1])
        if day >= span[0]
    ]


def already_paid(books: Books, covered: set[str], accounts: tuple[str, ...], span: Span) -> list[Due]:
    """The payments of series in the span."""
    return [
        (books.ledger.currency_of(found.account), line.day, amount)
        for found in repeating(books.ledger)
        if not accounts or found.account in accounts
        for line in found.lines
        if span[0] <= line.day <= span[1] and (amount := _part(books, covered, line, line.amount)) > 0
    ]


def _part(books: Books, covered: set[str], line: Line, amount: int) -> int:
    """What a payment like this line adds to the spending of a budget."""
    if line.category not in covered:
        return 0
    if books.kind(line) == "expense":
        return -amount
    if books.kind(line) == "saving" or line.key in books.saved_legs:
        return amount if put_aside(books.ledger, line) == line.amount else -amount
    return 0
