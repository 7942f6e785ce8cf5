"""Days in CSV cells: every notation of the real files, the order of day and month, and what is no day."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.imports.csv_dates import check_format, compile_dates, formats, looks_like
from data.imports.csv_order import Hints, choose_format, open_formats

TODAY = date(2026, 11, 23)
GOOD = [
    ("2019-04-19", "%Y-%m-%d", date(2019, 4, 19)),
    ("2019-4-9", "%Y-%m-%d", date(2019, 4, 9)),
    ("19/04/2019", "%d/%m/%Y", date(2019, 4, 19)),
    ("4/19/2019", "%m/%d/%Y", date(2019, 4, 19)),
    ("19.04.19", "%d.%m.%y", date(2019, 4, 19)),
    ("20190419", "%Y%m%d", date(2019, 4, 19)),
    ("2019.04.19.", "%Y.%m.%d", date(2019, 4, 19)),
    ("2019. 04. 19.", "%Y.%m.%d", date(2019, 4, 19)),
    ("2012:03:01", "%Y:%m:%d", date(2012, 3, 1)),
    ("930101", "%y%m%d", date(1993, 1, 1)),
    ("19-Apr-2019", "%d-%b-%Y", date(2019, 4, 19)),
    ("06-May-11", "%d-%b-%y", date(2011, 5, 6)),
    ("12 Feb 19", "%d %b %y", date(2019, 2, 12)),
    ("17. März 2019", "%d. %b %Y", date(2019, 3, 17)),
    ("17 août 2019", "%d %b %Y", date(2019, 8, 17)),
    ("17 mei 2019", "%d %b %Y", date(2019, 5, 17)),
    ("17 paź 2019", "%d %b %Y", date(2019, 10, 17)),
    ("Mar 17, 2019", "%b %d, %Y", date(2019, 3, 17)),
    ("2018-02-25 23:34:56 +0000", "%Y-%m-%d", date(2018, 2, 25)),
    ("2018-02-25T23:34:56.123Z", "%Y-%m-%d", date(2018, 2, 25)),
    ("25/02/2018 11:34 PM", "%d/%m/%Y", date(2018, 2, 25)),
]


@pytest.mark.parametrize(("cell", "form", "day"), GOOD)
def test_a_day_is_read(cell: str, form: str, day: date):
    assert form in formats(cell)
    assert compile_dates(form, TODAY)(cell) == day


@pytest.mark.parametrize(
    ("cell", "form", "reason"),
    [
        ("2026-02-30", "%Y-%m-%d", "not a date in the calendar"),
        ("2026-13-01", "%Y-%m-%d", "not a date in the calendar"),
        ("0202-03-04", "%Y-%m-%d", "not plausible"),
        ("9999-01-01", "%Y-%m-%d", "not plausible"),
        ("19/04/2019", "%Y-%m-%d", "not a date like %Y-%m-%d"),
        ("2019-04-19 junk", "%Y-%m-%d", "not a date like"),
        ("2019-04-19" + " " * 100, "%Y-%m-%d", "not a date like"),
    ],
)
def test_what_is_no_day_says_why(cell: str, form: str, reason: str):
    with pytest.raises(ValueError, match=reason):
        compile_dates(form, TODAY)(cell)


@pytest.mark.parametrize(
    "cell", ["", "12", "250000", "99999999", "10.50", "1.234,56", "12:31:46", "x", "2019", "3 apples 19"]
)
def test_other_cells_do_not_look_like_days(cell: str):
    assert not looks_like(cell)


@pytest.mark.parametrize("form", ["%Y-%m", "%q-%d", "%d/%d/%Y", "plain", "%m-%d", ""])
def test_a_format_must_describe_a_day(form: str):
    with pytest.raises(ValueError, match=r"."):
        check_format(form)


def decide(cells: list[str], others: list[list[str]] | None = None, currency: str = "EUR") -> tuple[str, bool]:
    hints = Hints(currency, ".", ["Date", "Amount"])
    return choose_format(open_formats(cells, TODAY), cells, others or [], hints, TODAY)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["01/02/2019", "13/02/2019"], ("%d/%m/%Y", True)),  # a day above 12
        (["01/02/2019", "02/13/2019"], ("%m/%d/%Y", True)),
        (["01/02/2019", "05/02/2019", "03/03/2019", "02/04/2019"], ("%d/%m/%Y", True)),  # only so the days rise
        (["04/02/2019", "03/05/2019", "02/06/2019", "02/01/2019"], ("%m/%d/%Y", True)),  # only so they fall
        (["11/12/2026", "10/12/2026", "09/12/2026"], ("%m/%d/%Y", True)),  # December is still to come
        (["01.02.2019"], ("%d.%m.%Y", True)),  # nobody writes the month first with points
        (["18-04-14", "18-04-15"], ("%d-%m-%y", True)),
        (["31-04-14", "30-04-14"], ("%y-%m-%d", True)),  # there is no 31 April
        (["01/02/2019"], ("%d/%m/%Y", False)),
        (["180401", "180402"], ("%y%m%d", False)),
        (["130418", "140418", "310318"], ("%d%m%y", True)),
    ],
)
def test_the_order_of_day_and_month(cells: list[str], expected: tuple[str, bool]):
    assert decide(cells) == expected


def test_another_column_shows_the_order():
    assert decide(["01/02/2019"], [["13/02/2019"]]) == ("%d/%m/%Y", True)
    assert decide(["01/02/2019"], [["02/13/2019"]]) == ("%m/%d/%Y", True)


def test_dollars_write_the_month_first():
    assert decide(["01/02/2019"], currency="USD") == ("%m/%d/%Y", False)


def test_one_wrong_day_does_not_hide_the_format():
    assert open_formats(["13/02/2019", "14/02/2019", "30/02/2019"], TODAY) == ["%d/%m/%Y"]


@given(
    st.dates(date(1950, 1, 1), date(2046, 1, 1)),
    st.sampled_from(
        ["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y%m%d", "%d-%b-%Y", "%Y.%m.%d.", "%b %d, %Y", "%d %B %Y"]
    ),
    st.sampled_from(["", " 10:11", "T10:11:12Z", " 10:11:12 +0200"]),
)
def test_every_day_reads_back(day: date, form: str, time: str):
    assert compile_dates(form, TODAY)(day.strftime(form) + time) == day


@given(st.text(max_size=80))
def test_any_text_is_a_day_or_a_value_error(text: str):
    looks_like(text.strip())
    for form in ("%Y-%m-%d", "%d %b %y", "%d%m%y"):
        with contextlib.suppress(ValueError):
            assert isinstance(compile_dates(form, TODAY)(text), date)
