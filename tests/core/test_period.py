"""Days, months from a chosen day, presets, and the period before, by definition and by property."""

from __future__ import annotations

from calendar import isleap
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Invalid
from core.period import (
    DEFAULT_PRESET,
    FIRST_DAY,
    LAST_DAY,
    PRESETS,
    Horizon,
    Months,
    Period,
    PeriodQuery,
    parse_day,
    today_in,
)

DAY = timedelta(days=1)
STARTS = range(1, 29)
DAYS = st.dates(date(1901, 1, 1), date(2998, 12, 31))
MONTHS = st.builds(Months, st.integers(1, 28))
calm = settings(deadline=None, max_examples=200)


def span(first: str, last: str) -> Period:
    return Period.closed(date.fromisoformat(first), date.fromisoformat(last))


def resolve(preset: str, today: str, start_day: int = 1, **ledger: str) -> Period:
    known = {name: date.fromisoformat(day) for name, day in ledger.items()}
    return PeriodQuery.parse(preset, None, None).resolve(Horizon(date.fromisoformat(today), Months(start_day), **known))


# --- today -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "instant", "expected"),
    [
        ("Pacific/Kiritimati", "2026-06-30T09:59:59+00:00", "2026-06-30"),
        ("Pacific/Kiritimati", "2026-06-30T10:00:00+00:00", "2026-07-01"),
        ("Pacific/Kiritimati", "2024-02-28T10:00:00+00:00", "2024-02-29"),
        ("America/Adak", "2026-07-01T08:59:59+00:00", "2026-06-30"),
        ("America/Adak", "2026-07-01T09:00:00+00:00", "2026-07-01"),
        ("America/Adak", "2026-01-01T09:59:59+00:00", "2025-12-31"),
        ("America/Adak", "2026-01-01T10:00:00+00:00", "2026-01-01"),
        ("UTC", "2026-12-31T23:59:59+00:00", "2026-12-31"),
        ("Europe/Prague", "2026-03-28T22:59:59+00:00", "2026-03-28"),
        ("Europe/Prague", "2026-03-28T23:00:00+00:00", "2026-03-29"),
        ("Europe/Prague", "2026-03-29T22:00:00+00:00", "2026-03-30"),
        ("Europe/Prague", "2026-06-30T23:30:00+02:00", "2026-06-30"),
        ("Asia/Kathmandu", "2026-06-30T18:15:00+00:00", "2026-07-01"),
    ],
)
def test_today_is_the_day_of_the_zone(zone: str, instant: str, expected: str) -> None:
    assert today_in(zone, datetime.fromisoformat(instant)).isoformat() == expected


def test_one_instant_has_three_days_around_the_world() -> None:
    instant = datetime(2026, 1, 1, 10, 30, tzinfo=UTC)
    assert today_in("Pacific/Kiritimati", instant) == date(2026, 1, 2)
    assert today_in("UTC", instant) == date(2026, 1, 1)
    assert today_in("Pacific/Pago_Pago", datetime(2026, 1, 1, 10, 30, tzinfo=UTC)) == date(2025, 12, 31)


def test_without_a_clock_it_is_now() -> None:
    before = datetime.now(UTC).date()
    assert before <= today_in("UTC") <= datetime.now(UTC).date()


def test_an_unknown_zone_is_an_error() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        today_in("Mars/Olympus", datetime(2026, 1, 1, tzinfo=UTC))


# --- periods and months ----------------------------------------------------------------------------------------------


