"""A period cut into whole months, which the monthly sums have, and the days at its edges, which the daily ones have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.period import Months, Period


@dataclass(frozen=True, slots=True)
class Pieces:
    """Months `first` <= index < `end` (none when equal), and spans of days (first, end) outside of them."""

    first: int
    end: int
    days: tuple[tuple[date, date], ...]

    @classmethod
    def of(cls, months: Months, period: Period) -> Pieces:
        """The pieces of a period."""
        first, last = months.index(period.start), months.index(period.last)
        first += months.first(first) != period.start
        end = last + (months.last(last) == period.last)
        if first >= end:
            return cls(first, first, ((period.start, period.end),))
        edges = ((period.start, months.first(first)), (months.first(end), period.end))
        return cls(first, end, tuple(edge for edge in edges if edge[0] < edge[1]))
