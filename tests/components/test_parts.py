"""What the parts of the overview say, for ordinary answers and for odd ones."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from components.alerts import alert_list
from components.budgets import STATES, budgets
from components.cards import cards
from components.categories import SHOWN, spending
from components.overview import draw, overview_skeleton
from components.quality import incomplete_banner, quality_line
from components.transactions import recent
from data.schemas.budgets import BudgetState
from tests.components import sample
from tests.components.reading import as_json, with_class, words


def test_cards_show_whole_figures_and_say_the_exact_ones() -> None:
    first = cards(sample.picture())[0]
    figure = with_class(first, "money")[0]
    assert figure.title == "€193,179.40"
    assert words(figure) == "€193,179 €193,179.40"
    assert "up +€14,211.20 compared with 1 Dec 2024\u2009–\u200930 Nov 2025" in words(first)


def test_rising_expenses_are_not_dressed_as_good_news() -> None:
    drawn = cards(sample.picture())
    assert [bool(with_class(card, "good")) for card in drawn] == [True, True, False, False, True]


def test_an_undefined_figure_is_a_dash_with_its_reason() -> None:
    filtered = sample.answer(summary=sample.summary(net_worth=None, savings_rate=None, income=None))
    drawn = cards(sample.picture(filtered, "?category_id=7"))
    assert "this figure only exists for whole accounts" in words(drawn[0])
    assert "No exchange rate is known" in words(drawn[1])
    poor = sample.answer(summary=sample.summary(savings_rate=None))
    assert "no income in this period" in words(cards(sample.picture(poor))[4])


def test_without_a_previous_period_cards_name_their_own() -> None:
    alone = sample.answer(summary=sample.summary(previous=None, change=None))
    drawn = [words(card) for card in cards(sample.picture(alone))]
    assert "on 30 Nov 2026" in drawn[0]
    assert "1 Dec 2025\u2009–\u200930 Nov 2026" in drawn[1]


def test_long_figures_are_set_smaller() -> None:
    huge = sample.answer(summary=sample.summary(net_worth="-16261475778.00"))
    assert with_class(cards(sample.picture(huge, locale="de-DE"))[0], "long")


def test_categories_after_the_eighth_are_added_up_exactly() -> None:
    flows = [sample.category(f"C{n:02}", f"{100 - n}.10", 0.05, str(n)) for n in range(11)]
    answer = sample.answer(transactions=sample.transactions(by_category=flows))
    bars = with_class(spending(sample.picture(answer)), "bars")[0]
    names = [words(name) for name in with_class(bars, "bar-name")]
    assert names == [*(f"C{n:02}" for n in range(SHOWN)), "Other, 3 categories"]
    assert with_class(bars, "bar-amount")[-1].title == "€273.30"


def test_a_refunded_category_has_no_bar_and_keeps_its_minus() -> None:
    flows = [sample.category("Travel", "80.00", 1.6), sample.category("Shoes", "-30.00", -0.6, "2")]
    answer = sample.answer(transactions=sample.transactions(by_category=flows))
    drawn = spending(sample.picture(answer))
    assert [fill.style["width"] for fill in with_class(drawn, "bar-fill")] == ["100.00%", "0.00%"]
    assert "−€30.00" in words(drawn)


def test_no_spending_is_said_in_words() -> None:
    assert "Nothing was spent" in words(spending(sample.picture(sample.empty())))


@pytest.mark.parametrize("state", STATES)
def test_each_budget_state_has_word_icon_and_colour(state: BudgetState) -> None:
    drawn = budgets(sample.picture(sample.answer(budgets=[sample.budget(status=state)])))
    word, icon, css = STATES[state]
    status = with_class(drawn, f"status-{css}")[0]
    assert words(status).strip() == word
    assert with_class(status, f"icon-{icon}")


def test_pressing_budgets_come_first_and_are_counted() -> None:
    drawn = budgets(sample.picture())
    assert [words(name) for name in with_class(drawn, "bullet-name")] == ["Fun", "Groceries"]
    assert "1 of 2 budgets over the limit." in words(drawn)
    assert "€100 over" in words(drawn)


def test_bullets_stay_inside_their_track() -> None:
    odd = [
        sample.budget("a", spent="900.00", committed="300.00", remaining="-300.00", used=1.5),
        sample.budget("b", limit="0.00", spent="20.00", remaining="-20.00", used=None, status="unbudgeted"),
        sample.budget("c", limit="-50.00", spent="0.00", committed=None, remaining="-50.00", used=None),
        sample.budget("d", elapsed=1.0, left_per_day=None),
    ]
    for bullet in with_class(budgets(sample.picture(sample.answer(budgets=odd))), "bullet"):
        for part in bullet.children:
            reach = sum(float(part.style.get(side, "0%")[:-1]) for side in ("insetInlineStart", "width"))
            assert 0 <= reach <= 100.01


def test_the_pace_mark_is_gone_when_the_period_is() -> None:
    drawn = budgets(sample.picture(sample.answer(budgets=[sample.budget(elapsed=1.0)])))
    assert not with_class(drawn, "bullet-pace")


def test_no_budget_yet() -> None:
    assert "no budget yet" in words(budgets(sample.picture(sample.answer(budgets=[], alerts=[]))))


@pytest.mark.parametrize(
    ("level", "said"),
    [("1.0", "went over its limit"), ("0.8", "reached 80% of its limit"), ("projected_over", "likely to end over")],
)
def test_alerts_say_level_and_day(level: str, said: str) -> None:
    drawn = words(alert_list(sample.picture(sample.answer(alerts=[sample.alert(level)]))))
    assert "Groceries" in drawn
    assert said in drawn
    assert "14 Nov" in drawn


def test_no_alerts_no_box() -> None:
    assert alert_list(sample.picture(sample.answer(alerts=[]))) is None


def test_recent_bookings_are_marked_in_words() -> None:
    drawn = words(recent(sample.picture()))
    assert "REWE ,  Pending" in drawn
    assert "To savings ,  Transfer" in drawn
    assert "+€4,312.77" in drawn
    assert "18 Nov · Housing · Giro" in drawn
    assert "The newest 3 of 482 bookings." in drawn


@pytest.mark.parametrize(
    ("given", "name"),
    [({"counterparty": "DE00"}, "DE00"), ({"purpose": "Rent"}, "Rent"), ({}, "No payee")],
)
def test_a_booking_without_payee_is_still_named(given: dict[str, Any], name: str) -> None:
    answer = sample.answer(transactions=sample.transactions(recent=[sample.booking("1", "-1.00", **given)]))
    assert words(with_class(recent(sample.picture(answer)), "payee")) == name


def test_a_booking_of_another_year_says_so() -> None:
    old = sample.booking("1", "-1.00", booked_on=date(2025, 12, 30), splits=[])
    answer = sample.answer(transactions=sample.transactions(recent=[old], count=1))
    assert "30 Dec 2025" in words(recent(sample.picture(answer)))


def test_hints_are_one_calm_line() -> None:
    assert "2 transactions without a category" in words(quality_line(sample.picture()))
    assert "Every booking is sorted" in words(quality_line(sample.picture(sample.empty())))


def test_money_without_a_rate_is_listed() -> None:
    assert incomplete_banner(sample.picture()) is None
    banner = words(incomplete_banner(sample.picture(sample.incomplete())))
    assert "could not be converted to EUR" in banner
    assert "US$1,240.00 in 3 bookings and balances" in banner.replace("  ", " ")


def test_drawing_fills_every_part_and_hostile_names_stay_text() -> None:
    parts = as_json(draw(sample.picture(search="?account_id=1&tag=%3Cimg%3E"), "Alice"))
    assert sample.HOSTILE in json.dumps(parts["recent"], ensure_ascii=False)
    for kind in ("Markdown", "dangerously_allow_html", "srcDoc"):
        assert kind not in str(parts)


def test_the_skeleton_holds_no_figures() -> None:
    said = json.dumps(as_json(overview_skeleton()), ensure_ascii=False)
    assert not any(mark in said for mark in "€$£")
    assert said.count('"skeleton"') > 40
