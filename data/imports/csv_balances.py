"""Opening and closing balances: those that the file states, or those that its running balance proves."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise

from data.imports.statement import Balance, Entry


def prove(entries: list[Entry]) -> tuple[Balance, Balance] | None:
    """(opening, closing) when the running balance follows from the amounts in an order that is also that of the days.

    Files run forwards or backwards in time, and some list the days backwards and the lines of a day forwards. A
    balance may stand on the last line of a day only. At least one step must be proven.
    """
    booked = [entry for entry in entries if not entry.pending]
    if sum(entry.balance is not None for entry in booked) < 2:
        return None
    for order in _orders(booked):
        if balances := _chain(order):
            return Balance(order[0].booked_on, balances[0]), Balance(order[-1].booked_on, balances[1])
    return None


def _orders(entries: list[Entry]) -> Iterator[list[Entry]]:
    """The orders with rising days: as it is or backwards, and each with the lines of a day the other way round."""
    for order in (entries, entries[::-1]):
        if all(before.booked_on <= after.booked_on for before, after in pairwise(order)):
            yield order
            days = [list(lines) for _, lines in groupby(order, lambda entry: entry.booked_on)]
            yield [entry for lines in days for entry in reversed(lines)]


def _chain(entries: list[Entry]) -> tuple[int, int] | None:
    """The balance before the first and after the last entry, when every balance on the way is right."""
    first: int | None = None
    running = 0
    for entry in entries:
        running += entry.amount
        if entry.balance is None:
            continue
        if first is None:
            first = entry.balance - running
        elif first + running != entry.balance:
            return None
    return None if first is None else (first, first + running)