@calm
@given(DAYS, st.integers(0, 4000))
def test_a_closed_period_includes_both_days(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    period = Period.closed(first, last)
    assert (period.start, period.last, period.end, period.days) == (first, last, last + DAY, length + 1)
    assert first in period
    assert last in period
    assert first - DAY not in period
    assert period.end not in period


@pytest.mark.parametrize("length", [0, -1])
def test_a_period_has_a_day(length: int) -> None:
    with pytest.raises(ValueError, match="at least one day"):
        Period(date(2026, 1, 1), date(2026, 1, 1) + timedelta(days=length))


@pytest.mark.parametrize("start_day", STARTS)
def test_months_tile_the_days_of_leap_and_common_years(start_day: int) -> None:
    months = Months(start_day)
    day, before = date(2023, 12, 1), months.index(date(2023, 12, 1))
    while day < date(2026, 3, 1):
        index = months.index(day)
        assert months.first(index) <= day <= months.last(index)
        assert index - before == int(day.day == start_day and day != date(2023, 12, 1))
        before, day = index, day + DAY


@pytest.mark.parametrize("start_day", STARTS)
def test_a_month_begins_on_its_day_and_has_its_calendar_months_length(start_day: int) -> None:
    months = Months(start_day)
    lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    for year in (1900, 2000, 2023, 2024, 2100):
        for month in range(12):
            index = year * 12 + month
            whole = months.span(index, 1)
            assert whole.start == date(year, month + 1, start_day)
            assert whole.days == lengths[month] + int(month == 1 and isleap(year))
            assert whole.last == months.last(index)


@calm
@given(MONTHS, DAYS)
def test_a_month_is_named_after_the_calendar_month_it_begins_in(months: Months, day: date) -> None:
    index = months.index(day)
    assert months.name(index) == f"{months.first(index):%Y-%m}"


@pytest.mark.parametrize(
    ("start_day", "day", "name"),
    [
        (1, "2026-01-01", "2026-01"),
        (25, "2026-01-24", "2025-12"),
        (25, "2026-01-25", "2026-01"),
        (28, "2024-02-27", "2024-01"),
        (28, "2024-02-28", "2024-02"),
        (28, "2024-02-29", "2024-02"),
        (2, "2024-03-01", "2024-02"),
    ],
)
def test_names_of_months(start_day: int, day: str, name: str) -> None:
    assert Months(start_day).name(Months(start_day).index(date.fromisoformat(day))) == name


@calm
@given(MONTHS, DAYS, st.integers(0, 900))
def test_each_lists_every_month_of_a_period(months: Months, first: date, length: int) -> None:
    period = Period.closed(first, first + timedelta(days=length))
    listed = list(months.each(period))
    assert listed == sorted({months.index(first + timedelta(days=n)) for n in range(length + 1)})


@calm
@given(MONTHS, DAYS, st.integers(1, 40), st.sampled_from([0, 1]), st.sampled_from([0, 1]))
def test_whole_counts_months_cut_at_their_edges(months: Months, day: date, count: int, late: int, short: int) -> None:
    exact = months.span(months.index(day), count)
    period = Period(exact.start + late * DAY, exact.end - short * DAY)
    assert months.whole(period) == (0 if late or short else count)


# --- previous --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start_day", "period", "expected"),
    [
        (1, ("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28")),
        (1, ("2024-02-01", "2024-02-29"), ("2024-01-01", "2024-01-31")),
        (1, ("2026-01-01", "2026-12-31"), ("2025-01-01", "2025-12-31")),
        (1, ("2026-04-01", "2026-06-30"), ("2026-01-01", "2026-03-31")),
        (25, ("2026-03-25", "2026-04-24"), ("2026-02-25", "2026-03-24")),
        (1, ("2026-03-01", "2026-03-10"), ("2026-02-01", "2026-02-10")),
        (1, ("2026-03-01", "2026-03-30"), ("2026-02-01", "2026-02-28")),
        (1, ("2024-03-01", "2024-03-30"), ("2024-02-01", "2024-02-29")),
        (1, ("2026-03-01", "2026-03-01"), ("2026-02-01", "2026-02-01")),
        (1, ("2026-02-01", "2026-02-27"), ("2026-01-01", "2026-01-27")),
        (25, ("2026-02-25", "2026-03-20"), ("2026-01-25", "2026-02-17")),
        (25, ("2026-03-25", "2026-04-23"), ("2026-02-25", "2026-03-24")),
        (1, ("2026-03-02", "2026-03-31"), ("2026-01-31", "2026-03-01")),
        (1, ("2026-03-01", "2026-04-10"), ("2026-01-19", "2026-02-28")),
        (25, ("2026-03-01", "2026-03-31"), ("2026-01-29", "2026-02-28")),
        (1, ("2026-03-15", "2026-03-15"), ("2026-03-14", "2026-03-14")),
    ],
)
def test_previous(start_day: int, period: tuple[str, str], expected: tuple[str, str]) -> None:
    assert Months(start_day).previous(span(*period)) == span(*expected)


