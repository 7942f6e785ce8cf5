"""The status at and around every boundary, and all figures together."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.budget_status import (
    DEFAULT_MARKS,
    Marks,
    PeriodResult,
    figures,
    level_ratio,
    status,
)
from core.money import INT64_MAX
from core.period import Period

JUNE = Period.closed(date(2026, 6, 1), date(2026, 6, 30))
AFTER = date(2026, 7, 1)
BEFORE = date(2026, 5, 31)
calm = settings(deadline=None, max_examples=200)
MONEY = st.integers(-(10**12), 10**12)


def june(day: int) -> date:
    return date(2026, 6, day)


def one(amount: int, net: int, rollover: int = 0) -> PeriodResult:
    limit, spent = amount + rollover, max(0, net)
    return PeriodResult(amount, rollover, limit, net, spent, limit - net, limit - spent)


@pytest.mark.parametrize(("off", "expected"), [(-1, "warning"), (0, "warning"), (1, "over")])
@pytest.mark.parametrize("limit", [1000, 10, INT64_MAX - 1])
def test_exactly_at_the_limit_is_not_over(limit: int, off: int, expected: str) -> None:
    assert status(one(limit, limit + off), JUNE, june(30), None) == expected


@pytest.mark.parametrize(("off", "expected"), [(-1, "on_track"), (0, "warning"), (1, "warning")])
def test_status_around_the_warning(off: int, expected: str) -> None:
    assert status(one(1000, 900 + off), JUNE, june(30), None) == expected
    assert status(one(10**18, 9 * 10**17 + off), JUNE, june(30), None) == expected


@pytest.mark.parametrize(("net", "expected"), [(-1, "no_activity"), (0, "no_activity"), (1, "on_track")])
def test_status_around_nothing_spent(net: int, expected: str) -> None:
    assert status(one(1000, net), JUNE, june(15), None) == expected


@pytest.mark.parametrize(("off", "expected"), [(-1, "on_track"), (0, "warning"), (1, "warning")])
def test_status_ahead_of_time(off: int, expected: str) -> None:
    assert status(one(1000, 650 + off), JUNE, june(15), None) == expected
    assert status(one(1000, 150 + off), JUNE, BEFORE, None) == expected


@pytest.mark.parametrize(
    ("amount", "rollover", "net", "expected"),
    [
        (0, 0, 1, "unbudgeted"),
        (0, -5, 1, "unbudgeted"),
        (0, 1, 1, "warning"),
        (0, 1, 2, "over"),
        (0, 0, 0, "no_activity"),
        (0, 0, -1, "no_activity"),
        (0, -5, 0, "over"),
        (1, -1, 1, "over"),
        (1, -1, 0, "no_activity"),
        (-1, 0, 1, "over"),
    ],
)
def test_status_without_a_limit(amount: int, rollover: int, net: int, expected: str) -> None:
    assert status(one(amount, net, rollover), JUNE, june(30), None) == expected


@pytest.mark.parametrize(("off", "expected"), [(-1, "on_track"), (0, "on_track"), (1, "projected_over")])
@pytest.mark.parametrize("day", [6, 15, 30])
def test_status_around_the_projection(day: int, off: int, expected: str) -> None:
    assert status(one(1000, 100), JUNE, june(day), 1050 + off) == expected


def test_the_projection_is_compared_exactly() -> None:
    """1.05 times 10 is 10.5: 10 is below and 11 above; as a float 1.05 would misplace large limits."""
    assert status(one(10, 1), JUNE, june(15), 10) == "on_track"
    assert status(one(10, 1), JUNE, june(15), 11) == "projected_over"
    assert status(one(10**17, 1), JUNE, june(15), 105 * 10**15) == "on_track"
    assert status(one(10**17, 1), JUNE, june(15), 105 * 10**15 + 1) == "projected_over"


@pytest.mark.parametrize(("day", "expected"), [(5, "on_track"), (6, "projected_over")])
def test_no_projection_before_a_fifth_of_the_period(day: int, expected: str) -> None:
    assert status(one(1000, 10), JUNE, june(day), 5000) == expected


def test_a_past_period_is_never_projected_over() -> None:
    assert status(one(1000, 10), JUNE, AFTER, 5000) == "on_track"
    assert status(one(1000, 10), JUNE, june(30), 5000) == "projected_over"


def test_an_unknown_projection_is_never_over() -> None:
    assert status(one(1000, 10), JUNE, june(30), None) == "on_track"


def test_the_order_of_states() -> None:
    assert status(one(1000, 1001), JUNE, june(15), 5000) == "over"
    assert status(one(1000, 950), JUNE, june(15), 5000) == "projected_over"
    assert status(one(1000, 950), JUNE, june(15), 1000) == "warning"
    assert status(one(1000, 0), JUNE, june(15), 5000) == "projected_over"


def test_a_tenants_own_marks() -> None:
    marks = Marks(warning=Fraction(1, 2), ahead=Fraction(1), early=Fraction(1, 30), projected=Fraction(1))
    assert status(one(1000, 499), JUNE, june(1), None, marks) == "on_track"
    assert status(one(1000, 500), JUNE, june(1), None, marks) == "warning"
    assert status(one(1000, 1), JUNE, june(1), 1001, marks) == "projected_over"


@calm
@given(st.integers(-10, 10**13), MONEY, st.integers(-40, 40), st.none() | st.integers(0, 10**12))
def test_figures_agree_with_each_other(limit: int, net: int, offset: int, expected: int | None) -> None:
    today = june(1) + timedelta(days=offset)
    now = figures(one(limit, net), JUNE, today, expected, 0)
    assert now.current == (today in JUNE)
    assert (now.left_per_day is not None) == (now.current and expected is not None)
    assert (now.projected is None) == (today < JUNE.start or (now.current and expected is None))
    assert now.status != "projected_over" or (now.current and now.projected is not None)
    assert (now.status in ("over", "unbudgeted")) == (now.result.spent > now.result.limit)
    if today >= JUNE.end:
        assert now.projected == now.result.spent
    if now.projected is not None:
        assert now.projected >= now.result.spent
    assert now.status != "no_activity" or now.result.spent == 0


def test_figures_of_a_month_under_way() -> None:
    now = figures(one(90000, 30000), JUNE, june(10), 12000, 20000)
    assert (now.elapsed, now.used) == (Fraction(1, 3), Fraction(1, 3))
    assert (now.committed, now.projected) == (12000, 62000)
    assert now.left_per_day == 48000 // 21
    assert now.status == "on_track"


def test_the_default_marks_are_the_documented_ones() -> None:
    documented = Marks(
        levels=tuple(map(level_ratio, (0.8, 0.9, 1.0))),
        warning=level_ratio(0.9),
        ahead=level_ratio(0.15),
        early=level_ratio(0.2),
        projected=level_ratio(1.05),
        rearm=level_ratio(0.02),
        projected_rearm=level_ratio(1.03),
    )
    assert documented == DEFAULT_MARKS
