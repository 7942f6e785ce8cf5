"""`core.recurring`: which payments come back, and when the next one is due."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from random import Random
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.recurring import FEWEST, INTERVAL_DAYS, PriceChange, Schedule, Series, find_series, tolerance

JAN = date(2026, 1, 5)


def monthly(day: int, amounts: list[int], first: int = 1) -> list[tuple[date, int]]:
    return [(date(2026, first + n, day), amount) for n, amount in enumerate(amounts)]


def only(bookings: list[tuple[date, int]]) -> Series:
    (series,) = find_series(bookings)
    return series


def test_three_equal_payments_a_month_apart_are_a_series() -> None:
    series = only(monthly(5, [-1299, -1299, -1299]))
    assert series.schedule == Schedule("monthly", 5, date(2026, 3, 5))
    assert (series.amount, series.schedule.next_on) == (-1299, date(2026, 4, 5))
    assert series.price_changes == ()
    assert 0 < series.confidence < 1


def test_two_payments_are_not() -> None:
    assert find_series(monthly(5, [-1299, -1299])) == []


@pytest.mark.parametrize(
    ("interval", "step"),
    [("weekly", 7), ("fortnightly", 14), ("monthly", 30), ("quarterly", 91), ("yearly", 365)],
)
def test_the_five_intervals(interval: str, step: int) -> None:
    series = only([(JAN + timedelta(days=step * n), -500) for n in range(4)])
    assert series.schedule.interval == interval


@pytest.mark.parametrize("step", [2, 20, 22, 45, 60, 200, 500])
def test_other_steady_gaps_are_no_interval(step: int) -> None:
    assert find_series([(JAN + timedelta(days=step * n), -500) for n in range(6)]) == []


@pytest.mark.parametrize(("gap", "fits"), [(25, False), (26, True), (35, True), (36, False)])
def test_a_month_is_26_to_35_days(gap: int, fits: bool) -> None:
    bookings = [(JAN, -500), (JAN + timedelta(days=30), -500), (JAN + timedelta(days=30 + gap), -500)]
    assert bool(find_series(bookings)) is fits


@pytest.mark.parametrize(("amount", "fits"), [(799, False), (800, True), (1200, True), (1201, False)])
def test_amounts_are_within_a_fifth_of_their_median(amount: int, fits: bool) -> None:
    # The neighbours are close enough to be one group of sizes, so that the median alone decides.
    steps = [-1000, -900, -1000, -1100, -1000]
    found = [len(series.places) for series in find_series(monthly(5, [*steps, -amount]))]
    assert (6 in found) is fits


def test_a_new_price_is_a_change_and_the_next_amount() -> None:
    series = only(monthly(5, [-1000, -1000, -1000, -1100, -1100]))
    assert series.amount == -1100
    assert series.price_changes == (PriceChange(date(2026, 4, 5), -1000, -1100),)


def test_a_bill_that_differs_each_month_is_expected_at_its_median() -> None:
    series = only(monthly(5, [-8000, -8800, -8400]))
    assert (series.amount, series.price_changes) == (-8400, ())


def test_two_subscriptions_of_one_payee_are_two_series() -> None:
    bookings = monthly(5, [-499] * 4) + monthly(17, [-1499] * 4)
    small, large = find_series(bookings)
    assert (small.amount, small.schedule.anchor, large.amount, large.schedule.anchor) == (-499, 5, -1499, 17)


def test_two_equal_payments_of_one_day_are_one_payment() -> None:
    series = only(monthly(5, [-3000] * 3) * 2)
    assert (series.amount, len(series.places)) == (-6000, 6)


def test_a_run_that_was_broken_begins_anew() -> None:
    before = monthly(5, [-1000, -1000, -1000])
    after = [(date(2026, month, 20), -1000) for month in (7, 8, 9)]
    series = only(before + after)
    assert series.places == (3, 4, 5)
    assert find_series(before + after[:2]) == []


@pytest.mark.parametrize(
    ("days", "following"),
    [
        ([date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)], [date(2026, 4, 30), date(2026, 5, 31)]),
        ([date(2026, 1, 30), date(2026, 2, 28), date(2026, 3, 30)], [date(2026, 4, 30), date(2026, 5, 30)]),
        # The first falls on a weekend, the bank books on Monday: the next one is due on the first again.
        ([date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 2)], [date(2026, 12, 1), date(2027, 1, 1)]),
        # Due on the 31st and booked on the first: it stands for the month before.
        ([date(2025, 12, 31), date(2026, 1, 31), date(2026, 3, 1), date(2026, 3, 31), date(2026, 5, 1)],
         [date(2026, 5, 31)]),
    ],
)  # fmt: skip
def test_due_days_keep_to_the_usual_day_of_the_month(days: list[date], following: list[date]) -> None:
    schedule = only([(day, -500) for day in days]).schedule
    assert schedule.due(following[-1]) == following


def test_a_weekly_payment_keeps_its_weekday() -> None:
    days = [date(2026, 6, 1), date(2026, 6, 8), date(2026, 6, 15), date(2026, 6, 24)]
    assert only([(day, -500) for day in days]).schedule.next_on == date(2026, 6, 29)


def test_it_ends_after_two_missed_dates() -> None:
    schedule = Schedule("monthly", 5, date(2026, 3, 5))
    assert not schedule.ended(date(2026, 5, 5))
    assert not schedule.ended(date(2026, 5, 9))
    assert schedule.ended(date(2026, 5, 10))
    assert schedule.expected(date(2026, 4, 20), date(2026, 5, 31)) == [date(2026, 4, 5), date(2026, 5, 5)]
    assert schedule.expected(date(2026, 5, 10), date(2026, 5, 31)) == []


# Properties

days = st.dates(date(2025, 1, 1), date(2026, 12, 31))
bookings = st.lists(st.tuples(days, st.integers(-3000, -1)), max_size=25)


def plainly(bookings: list[tuple[date, int]]) -> list[list[tuple[date, int]]]:
    """The runs by trying every one: the definition word by word."""
    ordered = sorted(bookings, key=lambda each: -each[1])
    groups: list[list[tuple[date, int]]] = []
    for each in ordered:
        if groups and abs(each[1]) <= abs(groups[-1][-1][1]) * Fraction(12, 10):
            groups[-1].append(each)
        else:
            groups.append([each])
    runs = []
    for group in groups:
        paid = [(day, sum(a for d, a in group if d == day)) for day in sorted({day for day, _ in group})]
        fitting = [paid[start:] for start in range(len(paid) - FEWEST + 1) if steady(paid[start:])]
        runs += fitting[:1]
    return runs


def steady(run: list[tuple[date, int]]) -> bool:
    gaps = [(later[0] - earlier[0]).days for earlier, later in pairwise(run)]
    middle = median([Fraction(abs(amount)) for _, amount in run])
    return all(abs(abs(amount) - middle) <= middle / 5 for _, amount in run) and any(
        all(abs(gap - mean) <= tolerance(name) for gap in gaps) for name, mean in INTERVAL_DAYS.items()
    )


@given(bookings)
def test_the_runs_are_those_of_the_definition(found: list[tuple[date, int]]) -> None:
    got = [sorted({found[place][0] for place in series.places}) for series in find_series(found)]
    assert got == [[day for day, _ in run] for run in plainly(found)]


@st.composite
def likely(draw: st.DrawFn) -> list[tuple[date, int]]:
    """Payments that nearly come back."""
    step = draw(st.sampled_from([7, 14, 30, 91]))
    first, amount = draw(days), draw(st.integers(1, 3000))
    moved = draw(st.lists(st.tuples(st.integers(-3, 3), st.integers(-9, 9)), min_size=3, max_size=12))
    return [
        (first + timedelta(days=step * n + shift), -max(1, amount + amount * percent // 100))
        for n, (shift, percent) in enumerate(moved)
    ]


@given(likely(), bookings)
def test_so_are_those_of_payments_that_nearly_come_back(
    regular: list[tuple[date, int]], noise: list[tuple[date, int]]
) -> None:
    for found in (regular, regular + noise[:2]):
        got = [sorted({found[place][0] for place in series.places}) for series in find_series(found)]
        assert got == [[day for day, _ in run] for run in plainly(found)]


@given(likely(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(found: list[tuple[date, int]], rng: Random) -> None:
    shuffled = found[:]
    rng.shuffle(shuffled)
    for one, other in zip(find_series(found), find_series(shuffled), strict=True):
        assert (one.schedule, one.amount, one.confidence) == (other.schedule, other.amount, other.confidence)
        assert [found[p] for p in one.places] == [shuffled[p] for p in other.places]


@given(likely())
def test_what_is_due_lies_ahead_and_comes_at_the_interval(found: list[tuple[date, int]]) -> None:
    for series in find_series(found):
        schedule = series.schedule
        due = schedule.due(schedule.last_on + timedelta(days=400))
        assert due == sorted(set(due))
        assert due[:1] == ([schedule.next_on] if due else [])
        assert all(day > schedule.last_on for day in due)
        mean = INTERVAL_DAYS[schedule.interval]
        assert all(
            abs((later - earlier).days - mean) <= tolerance(schedule.interval) for earlier, later in pairwise(due)
        )
        assert 0 <= series.confidence <= 1
