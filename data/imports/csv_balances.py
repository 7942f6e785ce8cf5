"""Opening and closing balances that a running balance proves, found while the entries pass by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from data.imports.statement import Balance, Entry


class _Chain:
    """A value that must be the same at every balance; `None` until the first, `broken` once it differs."""

    __slots__ = ("broken", "value")

    def __init__(self) -> None:
        self.value: int | None = None
        self.broken = False

    def meet(self, value: int) -> None:
        if self.value is None:
            self.value = value
        elif self.value != value:
            self.broken = True


class Proof:
    """Whether the running balance follows from the amounts in an order that is also that of the days.

    Files run forwards or backwards in time, and some list the days backwards and the lines of a day forwards, or the
    other way round. A balance may stand on the last line of a day only. At least one step must be proven. Nothing is
    kept but sums: each order has a value (the opening or the closing balance) that every line must give again.
    """

    def __init__(self) -> None:
        self.balances = 0
        self._first: date | None = None
        self._day: date | None = None
        self._rising = self._falling = True
        self._sum = self._before = 0  # of all entries so far, and of those before the day at hand
        self._up, self._down = _Chain(), _Chain()  # the lines as they are; the file backwards
        self._up_days, self._down_days = _Chain(), _Chain()  # the same, with the lines of each day the other way round
        self._in_day_up, self._in_day_down = _Chain(), _Chain()

    def add(self, entry: Entry) -> None:
        """The next entry of the file."""
        if entry.pending:
            return
        if entry.booked_on != self._day:
            self._next_day(entry.booked_on)
        before = self._sum
        self._sum = after = before + entry.amount
        balance = entry.balance
        if balance is None:
            return
        self.balances += 1
        self._up.meet(balance - after)
        self._down.meet(balance + before)
        self._in_day_up.meet(balance + before - self._before)
        self._in_day_down.meet(balance - after + self._before)

    def result(self) -> tuple[Balance, Balance] | None:
        """(opening, closing) when the balances are proven."""
        self._close_day()
        if self.balances < 2 or self._first is None or self._day is None:
            return None
        for chain in (self._up, self._up_days) if self._rising else ():
            if chain.value is not None and not chain.broken:
                return Balance(self._first, chain.value), Balance(self._day, chain.value + self._sum)
        for chain in (self._down, self._down_days) if self._falling else ():
            if chain.value is not None and not chain.broken:
                return Balance(self._day, chain.value - self._sum), Balance(self._first, chain.value)
        return None

    def _next_day(self, day: date) -> None:
        self._close_day()
        if self._day is None:
            self._first = day
        elif day > self._day:
            self._falling = False
        else:
            self._rising = False
        self._day, self._before = day, self._sum

    def _close_day(self) -> None:
        for chain, in_day, sign in (
            (self._up_days, self._in_day_up, -1),
            (self._down_days, self._in_day_down, 1),
        ):
            if in_day.value is not None:
                chain.meet(in_day.value + sign * self._sum)
                chain.broken = chain.broken or in_day.broken
        self._in_day_up, self._in_day_down = _Chain(), _Chain()


def prove(entries: Iterable[Entry]) -> tuple[Balance, Balance] | None:
    """The proof of entries that are all there."""
    proof = Proof()
    for entry in entries:
        proof.add(entry)
    return proof.result()
