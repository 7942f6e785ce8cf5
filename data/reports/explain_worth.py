"""What moved net worth in a period, term by term (`semantics.md`, Stocks: Identity)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from typing import Final, get_args

from data.frames.days import day_frame
from data.frames.explained import day_group_frame
from data.models.rollup import Flow
from data.reports.flows import FlowLine, Flows
from data.reports.opening import Opened
from data.reports.stocks import Balances, first_day
from data.schemas.net_worth import Unnamed

_DAY: Final = timedelta(days=1)
_DIGITS: Final = 60
"""Of sums of balances x rates: far more than an int64 has, so that only the last step rounds."""
TERMS: Final = get_args(Unnamed)


@dataclass(frozen=True, slots=True)
class _Stay:
    """The days on which an account is in net worth; `first` None: never."""

    account_id: int
    first: date | None
    last: date | None

    def holds(self, day: date) -> bool:
        return self.first is not None and self.first <= day and (self.last is None or day <= self.last)

    def entry_in(self, books: Opened) -> date | None:
        """The day in the period on which it enters."""
        first = self.first
        return first if first is not None and self.holds(first) and first in books.period else None

    def end_in(self, books: Opened) -> date | None:
        """Its last day, if the day after it lies in the period."""
        last = self.last
        return last if last is not None and self.holds(last) and last + _DAY in books.period else None


@dataclass(slots=True)
class _Account:
    """One account's part of the terms, exact, in minor units of the report's currency."""

    flows: int = 0
    outside: int = 0
    opened: Decimal = Decimal(0)
    closed: Decimal = Decimal(0)
    revaluation: Decimal = Decimal(0)
    lost: bool = False


@dataclass(slots=True)
class WorthTerms:
    """What the terms are computed from, read but not converted yet."""

    books: Opened
    flows: Flows
    balances: Balances
    stays: list[_Stay]
    groups: list[tuple[int, date, int]]
    moves: dict[int, dict[date, int]]
    parts: dict[int, _Account] = field(default_factory=dict)

    @classmethod
    def read(cls, books: Opened, flows: Flows) -> WorthTerms:
        """Three statements, whatever the books; two with all accounts always in net worth."""
        stays = _stays(books)
        start, last = books.period.start - _DAY, books.period.last
        days = {start, last}
        for stay in stays:
            entry, end = stay.entry_in(books), stay.end_in(books)
            days |= {entry - _DAY} if entry else set()
            days |= {end} if end else set()
        partly = [stay.account_id for stay in stays if not (stay.holds(start + _DAY) and stay.holds(last))]
        frame = day_group_frame(books.session, partly, books.period)
        moves = day_frame(books.session, books.foreign, books.period.start) if books.foreign else None
        by_account: dict[int, dict[date, int]] = {}
        if moves is not None:
            for account_id, day, amount in zip(*(moves[name].tolist() for name in moves), strict=True):
                by_account.setdefault(account_id, {})[day] = amount
            books.convert.need(books.accounts["currency"].tolist(), _days(start, min(last, books.context.today)))
        groups = list(zip(*(frame[name].tolist() for name in frame), strict=True))
        return cls(books, flows, Balances.read(books, sorted(days)), stays, groups, by_account)

    def terms(self) -> dict[str, int]:
        """Every term by name; `rounding` is the rest of accounts whose rates are all known, `missing_rates` of the
        others."""
        self.parts = {stay.account_id: _Account() for stay in self.stays}
        found = dict.fromkeys(TERMS, 0)
        for line in self.flows.lines:
            if line.current and line.flow != Flow.PENDING:
                self._flow(line, found)
        self._outside()
        with localcontext(prec=_DIGITS):
            for stay in self.stays:
                self._stock(stay)
                self._put(stay, found)
        return found

    def _flow(self, line: FlowLine, found: dict[str, int]) -> None:
        part = self.parts[line.account_id]
        part.lost |= line.lost
        if line.lost:
            return
        part.flows += line.amount
        name = _term(line)
        if name is not None:
            found[name] += line.amount

    def _outside(self) -> None:
        """What was booked on days on which its account is not in net worth."""
        stays = {stay.account_id: stay for stay in self.stays}
        for account_id, day, amount in self.groups:
            if not stays[account_id].holds(day):
                currency = self.books.convert.currency_of(account_id)
                self.parts[account_id].outside += self.books.convert.amount(amount, currency, day) or 0

    def _stock(self, stay: _Stay) -> None:
        part, entry, end = self.parts[stay.account_id], stay.entry_in(self.books), stay.end_in(self.books)
        if entry:
            part.opened = self._worth(stay.account_id, self.balances.on(stay.account_id, entry - _DAY), entry)
        if end:
            part.closed = self._worth(stay.account_id, self.balances.on(stay.account_id, end), end)
        if stay.account_id in self.books.foreign:
            part.revaluation = self._revaluation(stay)

    def _revaluation(self, stay: _Stay) -> Decimal:
        """The sum over the days of the balance before the day x how much the rate changed on it."""
        worth = Decimal(0)
        start = self.books.period.start
        balance = self.balances.on(stay.account_id, start - _DAY)
        moves = self.moves.get(stay.account_id, {})
        # After today the rate is today's: nothing is valued anew.
        for day in _days(start, min(self.books.period.last, self.books.context.today)):
            if balance and stay.holds(day) and stay.holds(day - _DAY):
                worth += self._worth(stay.account_id, balance, day) - self._worth(stay.account_id, balance, day - _DAY)
            balance += moves.get(day, 0)
        return worth

    def _worth(self, account_id: int, balance: int, day: date) -> Decimal:
        """The exact worth of a balance; 0 and remembered where there is no rate."""
        if not balance:
            return Decimal(0)
        rate = self.books.convert.rate(self.books.convert.currency_of(account_id), day)
        if rate is None:
            self.parts[account_id].lost = True
            return Decimal(0)
        return decimal_of(rate) * balance

    def _put(self, stay: _Stay, found: dict[str, int]) -> None:
        part = self.parts[stay.account_id]
        edges = (self.books.period.start - _DAY, self.books.period.last)
        before, after = (self._held(stay, day) for day in edges)
        opened, closed, revaluation = (_rounded(each) for each in (part.opened, part.closed, part.revaluation))
        found["opened"] += opened
        found["closed"] += closed
        found["flows_outside"] += part.outside
        found["revaluation"] += revaluation
        rest = after - before - (part.flows - part.outside) - opened + closed - revaluation
        found["missing_rates" if part.lost else "rounding"] += rest

    def _held(self, stay: _Stay, day: date) -> int:
        if not stay.holds(day):
            return 0
        value = self.balances.converted(stay.account_id, day)
        self.parts[stay.account_id].lost |= value is None
        return value or 0


def decimal_of(rate: Fraction) -> Decimal:
    """A rate with as many digits as the present decimal context has."""
    return Decimal(rate.numerator) / Decimal(rate.denominator)


def _rounded(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_EVEN))


def _term(line: FlowLine) -> str | None:
    """The term a line is in; None for income and expenses, which are figures themselves."""
    if line.flow == Flow.ADJUSTMENT:
        return "adjustments"
    if line.flow in (Flow.MATCHED, Flow.SAVED) or line.kind == "transfer":
        return "transfers_net"
    return "saving_net" if line.kind == "saving" else None


def _stays(books: Opened) -> list[_Stay]:
    names = ("id", "in_net_worth", "opened_on", "opening_on", "first_booked_on", "closed_on")
    return [
        _Stay(account_id, first_day(opened_on, opening_on, booked_on) if counts else None, closed_on)
        for account_id, counts, opened_on, opening_on, booked_on, closed_on in zip(
            *(books.accounts[name].tolist() for name in names), strict=True
        )
    ]


def _days(first: date, last: date) -> Iterator[date]:
    return (first + _DAY * step for step in range((last - first).days + 1))
