"""Texts of money, ratios and dates in several locales."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from babel.numbers import parse_decimal
from hypothesis import given
from hypothesis import strategies as st

from components.format import MINUS, UNKNOWN, Format, counted
from core.money import format_amount

NBSP, NNBSP = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("locale", "amount", "currency", "text"),
    [
        ("en-GB", "-1234.50", "EUR", f"{MINUS}€1,234.50"),
        ("de-DE", "1234.50", "EUR", f"1.234,50{NBSP}€"),
        ("fr-FR", "1234.50", "EUR", f"1{NNBSP}234,50{NBSP}€"),
        ("ja-JP", "-7", "JPY", f"{MINUS}￥7"),
        ("en", "1.500", "KWD", f"KWD{NBSP}1.500"),
        ("xx-YY", "1.00", "USD", "$1.00"),
    ],
)
def test_exact_money_follows_locale_and_currency(locale: str, amount: str, currency: str, text: str) -> None:
    assert Format(locale).money(amount, currency) == text


@given(st.integers(-(2**63), 2**63 - 1))
def test_exact_money_keeps_every_unit(minor: int) -> None:
    text = Format("de-DE").money(format_amount(minor, "EUR"), "EUR")
    number = text.removesuffix(f"{NBSP}€").replace(MINUS, "-")
    assert parse_decimal(number, locale="de_DE") == Decimal(minor).scaleb(-2)


def test_unknown_is_a_dash() -> None:
    fmt = Format()
    assert {fmt.money(None, "EUR"), fmt.key_figure(None, "EUR"), fmt.percent(None), fmt.points(None)} == {UNKNOWN}


@pytest.mark.parametrize(
    ("amount", "text"),
    [("1234567.49", "€1,234,567"), ("12345678.00", "€12.3M"), ("-0.20", "€0"), ("-386330000.00", f"{MINUS}€386M")],
)
def test_key_figures_have_no_decimals_and_fit(amount: str, text: str) -> None:
    assert Format("en-GB").key_figure(amount, "EUR") == text


def test_signs_of_changes() -> None:
    fmt = Format("en-GB")
    assert fmt.whole("12.00", "EUR", signed=True) == "+€12"
    assert fmt.whole("-12.00", "EUR", signed=True) == f"{MINUS}€12"
    assert fmt.whole("0.00", "EUR", signed=True) == "€0"
    assert fmt.points(0.0213) == "+2.1 pts"
    assert fmt.points(-0.004) == f"{MINUS}0.4 pts"


def test_ratios() -> None:
    assert Format("en").percent(0.3141) == "31%"
    assert Format("de").percent(0.3141, 1) == f"31,4{NBSP}%"
    assert Format("en").percent(-0.0001) == "0%"


def test_axis_numbers_are_short_in_every_locale() -> None:
    assert [Format("en").short(value) for value in (250.0, 12000.0, -1_500_000.0)] == ["250", "12K", f"{MINUS}1.5M"]
    assert [Format("de").short(value) for value in (250.0, 46182.83)] == ["250", "46.183"]


def test_dates_as_people_write_them() -> None:
    fmt = Format("en-GB")
    assert fmt.day(date(2026, 11, 3)) == "3 Nov 2026"
    assert (fmt.day_of(date(2026, 11, 3), 2026), fmt.day_of(date(2025, 11, 3), 2026)) == ("3 Nov", "3 Nov 2025")
    assert (fmt.month("2026-07"), fmt.month_short("2026-07")) == ("July 2026", "Jul")
    assert fmt.span(date(2026, 11, 3), date(2026, 11, 3)) == "3 Nov 2026"
    assert Format("de").day(date(2026, 11, 3)) == "3. Nov. 2026"


def test_counts() -> None:
    assert [counted(n, "account", "accounts", Format("en")) for n in (1, 1200)] == ["1 account", "1,200 accounts"]