@calm
@given(MONTHS, DAYS, st.integers(1, 40))
def test_before_whole_months_are_as_many_whole_months(months: Months, day: date, count: int) -> None:
    period = months.span(months.index(day), count)
    before = months.previous(period)
    assert before.end == period.start
    assert months.whole(before) == count


@calm
@given(MONTHS, DAYS, st.integers(1, 900))
def test_the_period_before_never_overlaps(months: Months, first: date, length: int) -> None:
    period = Period(first, first + timedelta(days=length))
    before = months.previous(period)
    assert before.end <= period.start
    in_month = first == months.first(months.index(first)) and len(list(months.each(period))) == 1
    if in_month:
        assert before.start == months.first(months.index(first) - 1)
        assert before.days <= period.days or months.whole(period) == 1
    elif not months.whole(period):
        assert (before.days, before.end) == (period.days, period.start)


# --- presets ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        ("this_month", ("2024-02-01", "2024-02-29")),
        ("last_month", ("2024-01-01", "2024-01-31")),
        ("last_30_days", ("2024-01-17", "2024-02-15")),
        ("last_3_months", ("2023-12-01", "2024-02-29")),
        ("last_12_months", ("2023-03-01", "2024-02-29")),
        ("this_year", ("2024-01-01", "2024-12-31")),
        ("last_year", ("2023-01-01", "2023-12-31")),
        ("latest_12_months", ("2023-03-01", "2024-02-29")),
        ("all", ("2024-02-15", "2024-02-15")),
    ],
)
def test_presets_of_an_empty_ledger(preset: str, expected: tuple[str, str]) -> None:
    assert resolve(preset, "2024-02-15") == span(*expected)


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        ("this_month", ("2025-12-25", "2026-01-24")),
        ("last_month", ("2025-11-25", "2025-12-24")),
        ("last_30_days", ("2025-12-12", "2026-01-10")),
        ("last_3_months", ("2025-10-25", "2026-01-24")),
        ("last_12_months", ("2025-01-25", "2026-01-24")),
        ("this_year", ("2025-01-25", "2026-01-24")),
        ("last_year", ("2024-01-25", "2025-01-24")),
    ],
)
def test_presets_with_months_from_the_25th(preset: str, expected: tuple[str, str]) -> None:
    """On 10 January the month is still the one named December, so the year is still the old one."""
    assert resolve(preset, "2026-01-10", 25) == span(*expected)


@pytest.mark.parametrize(
    ("newest", "expected"),
    [
        ("2021-06-17", ("2020-07-01", "2021-06-30")),
        ("2026-03-31", ("2025-04-01", "2026-03-31")),
        ("2026-04-01", ("2025-05-01", "2026-04-30")),
        ("2027-01-05", ("2026-02-01", "2027-01-31")),
    ],
)
def test_the_latest_12_months_end_with_the_newest_booking(newest: str, expected: tuple[str, str]) -> None:
    assert resolve("latest_12_months", "2026-03-10", newest=newest) == span(*expected)


@pytest.mark.parametrize(
    ("first", "newest", "expected"),
    [
        ("2019-05-04", "2026-03-01", ("2019-05-04", "2026-03-10")),
        ("2019-05-04", "2026-08-01", ("2019-05-04", "2026-08-01")),
        ("2019-05-04", "2026-03-10", ("2019-05-04", "2026-03-10")),
        ("2026-03-11", "2026-03-11", ("2026-03-11", "2026-03-11")),
    ],
)
def test_all_runs_from_the_first_day_to_today_or_later(first: str, newest: str, expected: tuple[str, str]) -> None:
    assert resolve("all", "2026-03-10", first=first, newest=newest) == span(*expected)


def test_all_of_a_ledger_with_an_opening_in_the_future_only() -> None:
    assert resolve("all", "2026-03-10", first="2026-05-01") == span("2026-05-01", "2026-05-01")
    assert resolve("all", "2026-03-10", first="2026-01-01") == span("2026-01-01", "2026-03-10")


