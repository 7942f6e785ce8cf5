"""The periods of a budget: weeks, months, quarters and years from a chosen day, or one fixed span.

See `semantics.md`, Budgets. Periods are counted from an anchor, never from each other, so a year from
29 February or a quarter from the 31st comes back to its own day whenever the month has it.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from core.period import Period

RuleType = Literal["weekly", "monthly", "quarterly", "yearly", "fixed"]

_MONTHS_IN: Final[dict[str, int]] = {"monthly": 1, "quarterly": 3, "yearly": 12}
_MONDAY: Final = 1
_SHORTEST: Final = 28
_LONGEST: Final = 31


@dataclass(frozen=True, slots=True)
class PeriodRule:
    """When a budget's periods begin, and from which to which day the budget exists.

    `weekday` (1 Monday to 7, default 1) counts for weekly rules and `day` (1 to 28 or "last", default 1)
    for monthly ones; `last` runs from a month's last day to the day before the next month's last day.
    The first weekly or monthly period is the one that holds `starts_on`; quarters, years and a fixed span
    begin on `starts_on` itself, later ones on its day of the month or the month's last day if that is
    earlier. The last period is the one that holds `ends_on`, and it keeps its full length; a fixed span
    ends on `ends_on`. A rule that makes no sense is a `ValueError`.
    """

    type: RuleType
    weekday: int | None
    day: int | Literal["last"] | None
    starts_on: date
    ends_on: date | None = None

    def __post_init__(self) -> None:
        if self.type not in ("weekly", "fixed") and self.type not in _MONTHS_IN:
            raise ValueError(f"there is no period rule {self.type}")
        if self.weekday is not None and not 1 <= self.weekday <= 7:
            raise ValueError("a weekday is 1 (Monday) to 7")
        if self.day not in (None, "last") and not 1 <= int(self.day) <= 28:
            raise ValueError('a day is 1 to 28 or "last"')
        self._check_end()

    def _check_end(self) -> None:
        if self.type == "fixed" and self.ends_on is None:
            raise ValueError("a fixed period needs its last day")
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError("a budget cannot end before it starts")

    def period_holding(self, day: date) -> Period | None:
        """The period with `day` in it; `None` before the first one, after the last one and outside a fixed span."""
        number = self._number(day)
        if number < self._number(self.starts_on):
            return None
        period = Period(self._edge(number), self._edge(number + 1))
        return period if day in period and self._exists(period.start) else None

    def periods(self, until: date, since: date | None = None) -> Iterator[Period]:
        """All periods from the first one on, or from the one that holds `since`, that start on or before `until`."""
        number = self._number(self.starts_on)
        if since is not None:
            number = max(number, self._number(since))
        start = self._edge(number)
        while start <= until and self._exists(start):
            end = self._edge(number + 1)
            yield Period(start, end)
            number, start = number + 1, end

    def before(self, day: date, count: int) -> list[Period]:
        """The `count` periods before the one that holds `day`, oldest first, as if the budget had existed then; a fixed
        span has none."""
        if self.type == "fixed":
            return []
        number = self._number(day)
        return [Period(self._edge(place), self._edge(place + 1)) for place in range(number - count, number)]

    def _exists(self, start: date) -> bool:
        return self.ends_on is None or start <= self.ends_on

    def _number(self, day: date) -> int:
        """The number of the period that holds `day`, on an endless time line (0 for any day if fixed)."""
        if self.type == "fixed":
            return 0 if day >= self.starts_on else -1
        if self.type == "weekly":
            return (day.toordinal() - (self.weekday or _MONDAY)) // 7
        origin, step, _ = self._months()
        number = (day.year * 12 + day.month - 1 - origin) // step
        return number - (self._edge(number) > day)

    def _edge(self, number: int) -> date:
        """The first day of period `number`."""
        if self.type == "fixed":
            return self.starts_on if number == 0 else (self.ends_on or self.starts_on) + timedelta(days=1)
        if self.type == "weekly":
            # Ordinal 1, the first of January of year 1, is a Monday in the proleptic Gregorian calendar.
            return date.fromordinal(number * 7 + (self.weekday or _MONDAY))
        origin, step, day = self._months()
        year, month = divmod(origin + number * step, 12)
        return date(year, month + 1, day if day <= _SHORTEST else min(day, monthrange(year, month + 1)[1]))

    def _months(self) -> tuple[int, int, int]:
        """Month index (`year * 12 + month - 1`) of period 0, months in a period, and the wanted day of the month."""
        step = _MONTHS_IN[self.type]
        if self.type == "monthly":
            return 0, step, _LONGEST if self.day == "last" else self.day or 1
        return self.starts_on.year * 12 + self.starts_on.month - 1, step, self.starts_on.day
