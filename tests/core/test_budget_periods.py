"""Period rules: that they tile time, hold what they should, and keep to the days a person chose."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from itertools import islice, pairwise
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.budget_periods import PeriodRule
from core.period import Months, Period

DAY = timedelta(days=1)
DAYS = st.dates(date(1900, 1, 1), date(2999, 12, 31))
NEAR = st.integers(-40, 4000)
calm = settings(deadline=None, max_examples=150)


def rule(kind: Any, starts_on: date, ends_on: date | None = None, **choice: Any) -> PeriodRule:
    return PeriodRule(kind, choice.get("weekday"), choice.get("day"), starts_on, ends_on)


@st.composite
def endless(draw: st.DrawFn) -> PeriodRule:
    starts_on = draw(DAYS)
    kind = draw(st.sampled_from(["weekly", "monthly", "quarterly", "yearly"]))
    if kind == "weekly":
        return rule(kind, starts_on, weekday=draw(st.none() | st.integers(1, 7)))
    if kind == "monthly":
        return rule(kind, starts_on, day=draw(st.none() | st.integers(1, 28) | st.just("last")))
    return rule(kind, starts_on)


def starts(each: PeriodRule, count: int) -> list[date]:
    return [period.start for period in islice(each.periods(date(2999, 12, 31)), count)]


@calm
@given(endless(), st.integers(0, 3000))
def test_periods_tile_the_time_line(each: PeriodRule, ahead: int) -> None:
    until = each.starts_on + timedelta(days=ahead)
    periods = list(each.periods(until))
    assert each.starts_on in periods[0]
    assert until in periods[-1]
    assert all(before.end == after.start for before, after in pairwise(periods))


@calm
@given(endless(), NEAR)
def test_the_period_holding_a_day_holds_it_and_is_one_of_the_periods(each: PeriodRule, offset: int) -> None:
    day = each.starts_on + timedelta(days=offset)
    periods = list(each.periods(day))
    holding = each.period_holding(day)
    first = next(each.periods(each.starts_on))
    if day < first.start:
        assert holding is None
    else:
        assert holding is not None
        assert day in holding
        if day >= each.starts_on:
            assert holding == periods[-1]
        else:
            assert holding == first


@calm
@given(endless(), st.integers(0, 1500), st.integers(-40, 1500))
def test_the_last_period_is_the_whole_one_that_holds_the_end(each: PeriodRule, length: int, offset: int) -> None:
    ends_on = each.starts_on + timedelta(days=length)
    ending = PeriodRule(each.type, each.weekday, each.day, each.starts_on, ends_on)
    last = each.period_holding(ends_on)
    assert last is not None
    assert list(ending.periods(ends_on + timedelta(days=800)))[-1] == last == ending.period_holding(last.last)
    assert ending.period_holding(last.end) is None
    day = ends_on + timedelta(days=offset)
    assert ending.period_holding(day) == (each.period_holding(day) if day < last.end else None)


@calm
@given(DAYS, st.integers(0, 800), NEAR)
def test_a_fixed_span_is_one_period(starts_on: date, length: int, offset: int) -> None:
    ends_on = starts_on + timedelta(days=length)
    fixed = rule("fixed", starts_on, ends_on)
    span = Period.closed(starts_on, ends_on)
    assert list(fixed.periods(starts_on)) == list(fixed.periods(ends_on + DAY)) == [span]
    assert list(fixed.periods(starts_on - DAY)) == []
    day = starts_on + timedelta(days=offset)
    assert fixed.period_holding(day) == (span if starts_on <= day <= ends_on else None)


@pytest.mark.parametrize("weekday", [None, 1, 2, 3, 4, 5, 6, 7])
def test_weeks_begin_on_their_weekday(weekday: int | None) -> None:
    for offset in range(7):
        starts_on = date(2024, 2, 26) + timedelta(days=offset)
        first, second = starts(rule("weekly", starts_on, weekday=weekday), 2)
        assert first.isoweekday() == (weekday or 1)
        assert timedelta(0) <= starts_on - first < timedelta(days=7)
        assert second - first == timedelta(days=7)


@pytest.mark.parametrize("day", range(1, 29))
def test_months_from_a_day_are_the_months_of_reports(day: int) -> None:
    months = Months(day)
    monthly = rule("monthly", date(2023, 12, 15), day=day)
    for offset in range(20, 800):
        today = date(2023, 12, 15) + timedelta(days=offset)
        index = months.index(today)
        assert monthly.period_holding(today) == months.span(index, 1)


def test_a_month_without_a_day_begins_on_the_first() -> None:
    assert starts(rule("monthly", date(2026, 5, 17)), 2) == [date(2026, 5, 1), date(2026, 6, 1)]


def test_months_from_the_last_day() -> None:
    last = rule("monthly", date(2024, 1, 30), day="last")
    assert starts(last, 4) == [date(2023, 12, 31), date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)]
    assert last.period_holding(date(2024, 2, 28)) == Period.closed(date(2024, 1, 31), date(2024, 2, 28))
    assert last.period_holding(date(2024, 2, 29)) == Period.closed(date(2024, 2, 29), date(2024, 3, 30))
    assert starts(rule("monthly", date(2025, 2, 28), day="last"), 1) == [date(2025, 2, 28)]


@calm
@given(DAYS)
def test_months_from_the_last_day_begin_on_last_days_only(starts_on: date) -> None:
    for start in starts(rule("monthly", starts_on, day="last"), 15):
        assert start.day == monthrange(start.year, start.month)[1]


@pytest.mark.parametrize(
    ("kind", "anchor", "expected"),
    [
        ("quarterly", "2025-01-31", ["2025-01-31", "2025-04-30", "2025-07-31", "2025-10-31", "2026-01-31"]),
        ("quarterly", "2023-11-30", ["2023-11-30", "2024-02-29", "2024-05-30", "2024-08-30", "2024-11-30"]),
        ("quarterly", "2024-11-29", ["2024-11-29", "2025-02-28", "2025-05-29"]),
        ("quarterly", "2025-12-01", ["2025-12-01", "2026-03-01", "2026-06-01"]),
        (
            "yearly",
            "2024-02-29",
            ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29", "2029-02-28"],
        ),
        ("yearly", "1896-02-29", ["1896-02-29", "1897-02-28", "1898-02-28", "1899-02-28", "1900-02-28"]),
        ("yearly", "2025-04-06", ["2025-04-06", "2026-04-06"]),
    ],
)
def test_quarters_and_years_come_back_to_their_own_day(kind: str, anchor: str, expected: list[str]) -> None:
    found = starts(rule(kind, date.fromisoformat(anchor)), len(expected))
    assert [day.isoformat() for day in found] == expected


@calm
@given(st.sampled_from(["quarterly", "yearly"]), DAYS)
def test_quarters_and_years_begin_on_the_anchor(kind: str, starts_on: date) -> None:
    assume(starts_on.year < 2980)
    found = starts(rule(kind, starts_on), 13)
    assert found[0] == starts_on
    for start in found:
        assert start.day == min(starts_on.day, monthrange(start.year, start.month)[1])
    assert found[12 if kind == "yearly" else 4] <= starts_on.replace(day=1, year=starts_on.year + 12) + timedelta(31)


def test_a_budget_keeps_the_whole_period_that_holds_its_end() -> None:
    ending = rule("monthly", date(2026, 1, 10), date(2026, 2, 15))
    assert list(ending.periods(date(2026, 12, 31))) == [
        Period.closed(date(2026, 1, 1), date(2026, 1, 31)),
        Period.closed(date(2026, 2, 1), date(2026, 2, 28)),
    ]
    assert ending.period_holding(date(2026, 2, 28)) is not None
    assert ending.period_holding(date(2026, 3, 1)) is None
    assert ending.period_holding(date(2026, 1, 1)) is not None
    assert ending.period_holding(date(2025, 12, 31)) is None


def test_no_period_before_the_first() -> None:
    assert list(rule("monthly", date(2026, 1, 10)).periods(date(2025, 12, 31))) == []


@pytest.mark.parametrize(
    ("kind", "weekday", "day", "ends_on"),
    [
        ("daily", None, None, None),
        ("weekly", 0, None, None),
        ("weekly", 8, None, None),
        ("monthly", None, 0, None),
        ("monthly", None, 29, None),
        ("fixed", None, None, None),
        ("monthly", None, 1, date(2025, 12, 31)),
        ("fixed", None, None, date(2025, 12, 31)),
    ],
)
def test_a_senseless_rule_is_refused(kind: Any, weekday: int | None, day: int | None, ends_on: date | None) -> None:
    with pytest.raises(ValueError):
        PeriodRule(kind, weekday, day, date(2026, 1, 1), ends_on)