@calm
@given(MONTHS, DAYS)
def test_presets_are_whole_months_around_today(months: Months, today: date) -> None:
    horizon = Horizon(today, months)
    found = {name: PeriodQuery(name).resolve(horizon) for name in PRESETS}
    lengths = {"this_month": 1, "last_month": 1, "last_3_months": 3, "last_12_months": 12, "latest_12_months": 12}
    lengths |= {"this_year": 12, "last_year": 12}
    assert {name: months.whole(found[name]) for name in lengths} == lengths
    for name in ("this_month", "last_3_months", "last_12_months", "this_year", "last_30_days"):
        assert today in found[name]
    assert found["last_month"].end == found["this_month"].start
    assert found["last_3_months"].end == found["last_12_months"].end == found["this_month"].end
    assert found["last_year"].end == found["this_year"].start
    assert months.name(months.index(found["this_year"].start)).endswith("-01")
    assert (found["last_30_days"].days, found["last_30_days"].last) == (30, today)


# --- the query -------------------------------------------------------------------------------------------------------


def test_without_parameters_it_is_the_default() -> None:
    assert PeriodQuery.parse(None, None, None) == PeriodQuery(DEFAULT_PRESET) == PeriodQuery()


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_is_read(preset: str) -> None:
    assert PeriodQuery.parse(preset, None, None) == PeriodQuery(preset)


def test_two_days_are_inclusive() -> None:
    query = PeriodQuery.parse(None, "2024-02-29", "2024-02-29")
    assert query.resolve(Horizon(date(2026, 1, 1), Months(25))) == Period(date(2024, 2, 29), date(2024, 3, 1))
    widest = PeriodQuery.parse(None, "1900-01-01", "2999-12-31").resolve(Horizon(date(2026, 1, 1), Months()))
    assert (widest.start, widest.last) == (FIRST_DAY, LAST_DAY)
    assert Months().previous(widest).end == FIRST_DAY


@pytest.mark.parametrize(
    ("preset", "first", "last", "field"),
    [
        ("", None, None, "period"),
        ("this_week", None, None, "period"),
        ("THIS_MONTH", None, None, "period"),
        ("this_month", "2026-01-01", "2026-01-31", "period"),
        ("this_month", "2026-01-01", None, "period"),
        ("this_month", None, "2026-01-31", "period"),
        (None, "2026-01-01", None, "to"),
        (None, None, "2026-01-01", "from"),
        (None, "", "2026-01-01", "from"),
        (None, "2026-01-01", "", "to"),
        (None, "2026-01-02", "2026-01-01", "to"),
        (None, "2026-02-29", "2026-03-01", "from"),
        (None, "2026-03-01", "2026-02-30", "to"),
    ],
)
def test_a_wrong_query_names_the_parameter(preset: Any, first: Any, last: Any, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        PeriodQuery.parse(preset, first, last)
    assert [error.field for error in caught.value.errors] == [field]


@pytest.mark.parametrize("half", [{"first": date(2026, 1, 1)}, {"last": date(2026, 1, 1)}, {}])
def test_a_query_without_preset_needs_both_days(half: dict[str, date]) -> None:
    with pytest.raises(ValueError, match="both days"):
        PeriodQuery(None, **half).resolve(Horizon(date(2026, 1, 1), Months()))


@pytest.mark.parametrize("text", ["1900-01-01", "2024-02-29", "2999-12-31"])
def test_days(text: str) -> None:
    assert parse_day(text, "from").isoformat() == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-1-1",
        "20260101",
        "2026-W05-1",
        "2026W051",
        "2025-02-29",
        "1900-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-01-32",
        "01.02.2026",
        "01/02/2026",
        " 2026-01-01",
        "2026-01-01 ",
        "2026-01-01T00:00",
        "1899-12-31",
        "3000-01-01",
        "0000-01-01",
        "-026-01-01",
        "２０２６-01-01",
        "today",
    ],
)
def test_texts_that_are_no_day_name_the_field(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_day(text, "effective_from")
    assert [error.field for error in caught.value.errors] == ["effective_from"]
