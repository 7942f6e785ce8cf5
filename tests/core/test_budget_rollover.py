"""Amounts by period and rollover, at and around every boundary."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.budget_status import (
    PeriodResult,
    amount_for,
    left_per_day,
    projected,
    roll,
    status,
    used,
)
from core.money import INT64_MAX, INT64_MIN
from core.period import Period

JUNE = Period.closed(date(2026, 6, 1), date(2026, 6, 30))
AFTER = date(2026, 7, 1)
calm = settings(deadline=None, max_examples=200)
POLICIES = st.sampled_from(["reset", "carry_positive", "carry_all"])
MONEY = st.integers(-(10**12), 10**12)
HISTORY = st.lists(st.tuples(st.integers(0, 10**12), MONEY), max_size=30)
CAPS = st.none() | st.integers(0, 10**12)


def june(day: int) -> date:
    return date(2026, 6, day)


AMOUNTS = [(date(2026, 6, 15), 300), (date(2026, 1, 1), 100), (date(2026, 4, 1), 200)]


@pytest.mark.parametrize(
    ("month", "expected"),
    [((2025, 12), 100), ((2026, 1), 100), ((2026, 3), 100), ((2026, 4), 200), ((2026, 5), 200), ((2026, 6), 300)],
)
def test_an_amount_counts_from_the_period_that_holds_its_day(month: tuple[int, int], expected: int) -> None:
    start = date(*month, 1)
    end = date(month[0] + month[1] // 12, month[1] % 12 + 1, 1)
    assert amount_for(AMOUNTS, Period(start, end)) == expected


@pytest.mark.parametrize(("day", "expected"), [(date(2026, 6, 1), 7), (date(2026, 6, 30), 7), (date(2026, 7, 1), 5)])
def test_an_edit_on_any_day_of_the_period_counts_for_all_of_it(day: date, expected: int) -> None:
    assert amount_for([(date(2020, 1, 1), 5), (day, 7)], JUNE) == expected
    may = Period.closed(date(2026, 5, 1), date(2026, 5, 31))
    assert amount_for([(date(2020, 1, 1), 5), (day, 7)], may) == 5


def test_of_two_amounts_of_one_day_the_later_counts() -> None:
    assert amount_for([(june(1), 1), (june(1), 2)], JUNE) == 2
    assert amount_for([(AFTER, 1), (AFTER, 2), (date(2027, 1, 1), 3)], JUNE) == 2


def test_a_budget_needs_an_amount() -> None:
    with pytest.raises(ValueError, match="amount"):
        amount_for([], JUNE)


@pytest.mark.parametrize(
    ("policy", "cap", "nets", "rollovers"),
    [
        ("reset", None, [50, 150, 0], [0, 0, 0]),
        ("reset", 10, [50, 150, 0], [0, 0, 0]),
        ("carry_positive", None, [60, 170, 0, 0], [0, 40, 0, 100]),
        ("carry_positive", 30, [60, 100, 131, 0], [0, 30, 30, 0]),
        ("carry_positive", 0, [60, 60], [0, 0]),
        ("carry_all", None, [60, 170, 250, 0], [0, 40, -30, -180]),
        ("carry_all", 50, [0, 250, 0, 0], [0, 50, -50, 50]),
        ("carry_all", 0, [60, 160, 0], [0, 0, 0]),
        ("carry_all", None, [-40, 0], [0, 140]),
        ("carry_positive", None, [-40, 0], [0, 140]),
    ],
)
def test_rollover(policy: Any, cap: int | None, nets: list[int], rollovers: list[int]) -> None:
    results = roll(policy, cap, [(100, net) for net in nets])
    assert [result.rollover for result in results] == rollovers


@pytest.mark.parametrize("off", [-1, 0, 1])
@pytest.mark.parametrize("policy", ["reset", "carry_positive", "carry_all"])
def test_rollover_around_the_limit(policy: Any, off: int) -> None:
    second = roll(policy, None, [(100, 100 + off), (100, 0)])[1]
    expected = {"reset": 0, "carry_positive": max(0, -off), "carry_all": -off}[policy]
    assert (second.rollover, second.limit) == (expected, 100 + expected)


@pytest.mark.parametrize("off", [-1, 0, 1])
@pytest.mark.parametrize("side", [1, -1])
def test_rollover_around_the_cap(off: int, side: int) -> None:
    left = side * (40 + off)
    second = roll("carry_all", 40, [(100, 100 - left), (100, 0)])[1]
    assert second.rollover == side * min(40, 40 + off)


@pytest.mark.parametrize("net", [-1, 0, 1])
def test_spent_is_never_negative_but_a_refund_is_carried(net: int) -> None:
    (result,) = roll("carry_all", None, [(10, net)])
    assert result == PeriodResult(10, 0, 10, net, max(0, net), 10 - net, 10 - max(0, net))


@calm
@given(POLICIES, CAPS, HISTORY)
def test_the_definitions_hold_in_every_period(policy: Any, cap: int | None, history: list[tuple[int, int]]) -> None:
    results = roll(policy, cap, history)
    assert [(result.amount, result.net) for result in results] == history
    assert not results or results[0].rollover == 0
    for result in results:
        assert result.limit == result.amount + result.rollover
        assert result.left == result.limit - result.net
        assert result.remaining == result.limit - result.spent
        assert result.remaining - result.left == min(0, result.net)
        assert cap is None or -cap <= result.rollover <= cap
        assert policy != "reset" or result.rollover == 0
        assert policy != "carry_positive" or result.rollover >= 0


@calm
@given(HISTORY.filter(bool))
def test_carrying_all_loses_nothing(history: list[tuple[int, int]]) -> None:
    last = roll("carry_all", None, history)[-1]
    assert last.left == sum(amount for amount, _ in history) - sum(net for _, net in history)


@calm
@given(POLICIES, CAPS, HISTORY, HISTORY)
def test_later_periods_never_change_earlier_ones(
    policy: Any, cap: int | None, past: list[tuple[int, int]], later: list[tuple[int, int]]
) -> None:
    assert roll(policy, cap, [*past, *later])[: len(past)] == roll(policy, cap, past)


@calm
@given(POLICIES, HISTORY)
def test_a_cap_of_nothing_is_a_reset(policy: Any, history: list[tuple[int, int]]) -> None:
    assert roll(policy, 0, history) == roll("reset", None, history)


def test_a_negative_cap_is_refused() -> None:
    with pytest.raises(ValueError, match="cap"):
        roll("carry_all", -1, [(1, 1)])


def test_the_largest_amounts_are_exact() -> None:
    (full,) = roll("reset", None, [(INT64_MAX, INT64_MAX)])
    assert (full.limit, full.left, full.remaining) == (INT64_MAX, 0, 0)
    assert used(full.spent, full.limit) == 1
    assert used(INT64_MAX - 1, INT64_MAX) != 1
    assert status(full, JUNE, june(1), None) == "warning"
    assert roll("reset", None, [(0, INT64_MAX), (0, 0)])[0].left == -INT64_MAX
    assert left_per_day(JUNE, june(30), INT64_MAX, 0) == INT64_MAX
    assert projected(JUNE, june(30), INT64_MAX, 0, 0) == INT64_MAX


@pytest.mark.parametrize(
    "history",
    [[(INT64_MAX, 0), (1, 0)], [(0, INT64_MAX), (0, INT64_MAX)], [(1, INT64_MIN + 1)], [(0, INT64_MIN)]],
    ids=["limit", "left", "refund", "lowest"],
)
def test_beyond_bigint_is_an_error(history: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="too large"):
        roll("carry_all", None, history)


def test_a_projection_beyond_bigint_is_an_error() -> None:
    with pytest.raises(ValueError, match="too large"):
        projected(JUNE, june(30), INT64_MAX, 1, 0)
    with pytest.raises(ValueError, match="too large"):
        left_per_day(JUNE, june(30), INT64_MAX, -1)
