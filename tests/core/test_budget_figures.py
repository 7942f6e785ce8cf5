"""Days gone, projected, left per day, used and the ratios of JSON."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.budget_status import (
    committed_in,
    days_gone,
    elapsed,
    left_per_day,
    level_ratio,
    projected,
    ratio4,
    used,
)
from core.money import INT64_MAX
from core.period import Period

JUNE = Period.closed(date(2026, 6, 1), date(2026, 6, 30))
FEBRUARY = Period.closed(date(2024, 2, 1), date(2024, 2, 29))
AFTER = date(2026, 7, 1)
BEFORE = date(2026, 5, 31)
calm = settings(deadline=None, max_examples=200)


def june(day: int) -> date:
    return date(2026, 6, day)


@pytest.mark.parametrize(
    ("today", "gone"), [(BEFORE, 0), (june(1), 1), (june(2), 2), (june(30), 30), (AFTER, 30), (date(2030, 1, 1), 30)]
)
def test_days_gone_include_today(today: date, gone: int) -> None:
    assert days_gone(JUNE, today) == gone
    assert elapsed(JUNE, today) == Fraction(gone, 30)


def test_a_leap_february_has_29_days() -> None:
    assert elapsed(FEBRUARY, date(2024, 2, 28)) == Fraction(28, 29)
    assert elapsed(FEBRUARY, date(2024, 2, 29)) == 1
    assert left_per_day(FEBRUARY, date(2024, 2, 28), 101, 0) == 50


@pytest.mark.parametrize(
    ("today", "expected", "committed"),
    [(BEFORE, 9, 0), (june(1), 9, 9), (june(30), 9, 9), (AFTER, 9, 0), (june(1), None, None), (AFTER, None, 0)],
)
def test_nothing_is_committed_outside_the_current_period(
    today: date, expected: int | None, committed: int | None
) -> None:
    assert committed_in(JUNE, today, expected) == committed


@pytest.mark.parametrize(
    ("day", "spent", "committed", "paid", "expected"),
    [
        (10, 100, 0, 0, 300),
        (10, 100, 50, 40, 270),
        (30, 100, 50, 0, 150),
        (1, 70, 0, 0, 360),
        (6, 70, 0, 0, 310),
        (7, 70, 0, 0, 300),
        (8, 80, 0, 0, 300),
        (10, 100, 0, 100, 100),
        (10, 100, 0, 250, 100),
        (10, 0, 25, 0, 25),
        (10, 0, -25, 0, -25),
    ],
)
def test_projected(day: int, spent: int, committed: int, paid: int, expected: int) -> None:
    assert projected(JUNE, june(day), spent, committed, paid) == expected


@pytest.mark.parametrize(("spent", "expected"), [(1, 2), (3, 4), (5, 8), (7, 10)])
def test_projected_rounds_half_to_even(spent: int, expected: int) -> None:
    """On day 20 of 30 the rest adds half of what was spent: 1.5, 4.5, 7.5 and 10.5."""
    assert projected(JUNE, june(20), spent, 0, 0) == expected


def test_projected_rounds_the_whole_and_not_its_parts() -> None:
    assert projected(JUNE, june(20), 1, 1, 0) == 2  # 2.5
    assert projected(JUNE, june(20), 1, 2, 0) == 4  # 3.5


def test_projected_outside_the_current_period() -> None:
    assert projected(JUNE, AFTER, 77, 0, 0) == 77
    assert projected(JUNE, BEFORE, 0, 0, 0) is None


@pytest.mark.parametrize("today", [BEFORE, june(1), june(15), june(30), AFTER])
def test_without_recurring_payments_nothing_is_made_up(today: date) -> None:
    assert projected(JUNE, today, 100, None, 0) is None
    assert left_per_day(JUNE, today, 100, None) is None


@pytest.mark.parametrize(
    ("day", "remaining", "committed", "expected"),
    [
        (1, 300, 0, 10),
        (1, 299, 0, 9),
        (1, 301, 0, 10),
        (30, 299, 0, 299),
        (29, 299, 0, 149),
        (15, 100, 99, 0),
        (15, 100, 100, 0),
        (15, 100, 101, 0),
        (15, -1, 0, 0),
        (15, 160, 0, 10),
    ],
)
def test_left_per_day(day: int, remaining: int, committed: int, expected: int) -> None:
    assert left_per_day(JUNE, june(day), remaining, committed) == expected


def test_left_per_day_exists_in_the_current_period_only() -> None:
    assert left_per_day(JUNE, BEFORE, 100, 0) is None
    assert left_per_day(JUNE, AFTER, 100, 0) is None


@calm
@given(st.integers(-40, 40), st.integers(0, 10**15), st.integers(0, 10**9))
def test_spending_what_is_left_per_day_never_overspends(offset: int, remaining: int, committed: int) -> None:
    today = june(1) + timedelta(days=offset)
    daily = left_per_day(JUNE, today, remaining, committed)
    if daily is None:
        assert today not in JUNE
    else:
        days = (JUNE.end - today).days
        assert daily * days <= max(0, remaining - committed) < (daily + 1) * days


@pytest.mark.parametrize(("limit", "expected"), [(-1, None), (0, None), (1, Fraction(5))])
def test_used_needs_a_limit(limit: int, expected: Fraction | None) -> None:
    assert used(5, limit) == expected


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [
        (None, None),
        (Fraction(1, 3), 0.3333),
        (Fraction(2, 3), 0.6667),
        (Fraction(5, 100000), 0.0),
        (Fraction(15, 100000), 0.0002),
        (Fraction(25, 100000), 0.0002),
        (Fraction(35, 100000), 0.0004),
        (Fraction(-15, 100000), -0.0002),
        (Fraction(1), 1.0),
        (Fraction(INT64_MAX, 1), float(INT64_MAX)),
    ],
)
def test_ratio4(ratio: Fraction | None, expected: float | None) -> None:
    assert ratio4(ratio) == expected


@pytest.mark.parametrize(("value", "expected"), [(0.9, Fraction(9, 10)), (1, Fraction(1)), (1e-7, Fraction(1, 10**7))])
def test_a_threshold_is_the_decimal_a_person_wrote(value: float, expected: Fraction) -> None:
    assert level_ratio(value) == expected


@pytest.mark.parametrize("value", [0, -0.1, float("nan"), float("inf")])
def test_a_threshold_is_above_nothing(value: float) -> None:
    with pytest.raises(ValueError):
        level_ratio(value)
