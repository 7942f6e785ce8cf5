"""Figures: valid for Plotly, coloured by tokens that exist, honest in their marks and words."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import theme
from components.axes import apart, ticks
from components.charts_flow import flow_chart
from components.charts_worth import worth_chart
from components.context import Picture
from components.format import Format
from components.history import flow_about, flow_figure, flow_table, worth_about, worth_figure, worth_table
from core.period import Months
from data.reports.registry import DEFINITIONS
from data.schemas.dashboard import MonthFlow
from tests.components import sample
from tests.components.reading import walk, with_class, words
from tests.components.test_tokens import SCHEMES, tokens

EN = Format("en-GB")


def charts() -> list[theme.Chart]:
    one_day = [sample.worth(date(2026, 11, 18), "5.00")]
    huge = [sample.month("2026-11", "90000000000.00", "0.00", "90000000000.00")]
    return [
        worth_figure(sample.picture()),
        flow_figure(sample.picture()),
        worth_chart(one_day, "EUR", EN),
        flow_chart(huge, None, "EUR", EN),
        flow_figure(sample.picture(sample.empty())),
    ]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("place", range(5))
def test_plotly_accepts_every_figure(scheme: str, place: int) -> None:
    palette = {f"--{name}": value for name, value in tokens(scheme).items()}
    chart = charts()[place]
    go.Figure(theme.resolve(chart["figure"], palette))
    changed = {key: _merged(chart["figure"]["layout"].get(key), value) for key, value in chart["narrow"].items()}
    go.Figure(theme.resolve({"data": [], "layout": chart["figure"]["layout"] | changed}, palette))


def _merged(before: Any, change: Any) -> Any:
    return before | change if isinstance(change, dict) else change


@pytest.mark.parametrize("place", range(5))
def test_colours_are_tokens_only(place: int) -> None:
    text = json.dumps(charts()[place])
    assert "#" not in text
    assert "rgba(0,0,0,0)" in text
    assert text.count("rgb") == text.count("rgba(0,0,0,0)")


def test_only_the_running_month_is_hatched() -> None:
    data = flow_figure(sample.picture())["figure"]["data"]
    assert [trace["marker"]["pattern"]["shape"] for trace in data[:2]] == [["", "", "/"], ["", "", "/"]]
    assert "so far" in data[2]["hovertext"][2]


def test_no_month_is_running_when_the_period_is_over() -> None:
    before = sample.answer(period={"from": date(2025, 1, 1), "to": date(2025, 12, 31), "timezone": "UTC"})
    assert sample.picture(before).unfinished_month is None


def test_a_month_that_begins_later_is_named_by_its_first_day() -> None:
    picture = Picture(sample.answer(), EN, Months(25))
    assert picture.unfinished_month == "2026-10"


def test_income_stands_up_and_expenses_hang_down() -> None:
    income, expenses, net = flow_figure(sample.picture())["figure"]["data"]
    assert income["y"] == [4000.0] * 3
    assert expenses["y"] == [-3500.0] * 3
    assert net["y"] == [500.0, -20.0, 500.0]


def test_a_ledger_without_debts_needs_one_line() -> None:
    points = [
        sample.worth(day, amount).model_copy(update={"assets": amount, "liabilities": "0.00"})
        for day, amount in ((date(2026, 1, 1), "5.00"), (date(2026, 2, 1), "7.00"))
    ]
    layout = worth_chart(points, "EUR", EN)["figure"]["layout"]
    assert [label["text"] for label in layout["annotations"]] == ["Net worth 7"]


def test_ends_of_lines_are_labelled() -> None:
    layout = worth_figure(sample.picture())["figure"]["layout"]
    assert [label["text"] for label in layout["annotations"]] == [
        "Assets 284.3K",
        "Liabilities −91.1K",
        "Net worth 193.2K",
    ]


def test_sentences_say_what_the_charts_show() -> None:
    picture = sample.picture()
    assert "Your net worth rose from €181,082 on 30 Nov 2025 to €193,179 on 18 Nov 2026." in words(worth_about(picture))
    assert "in 1 of 2 months; September 2026 left you most, €500." in words(flow_about(picture))


@pytest.mark.parametrize(
    ("months", "said"),
    [
        ([sample.month("2026-10", net="-5.00"), sample.month("2026-09", net="-5.00")], "In none of 2 months did you"),
        ([sample.month("2026-10"), sample.month("2026-09")], "earned in each of 2 months"),
        ([sample.month("2026-10")], "€4,000 came in and €3,500 went out."),
        ([sample.month("2026-11")], "So far €51,365 came in"),
    ],
)
def test_the_sentence_about_months(months: list[MonthFlow], said: str) -> None:
    answer = sample.answer(transactions=sample.transactions(by_month=months))
    assert said in words(flow_about(sample.picture(answer)))


def test_months_without_bookings_are_not_counted() -> None:
    idle = sample.month("2026-09", "0.00", "0.00", "0.00").model_copy(update={"count": 0})
    answer = sample.answer(transactions=sample.transactions(by_month=[idle, sample.month("2026-10")]))
    assert "€4,000 came in" in words(flow_about(sample.picture(answer)))


def test_tables_hold_every_point_exactly() -> None:
    picture = sample.picture()
    assert "€184,564.14" in words(worth_table(picture))
    assert "October 2026 €4,000.00 €3,500.00 −€20.00 30" in words(flow_table(picture))


def test_marks_and_rows_lead_to_what_they_are_made_of_where_figures_are_explained() -> None:
    plain = sample.picture(search="?period=this_year&tag=a")
    told = Picture(plain.answer, plain.fmt, plain.months, plain.view, DEFINITIONS)
    for figure, table in ((worth_figure, worth_table), (flow_figure, flow_table)):
        assert not [part for part in walk(table(plain)) if hasattr(part, "href")]
        assert not any(filter(None, (href for line in figure(plain)["figure"]["data"] for href in _marks(line))))
        marks = [href for line in figure(told)["figure"]["data"] for href in _marks(line)]
        links = [part.href for part in walk(table(told)) if hasattr(part, "href")]
        assert set(marks) < set(links)
        assert all(href.startswith("/explain?figure=") and href.endswith("tag=a") for href in links)


def _marks(line: dict[str, Any]) -> list[str]:
    return list(line.get("customdata", ()))


def test_without_data_the_chart_gives_way_to_a_sentence() -> None:
    picture = sample.picture(sample.empty())
    assert with_class(worth_about(picture), "no-chart")
    assert "no bookings" in words(flow_about(picture))
    assert (worth_table(picture), flow_table(picture)) == (None, None)


@given(st.lists(st.integers(-(10**15), 10**15).map(lambda minor: minor / 1000), min_size=1, max_size=20))
def test_ticks_span_all_values_and_zero(values: list[float]) -> None:
    found = ticks(values)
    assert found == sorted(set(found))
    assert found[0] <= min(0.0, *values) + 1e-6
    assert found[-1] >= max(0.0, *values) - 1e-6
    assert 2 <= len(found) <= 8


@given(st.lists(st.floats(-1e6, 1e6), max_size=6), st.floats(0.1, 1e5))
def test_labels_keep_their_distance(positions: list[float], gap: float) -> None:
    placed = sorted(apart(positions, gap))
    assert all(after - before >= gap * 0.999 - 1e-6 for before, after in pairwise(placed))
