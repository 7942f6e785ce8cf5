"""Where balances are heading: what recurs on its days, and for the rest what history did, drawn again many times.

A moving-block bootstrap: whole weeks of the past are drawn at random and strung together, so that weekdays keep their
character and skewed spending stays skewed. Everything is in whole minor units, and the same seed gives the same paths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from statistics import median
from typing import Final

HORIZON: Final = 90
"""Days ahead."""
LEAST_HISTORY: Final = 90
"""Days of history below which nothing is forecast."""
_WEEK: Final = 7
_PATHS: Final = 201
_LOW, _MIDDLE, _HIGH = (_PATHS - 1) // 10, (_PATHS - 1) // 2, (_PATHS - 1) * 9 // 10


@dataclass(frozen=True, slots=True)
class Point:
    """A day's balance at its end: the middle of all paths, and between which 8 of 10 lie. `recurring` is due on it."""

    expected: int
    low: int
    high: int
    recurring: int


def forecast(balance: int, rest: Sequence[int], due: Mapping[int, int], seed: str) -> list[Point]:
    """The next 90 days from a balance. `rest` is what each past day brought besides what recurs, oldest first, at
    least 90 days up to today; `due` what recurs, by days from today (1 is tomorrow)."""
    points = []
    for day, values in enumerate(_by_day(rest, HORIZON, seed), start=1):
        balance += due.get(day, 0)
        points.append(
            Point(balance + values[_MIDDLE], balance + values[_LOW], balance + values[_HIGH], due.get(day, 0))
        )
    return points


def expected_change(rest: Sequence[int], due: Mapping[int, int], days: int, seed: str) -> int:
    """By how much the forecast expects a balance to change within so many days."""
    recurring = sum(amount for day, amount in due.items() if 1 <= day <= days)
    return recurring + _by_day(rest, days, seed)[-1][_MIDDLE]


def median_error(errors: Sequence[int]) -> int:
    """The median of how far forecasts were off, whichever way, rounded half to even."""
    return round(median(abs(error) for error in errors))


def _by_day(rest: Sequence[int], days: int, seed: str) -> list[list[int]]:
    """For each day ahead what all paths have added up to by then, ascending."""
    if len(rest) < LEAST_HISTORY:
        raise ValueError("a forecast needs three months of history")
    rng = Random(seed)  # noqa: S311 # nosec B311 - paths of a forecast, nothing secret
    # Weeks that begin on the weekday that tomorrow is.
    weeks = [tuple(rest[start : start + _WEEK]) for start in range(len(rest) % _WEEK, len(rest), _WEEK)]
    count = -(-days // _WEEK)
    paths = [accumulate(amount for week in rng.choices(weeks, k=count) for amount in week) for _ in range(_PATHS)]
    return [sorted(values) for values, _ in zip(zip(*paths, strict=True), range(days), strict=False)]
