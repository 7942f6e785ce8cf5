"""What an embed is locked to: the part of a tenant's books that its token opens, and nothing outside of it.

A lock and a query are intersected (`core.query.Query.under`); a locked-out id does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from core.errors import Invalid
from core.period import FIRST_DAY, LAST_DAY, Period


@dataclass(frozen=True, slots=True)
class Lock:
    """Each part that is set must hold; a lock without any opens the whole books.

    `category_ids` include their children, and may hold 0 for "no category". `first` and `last` are inclusive days.
    """

    account_ids: tuple[int, ...] = ()
    category_ids: tuple[int, ...] = ()
    first: date | None = None
    last: date | None = None
    currency: str | None = None

    @property
    def canonical(self) -> str:
        """One text for all equal locks, empty for one that locks nothing: part of the cache key."""
        parts = (self.account_ids, self.category_ids, self.first, self.last, self.currency)
        return repr(parts) if any(parts) else ""

    def covers(self, period: Period) -> bool:
        """Whether all days of `period` lie inside."""
        return (self.first is None or self.first <= period.start) and (self.last is None or period.last <= self.last)

    def clamp(self, period: Period, *, asked: bool) -> Period:
        """The days of `period` that lie inside.

        Where none does: an own range (`asked`) is `Invalid`, a preset gives way to the locked days themselves.
        """
        first, last = self.first or FIRST_DAY, self.last or LAST_DAY
        start, end = max(period.start, first), min(period.last, last)
        if start <= end:
            return Period.closed(start, end)
        if asked:
            raise Invalid.field("from", "lies outside of the days that can be seen here")
        return self._nearest(period.days)

    def _nearest(self, days: int) -> Period:
        """The locked days; of an open end, as many as were asked for."""
        span = timedelta(days=days - 1)
        if self.first is not None:
            return Period.closed(self.first, min(self.first + span, LAST_DAY) if self.last is None else self.last)
        last = self.last or LAST_DAY
        return Period.closed(max(last - span, FIRST_DAY), last)
