"""`core.forecast`: deterministic, between its bounds, and right where there is nothing to guess."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.forecast import HORIZON, LEAST_HISTORY, expected_change, forecast, median_error

histories = st.lists(st.integers(-100_000, 100_000), min_size=LEAST_HISTORY, max_size=400)
dues = st.dictionaries(st.integers(1, HORIZON), st.integers(-100_000, 100_000))


@given(histories, dues, st.integers(-(10**9), 10**9))
def test_the_middle_lies_between_the_bounds(rest: list[int], due: dict[int, int], balance: int) -> None:
    points = forecast(balance, rest, due, "seed")
    assert len(points) == HORIZON
    assert all(point.low <= point.expected <= point.high for point in points)
    assert [point.recurring for point in points] == [due.get(day, 0) for day in range(1, HORIZON + 1)]


@given(histories, dues)
def test_one_seed_gives_one_forecast(rest: list[int], due: dict[int, int]) -> None:
    assert forecast(0, rest, due, "seed") == forecast(0, rest, due, "seed")
    assert expected_change(rest, due, 30, "seed") == expected_change(rest, due, 30, "seed")


@given(st.integers(-5_000, 5_000), dues)
def test_a_steady_past_goes_on(daily: int, due: dict[int, int]) -> None:
    points = forecast(1_000, [daily] * 120, due, "any")
    assert all(point.low == point.expected == point.high for point in points)
    assert points[-1].expected == 1_000 + HORIZON * daily + sum(due.values())
    assert expected_change([daily] * 120, due, 30, "any") == 30 * daily + sum(
        amount for day, amount in due.items() if day <= 30
    )


def test_weekdays_keep_their_character() -> None:
    # The last of 126 days is a seventh day, on which alone something is spent: so is every seventh day ahead.
    rest = [-700 if day % 7 == 6 else 0 for day in range(126)]
    points = forecast(0, rest, {}, "any")
    assert [day for day in range(1, HORIZON) if points[day].expected != points[day - 1].expected] == [
        day for day in range(1, HORIZON) if day % 7 == 6
    ]


def test_other_seeds_give_other_paths() -> None:
    rest = [day * day % 997 for day in range(200)]
    assert forecast(0, rest, {}, "one") != forecast(0, rest, {}, "two")


def test_under_three_months_of_history_there_is_none() -> None:
    with pytest.raises(ValueError, match="three months"):
        forecast(0, [0] * (LEAST_HISTORY - 1), {}, "any")


def test_the_error_is_the_median_whichever_way() -> None:
    assert median_error([-300, 100, 200]) == 200
    assert median_error([-300, 100]) == 200
