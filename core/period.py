"""Days, months that begin on a day of the tenant's choice, and the periods a report may be asked for.

Inside the program a period is half-open (`start <= day < end`); at the edges (query string, pickers, files)
`to` is inclusive. The clock is always passed in: "today" is a date in the tenant's time zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from core.errors import Invalid

PRESETS: Final = (
    "this_month",
    "last_month",
    "last_30_days",
    "last_3_months",
    "last_12_months",
    "this_year",
    "last_year",
    "all",
    "latest_12_months",
)
DEFAULT_PRESET: Final = "latest_12_months"
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2999, 12, 31)
_DAY = timedelta(days=1)


def today_in(timezone: str, now: datetime | None = None) -> date:
    """The calendar day in `timezone` (IANA name) at `now` (an aware instant, default the present)."""
    return (now or datetime.now(UTC)).astimezone(ZoneInfo(timezone)).date()


@dataclass(frozen=True, slots=True)
class Period:
    """The days `start <= day < end`."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError("a period has at least one day")

    @classmethod
    def closed(cls, first: date, last: date) -> Period:
        """The period from `first` to `last`, both included."""
        return cls(first, last + _DAY)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.end - _DAY

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end


@dataclass(frozen=True, slots=True)
class Months:
    """Months that run from day `start_day` (1..28) to the day before it in the next calendar month.

    A month is named after the calendar month it begins in and is written as that month's index
    (`year * 12 + month - 1`), so that adding months is adding integers.
    """

    start_day: int = 1

    def index(self, day: date) -> int:
        """The index of the month that holds `day`."""
        return day.year * 12 + day.month - 1 - (day.day < self.start_day)

    def first(self, index: int) -> date:
        """The first day of month `index`."""
        return date(index // 12, index % 12 + 1, self.start_day)

    def last(self, index: int) -> date:
        """The last day of month `index`."""
        return self.first(index + 1) - _DAY

    def span(self, first_index: int, count: int) -> Period:
        """`count` whole months from month `first_index` on."""
        return Period(self.first(first_index), self.first(first_index + count))

    def name(self, index: int) -> str:
        """`YYYY-MM` of month `index`."""
        return f"{index // 12:04d}-{index % 12 + 1:02d}"

    def each(self, period: Period) -> Iterator[int]:
        """The indexes of all months that share a day with `period`, in order."""
        yield from range(self.index(period.start), self.index(period.last) + 1)

    def whole(self, period: Period) -> int:
        """How many whole months `period` is, 0 when it is not cut at month edges."""
        first, last = self.index(period.start), self.index(period.last)
        exact = self.first(first) == period.start and self.first(last + 1) == period.end
        return last - first + 1 if exact else 0

    def previous(self, period: Period) -> Period:
        """The period to compare with (`semantics.md`, Periods: previous)."""
        count = self.whole(period)
        first = self.index(period.start)
        if count:
            return self.span(first - count, count)
        if period.start == self.first(first) and self.index(period.last) == first:
            start = self.first(first - 1)
            return Period(start, min(start + timedelta(days=period.days), period.start))
        return Period(period.start - timedelta(days=period.days), period.start)


@dataclass(frozen=True, slots=True)
class Horizon:
    """What the presets need to know of a tenant: its day, its months and the span of its ledger.

    `first` is the first opening or booking day and `newest` the newest booked transaction's day,
    both `None` for an empty ledger.
    """

    today: date
    months: Months
    first: date | None = None
    newest: date | None = None


@dataclass(frozen=True, slots=True)
class PeriodQuery:
    """The period as it was asked for: a preset's name or two inclusive days."""

    preset: str | None = DEFAULT_PRESET
    first: date | None = None
    last: date | None = None

    @classmethod
    def parse(cls, preset: str | None, first: str | None, last: str | None) -> PeriodQuery:
        """Read the query parameters `period`, `from` and `to`; `Invalid` names the wrong one."""
        if first is None and last is None:
            if preset is not None and preset not in PRESETS:
                raise Invalid.field("period", f"must be one of {', '.join(PRESETS)}")
            return cls(preset or DEFAULT_PRESET)
        if preset is not None:
            raise Invalid.field("period", "cannot be given together with from and to")
        if first is None or last is None:
            raise Invalid.field("to" if last is None else "from", "from and to must be given together")
        start, stop = parse_day(first, "from"), parse_day(last, "to")
        if stop < start:
            raise Invalid.field("to", "must not be before from")
        return cls(None, start, stop)

    def resolve(self, horizon: Horizon) -> Period:
        """The days it means for a tenant (`semantics.md`, Periods)."""
        if self.preset is None:
            if self.first is None or self.last is None:
                raise ValueError("a period without preset needs both days")
            return Period.closed(self.first, self.last)
        return _PRESET_RULES[self.preset](horizon)


def parse_day(text: str, field: str) -> date:
    """An ISO 8601 calendar date `YYYY-MM-DD` between 1900 and 2999; `Invalid` names `field`."""
    try:
        day = date.fromisoformat(text)
        if day.isoformat() != text or not FIRST_DAY <= day <= LAST_DAY:
            raise ValueError
    except ValueError:
        raise Invalid.field(field, "must be a date such as 2026-01-31, from 1900 to 2999") from None
    return day


def _months_to(horizon: Horizon, count: int, day: date) -> Period:
    return horizon.months.span(horizon.months.index(day) - count + 1, count)


def _year(horizon: Horizon, offset: int) -> Period:
    year = horizon.months.index(horizon.today) // 12 + offset
    return horizon.months.span(year * 12, 12)


def _all(horizon: Horizon) -> Period:
    first = horizon.first or horizon.today
    return Period.closed(first, max(first, horizon.today, horizon.newest or horizon.today))


_PRESET_RULES: Final[dict[str, Callable[[Horizon], Period]]] = {
    "this_month": lambda h: _months_to(h, 1, h.today),
    "last_month": lambda h: h.months.span(h.months.index(h.today) - 1, 1),
    "last_30_days": lambda h: Period.closed(h.today - timedelta(days=29), h.today),
    "last_3_months": lambda h: _months_to(h, 3, h.today),
    "last_12_months": lambda h: _months_to(h, 12, h.today),
    "this_year": lambda h: _year(h, 0),
    "last_year": lambda h: _year(h, -1),
    "latest_12_months": lambda h: _months_to(h, 12, h.newest or h.today),
    "all": _all,
}
