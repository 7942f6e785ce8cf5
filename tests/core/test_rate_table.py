"""Which rate holds for a pair and a day, and the one rounding."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import AmountOverflow
from core.rates import RateRow, RateTable, at_rate

DAY = date(2026, 6, 17)


def row(pair: str, rate: str, *, own: bool = False, back: int = 0) -> RateRow:
    return (own, pair[:3], pair[4:], DAY - timedelta(days=back), Decimal(rate))


ORDER = [
    (row("USD/CHF", "0.8", own=True, back=7), Fraction(8, 10)),
    (row("CHF/USD", "1.6", own=True), 1 / Fraction(16, 10)),
    (row("USD/CHF", "0.9"), Fraction(9, 10)),
    (row("CHF/USD", "3"), Fraction(1, 3)),
]


@pytest.mark.parametrize("place", range(4))
def test_the_first_source_that_has_one_counts_however_old_within_a_week(place: int) -> None:
    table = RateTable([stored for stored, _ in ORDER[place:]])
    assert table.rate("USD", "CHF", DAY) == ORDER[place][1]


def test_the_cross_through_the_euro_is_last_and_each_leg_by_the_same_order() -> None:
    legs = [row("EUR/USD", "1.25"), row("EUR/CHF", "0.9"), row("USD/EUR", "0.5", own=True, back=3)]
    table = RateTable(legs)
    assert table.rate("USD", "CHF", DAY) == Fraction(1, 2) * Fraction(9, 10)
    assert table.rate("CHF", "USD", DAY) == 1 / Fraction(9, 10) * 2
    table.add([row("CHF/USD", "4")])
    assert table.rate("USD", "CHF", DAY) == Fraction(1, 4)


@pytest.mark.parametrize(("back", "found"), [(-1, False), (0, True), (7, True), (8, False)])
def test_a_rate_is_looked_for_seven_days_back_and_never_ahead(back: int, found: bool) -> None:
    table = RateTable([row("EUR/USD", "1.25", back=back)])
    assert table.rate("EUR", "USD", DAY) == (Fraction(5, 4) if found else None)
    assert table.rate("USD", "EUR", DAY) == (Fraction(4, 5) if found else None)


def test_the_newest_of_a_source_counts() -> None:
    table = RateTable([row("EUR/USD", "1.25", back=1), row("EUR/USD", "9", back=2)])
    assert table.rate("EUR", "USD", DAY) == Fraction(5, 4)


def test_the_same_currency_is_one_and_old_codes_are_other_currencies() -> None:
    table = RateTable([row("EUR/TRL", "1800000")])
    assert table.rate("XAF", "XAF", DAY) == 1
    assert table.rate("TRY", "EUR", DAY) is None


def test_minor_units_follow_the_currencies_decimals() -> None:
    table = RateTable([row("EUR/JPY", "160"), row("KWD/EUR", "3")])
    assert table.minor_rate("EUR", "JPY", DAY) == Fraction(8, 5)
    assert table.minor_rate("KWD", "EUR", DAY) == Fraction(3, 10)
    assert table.minor_rate("KWD", "JPY", DAY) == Fraction(3, 10) * Fraction(8, 5)


@given(st.integers(-(2**60), 2**60), st.fractions(min_value=0, max_value=4).filter(bool))
def test_an_amount_is_rounded_half_to_even(minor: int, rate: Fraction) -> None:
    assert at_rate(minor, rate) == round(minor * rate)


def test_a_half_goes_to_the_even_neighbour_on_both_sides_of_zero() -> None:
    half = Fraction(1, 2)
    assert [at_rate(minor, half) for minor in (1, 3, 5, -1, -3, -5)] == [0, 2, 2, 0, -2, -2]


def test_beyond_64_bits_is_an_error() -> None:
    assert at_rate(2**62, Fraction(2**63 - 1, 2**62)) == 2**63 - 1
    with pytest.raises(AmountOverflow):
        at_rate(2**62, Fraction(2))
