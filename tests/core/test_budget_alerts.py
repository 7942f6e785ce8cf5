"""Alerts: one for a command, none twice, and none that flaps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.budget_alerts import PROJECTED_OVER, Alert, Trigger, level_name, levels_reached, next_alerts
from core.budget_status import DEFAULT_MARKS, BudgetFigures, Marks, PeriodResult, level_ratio, status, used
from core.period import Period

JUNE = Period.closed(date(2026, 6, 1), date(2026, 6, 30))
LEVELS = DEFAULT_MARKS.levels
Steps = Sequence[int | tuple[int, int | None]]


def now(spent: int, end: int | None = None, limit: int = 1000, current: bool = True) -> BudgetFigures:
    today = date(2026, 6, 30) if current else date(2026, 7, 1)
    result = PeriodResult(limit, 0, limit, spent, spent, limit - spent, limit - spent)
    state = status(result, JUNE, today, end)
    return BudgetFigures(result, current, Fraction(1), used(spent, limit), 0, end, None, state)


def play(steps: Steps, marks: Marks = DEFAULT_MARKS) -> list[str | None]:
    """The alerts of a sequence of commands, each `spent` or (`spent`, `projected`), as level#occurrence."""
    stored: Sequence[Trigger] = ()
    alerts = []
    for step in steps:
        figures = now(*step) if isinstance(step, tuple) else now(step)
        outcome = next_alerts(stored, figures, marks)
        stored = outcome.triggers
        alerts.append(f"{outcome.fired.level}#{outcome.fired.occurrence}" if outcome.fired else None)
    return alerts


@pytest.mark.parametrize(
    ("spent", "expected"),
    [
        (-1, ()),
        (0, ()),
        (799, ()),
        (800, LEVELS[:1]),
        (801, LEVELS[:1]),
        (899, LEVELS[:1]),
        (900, LEVELS[:2]),
        (999, LEVELS[:2]),
        (1000, LEVELS[:2]),
        (1001, LEVELS),
    ],
)
def test_levels_reached(spent: int, expected: tuple[Fraction, ...]) -> None:
    assert levels_reached(used(spent, 1000), spent, 1000, reversed(LEVELS)) == expected


@pytest.mark.parametrize("limit", [0, -5])
def test_without_a_limit_only_level_one_can_hold(limit: int) -> None:
    assert levels_reached(None, 1, limit, LEVELS) == (Fraction(1),)
    assert levels_reached(None, limit, limit, LEVELS) == ()


def test_a_level_above_one_is_a_share_of_the_limit() -> None:
    levels = (Fraction(1), level_ratio(1.2))
    assert levels_reached(used(1199, 1000), 1199, 1000, levels) == levels[:1]
    assert levels_reached(used(1200, 1000), 1200, 1000, levels) == levels


@pytest.mark.parametrize(("value", "name"), [(0.8, "0.8"), (1, "1.0"), (1.25, "1.25"), (0.333, "0.333")])
def test_names_of_levels(value: float, name: str) -> None:
    assert level_name(level_ratio(value)) == name
    assert level_ratio(float(name)) == level_ratio(value)


@pytest.mark.parametrize(
    ("steps", "alerts"),
    [
        ([799, 800, 801], [None, "0.8#1", None]),
        ([800, 900, 1000, 1001], ["0.8#1", "0.9#1", None, "1.0#1"]),
        ([1001], ["1.0#1"]),
        ([950, 1001, 1500], ["0.9#1", "1.0#1", None]),
    ],
    ids=["boundary", "one after the other", "all at once", "upwards"],
)
def test_levels_fire_once_and_the_highest_alone(steps: Steps, alerts: list[str | None]) -> None:
    assert play(steps) == alerts


@pytest.mark.parametrize(
    ("steps", "alerts"),
    [
        ([800, 780, 800], ["0.8#1", None, None]),
        ([800, 779, 800], ["0.8#1", None, "0.8#2"]),
        ([800, 779, 799, 800], ["0.8#1", None, None, "0.8#2"]),
        ([1001, 980, 1001], ["1.0#1", None, None]),
        ([1001, 979, 1001], ["1.0#1", None, "1.0#2"]),
        ([1001, 979, 1001, 979, 1001], ["1.0#1", None, "1.0#2", None, "1.0#3"]),
        ([1001, 950, 880, 900], ["1.0#1", None, None, None]),
        ([1001, 879, 900], ["1.0#1", None, "0.9#1"]),
        ([1001, 779, 800, 900, 1001], ["1.0#1", None, "0.8#1", "0.9#1", "1.0#2"]),
    ],
)
def test_a_level_is_armed_again_below_it_by_more_than_two_hundredths(steps: Steps, alerts: list[str | None]) -> None:
    assert play(steps) == alerts


