"""Money: the two texts, every currency, and the edges of the database's bigint."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Invalid
from core.money import (
    CURRENCIES,
    INT64_MAX,
    INT64_MIN,
    checked,
    exponent,
    format_amount,
    is_currency,
    minor_units,
    parse_amount,
)

CODES = sorted(CURRENCIES)
EDGES = [INT64_MIN, INT64_MIN + 1, -1001, -1000, -999, -1, 0, 1, 9, 10, 99, 100, 101, INT64_MAX - 1, INT64_MAX]
calm = settings(deadline=None, max_examples=200)


@pytest.mark.parametrize("currency", CODES)
def test_every_currency_keeps_its_edges(currency: str) -> None:
    for minor in EDGES:
        text = format_amount(minor, currency)
        assert parse_amount(text, currency) == minor
        assert Decimal(text) == Decimal(minor).scaleb(-exponent(currency))
        assert len(text.partition(".")[2]) == exponent(currency)


@calm
@given(st.sampled_from(CODES), st.integers(INT64_MIN, INT64_MAX))
def test_format_and_parse_are_inverse(currency: str, minor: int) -> None:
    text = format_amount(minor, currency)
    assert parse_amount(text, currency) == minor == minor_units(Decimal(text), currency)
    assert text.startswith("-") == (minor < 0)


@pytest.mark.parametrize("currency", CODES)
def test_one_unit_beyond_bigint_is_refused(currency: str) -> None:
    for minor in (INT64_MAX + 1, INT64_MIN - 1, 10**19, 10**30):
        with pytest.raises(Invalid, match="too large"):
            parse_amount(format_amount(minor, currency), currency)
        with pytest.raises(ValueError, match="too large"):
            checked(minor)


@pytest.mark.parametrize("currency", CODES)
def test_one_decimal_more_than_the_currency_has_is_refused(currency: str) -> None:
    digits = exponent(currency)
    with pytest.raises(Invalid, match=f"{currency} has {digits} decimals"):
        parse_amount("1." + "0" * digits + "1", currency)
    assert parse_amount("1." + "0" * digits + "0", currency) == 10**digits


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (123450, "EUR", "1234.50"),
        (-5, "EUR", "-0.05"),
        (0, "EUR", "0.00"),
        (-7, "JPY", "-7"),
        (0, "JPY", "0"),
        (1, "KWD", "0.001"),
        (-12345, "KWD", "-12.345"),
        (12345, "CLF", "1.2345"),
        (INT64_MIN, "EUR", "-92233720368547758.08"),
        (INT64_MAX, "JPY", "9223372036854775807"),
    ],
)
def test_format(minor: int, currency: str, text: str) -> None:
    assert format_amount(minor, currency) == text


@pytest.mark.parametrize(
    ("text", "minor"),
    [("1", 100), ("1.5", 150), ("-12.50", -1250), ("+5", 500), (".5", 50), ("5.", 500), ("-0", 0), ("007", 700)],
)
def test_parse(text: str, minor: int) -> None:
    assert parse_amount(text, "EUR") == minor


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        ".",
        "-.",
        "1,5",
        "1 000",
        "1_000",
        "1e3",
        "1E3",
        "1e-2",
        " 1",
        "1 ",
        "1\n",
        "1\x00",
        "--1",
        "+-1",
        "1-",
        "1.2.3",
        "0x10",
        "NaN",
        "sNaN",
        "Infinity",
        "-inf",
        "€1",
        "1 EUR",
        "(1)",
        "١٢",
        "１２.５",
        "−5",
        "1" * 41,
        "0." + "0" * 39,
        "1" * 100_000,
    ],
)
def test_texts_that_are_no_amount_name_the_field(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_amount(text, "EUR", field="splits.0.amount")
    assert [error.field for error in caught.value.errors] == ["splits.0.amount"]
    assert caught.value.status == 422


@pytest.mark.parametrize(
    "text",
    ["1.000000000000000000000000000000001", "0.00000000000000000000000000000000000001", "92233720368547758.0700001"],
)
def test_decimals_beyond_the_usual_precision_are_not_rounded_away(text: str) -> None:
    with pytest.raises(Invalid, match="EUR has 2 decimals"):
        parse_amount(text, "EUR")


@pytest.mark.parametrize("value", ["Infinity", "-Infinity", "NaN", "sNaN", "1E+999999", "-1E+30", "1E-999999"])
def test_minor_units_of_what_is_no_amount(value: str) -> None:
    with pytest.raises(ValueError):
        minor_units(Decimal(value), "EUR")


@pytest.mark.parametrize(
    ("value", "minor"), [("1E+2", 10000), ("0E+999999", 0), ("0E-999999", 0), ("-0", 0), ("1.500000000000000", 150)]
)
def test_minor_units_of_unusual_decimals(value: str, minor: int) -> None:
    assert minor_units(Decimal(value), "EUR") == minor


@pytest.mark.parametrize("minor", [INT64_MIN, -1, 0, 1, INT64_MAX])
def test_checked_gives_back_what_fits(minor: int) -> None:
    assert checked(minor) == minor


@pytest.mark.parametrize(
    ("currency", "digits"),
    [("EUR", 2), ("USD", 2), ("HUF", 2), ("JPY", 0), ("KRW", 0), ("ISK", 0), ("KWD", 3), ("TND", 3), ("CLF", 4)],
)
def test_exponents(currency: str, digits: int) -> None:
    assert exponent(currency) == digits


def test_currencies_are_codes() -> None:
    assert all(len(code) == 3 and code.isascii() and code.isupper() and is_currency(code) for code in CODES)
    assert {"EUR", "USD", "XCG", "DEM", "CZK"} <= CURRENCIES
    assert not any(is_currency(code) for code in ("", "eur", "EURO", "ZZZ", "€"))