@pytest.mark.parametrize(
    ("steps", "alerts"),
    [
        ([(100, 1050), (100, 1051), (100, 1200)], [None, "projected_over#1", None]),
        ([(100, 1051), (100, 1031), (100, 1051)], ["projected_over#1", None, None]),
        ([(100, 1051), (100, 1030), (100, 1051)], ["projected_over#1", None, "projected_over#2"]),
        ([(100, 1051), (100, None), (100, 1051)], ["projected_over#1", None, None]),
        ([(950, 1051), (960, 1051)], ["projected_over#1", None]),
        ([(100, 1051), (800, 1051), (900, 1051)], ["projected_over#1", "0.8#1", "0.9#1"]),
        ([(900, 1000), (900, 1051)], ["0.9#1", "projected_over#1"]),
        ([(100, 1051), (1001, 1200), (990, 1200)], ["projected_over#1", "1.0#1", None]),
        ([(1001, 1200), (970, 1200)], ["1.0#1", None]),
        ([(1001, 1200), (970, 1030), (970, 1051)], ["1.0#1", None, "projected_over#1"]),
        ([(1001, 1030), (970, 1051)], ["1.0#1", "projected_over#1"]),
    ],
    ids=[
        "when it becomes the status",
        "not armed again above 1.03",
        "armed again at 1.03",
        "an unknown projection arms nothing",
        "more urgent than the levels below 1",
        "levels that did not hold fire later",
        "news after a level",
        "over and back",
        "counts as fired with over",
        "armed again after over",
        "over but not heading further",
    ],
)
def test_the_projection(steps: Steps, alerts: list[str | None]) -> None:
    assert play(steps) == alerts


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.tuples(st.integers(0, 1500), st.none() | st.integers(0, 2500), st.sampled_from([0, 500, 1000])),
        min_size=1,
        max_size=10,
    )
)
def test_the_same_figures_once_more_change_nothing(steps: list[tuple[int, int | None, int]]) -> None:
    stored: Sequence[Trigger] = ()
    for spent, end, limit in steps:
        stored = next_alerts(stored, now(spent, end, limit)).triggers
        again = next_alerts(stored, now(spent, end, limit))
        assert (again.fired, again.triggers) == (None, stored)


def test_spending_without_a_limit_fires_once() -> None:
    outcome = next_alerts((), now(5, limit=0))
    assert outcome.fired == Alert("1.0", 1)
    assert next_alerts(outcome.triggers, now(0, limit=0)).triggers == outcome.triggers
    raised = next_alerts(outcome.triggers, now(5, limit=6))
    assert raised.fired is None
    assert {each.level: each.armed for each in raised.triggers} == {
        "0.8": False,
        "0.9": True,
        "projected_over": False,
        "1.0": True,
    }


def test_nothing_happens_outside_the_current_period() -> None:
    stored = (Trigger("0.8", 1, False),)
    outcome = next_alerts(stored, now(5000, current=False))
    assert (outcome.fired, outcome.triggers) == (None, stored)
    assert next_alerts(stored, now(0, current=False)).triggers == stored


def test_a_new_level_below_one_that_fired_is_silent() -> None:
    stored = next_alerts((), now(850)).triggers
    outcome = next_alerts(stored, now(850), Marks(levels=(level_ratio(0.5), *LEVELS)))
    assert outcome.fired is None
    assert Trigger("0.5", 0, False) in outcome.triggers
    again = next_alerts(outcome.triggers, now(479), Marks(levels=(level_ratio(0.5), *LEVELS)))
    assert next_alerts(again.triggers, now(500), Marks(levels=(level_ratio(0.5), *LEVELS))).fired == Alert("0.5", 1)


def test_a_level_taken_away_keeps_its_count() -> None:
    stored = next_alerts((), now(850)).triggers
    without = next_alerts(stored, now(0), Marks(levels=(Fraction(1),))).triggers
    assert Trigger("0.8", 1, True) in without
    assert next_alerts(without, now(850)).fired == Alert("0.8", 2)


def test_triggers_are_stored_least_urgent_first() -> None:
    levels = [each.level for each in next_alerts((), now(0)).triggers]
    assert levels == ["0.8", "0.9", PROJECTED_OVER, "1.0"]


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 1500), st.none() | st.integers(0, 2500)), max_size=25))
def test_any_history_gives_unique_keys_and_says_nothing_twice(steps: list[tuple[int, int | None]]) -> None:
    alerts = [alert for alert in play(steps) if alert]
    assert len(set(alerts)) == len(alerts)
    doubled = play([step for step in steps for _ in range(2)])
    assert doubled[1::2] == [None] * len(steps)
    assert [alert for alert in doubled if alert] == alerts


@settings(deadline=None, max_examples=200)
@given(st.lists(st.integers(0, 2000), max_size=20))
def test_growing_spending_gives_each_level_at_most_once_and_upwards(spent: list[int]) -> None:
    alerts = [alert for alert in play(sorted(spent)) if alert]
    assert alerts == sorted(alerts)
    assert all(alert.endswith("#1") for alert in alerts)
    assert ("1.0#1" in alerts) == any(each > 1000 for each in spent)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.integers(780, 820), max_size=20))
def test_wobbling_around_a_level_gives_one_alert(spent: list[int]) -> None:
    assert len([alert for alert in play(spent) if alert]) == int(any(each >= 800 for each in spent))
