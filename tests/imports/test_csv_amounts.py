"""Amounts in CSV cells: every notation of the real files, exactly or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import format_amount
from data.imports.csv_amounts import Marks, compile_amounts, looks_like, units

GOOD = [
    ("-2,56", ",", "EUR", -256),
    ("+442,98", ",", "EUR", 44298),
    ("1.234,56", ",", "EUR", 123456),
    ("1'234.56", ".", "CHF", 123456),
    ("11’373.94", ".", "CHF", 1137394),
    ("1 234,56", ",", "EUR", 123456),
    ("1\u00a0234,56", ",", "EUR", 123456),
    ("1\u202f234\u202f567,5", ",", "EUR", 123456750),
    ("1,23,456.78", ".", "INR", 12345678),
    ("£67.40", ".", "GBP", 6740),
    ("($300.00)", ".", "USD", -30000),
    ("(300)", ".", "USD", -30000),
    ("-$7,971.39", ".", "USD", -797139),
    ("- $220.00", ".", "USD", -22000),
    ("$-5.5", ".", "USD", -550),
    ("1.234,56-", ",", "EUR", -123456),
    ("\u2212 12,00", ",", "SEK", -1200),
    ("1616.23 ", ".", "GBP", 161623),
    (" 1,234.56 ", ".", "GBP", 123456),
    ("12,50 EUR", ",", "EUR", 1250),
    ("EUR 12.50", ".", "EUR", 1250),
    ("12,50 kr.", ",", "SEK", 1250),
    ("1 200,00 zł", ",", "PLN", 120000),
    ("500.00 Dr.", ".", "INR", -50000),
    ("500.00CR", ".", "INR", 50000),
    ("12,30 S", ",", "EUR", -1230),
    ("50000", ".", "EUR", 5000000),
    (".5", ".", "EUR", 50),
    ("5.", ".", "EUR", 500),
    ("12.3400", ".", "EUR", 1234),
    ("-1,200", ".", "JPY", -1200),
    ("-1.234", ".", "KWD", -1234),
    ("0,00", ",", "EUR", 0),
    ("92233720368547758.07", ".", "EUR", 2**63 - 1),
]
BAD = [
    ("NaN", ".", "EUR", "is not an amount"),
    ("1E5", ".", "EUR", "is not an amount"),
    ("Infinity", ".", "EUR", "is not an amount"),
    ("1_000", ".", "EUR", "is not an amount"),
    ("0x10", ".", "EUR", "is not an amount"),
    ("", ".", "EUR", "is not an amount"),
    ("12,50", ".", "EUR", "is not an amount"),
    ("1.2.3", ".", "EUR", "is not an amount"),
    ("12,34.56", ".", "EUR", "is not an amount"),
    ("(5", ".", "EUR", "is not an amount"),
    ("5 apples", ".", "EUR", "is not an amount"),
    ("١٢٫٥", ".", "EUR", "is not an amount"),
    ("1" * 41, ".", "EUR", "is not an amount"),
    ("-(5)", ".", "EUR", "is not an amount"),
    ("(-5)", ".", "EUR", "more than one sign"),
    ("-5.00 CR", ".", "EUR", "more than one sign"),
    ("--5", ".", "EUR", "more than one sign"),
    ("1.005", ".", "EUR", "more decimals than EUR has (2)"),
    ("1.5", ".", "JPY", "more decimals than JPY has (0)"),
    ("£5.00", ".", "EUR", "is not an amount in EUR"),
    ("92233720368547758.08", ".", "EUR", "too large"),
    ("99999999999999999999.00", ".", "EUR", "too large"),
]


@pytest.mark.parametrize(("cell", "decimal", "currency", "minor"), GOOD)
def test_an_amount_is_read_exactly(cell: str, decimal: str, currency: str, minor: int):
    assert compile_amounts(decimal, currency)(cell) == minor
    assert looks_like(cell.strip())


@pytest.mark.parametrize(("cell", "decimal", "currency", "reason"), BAD)
def test_what_is_not_exactly_an_amount_is_refused(cell: str, decimal: str, currency: str, reason: str):
    with pytest.raises(ValueError, match=r".") as error:
        compile_amounts(decimal, currency)(cell)
    assert reason in str(error.value)


@pytest.mark.parametrize(
    "cell", ["18.09.2017", "2019-01-02", "12:31:46", "66-6666 UBER", "DE44500105175407324931", "x"]
)
def test_other_cells_do_not_look_like_amounts(cell: str):
    assert not looks_like(cell)


@pytest.mark.parametrize(
    ("cells", "currency", "marks"),
    [
        (["-2,56", "750,00"], "EUR", (",", None)),
        (["1.234,56", "5,00"], "EUR", (",", ".")),
        (["1,234.56"], "EUR", (".", ",")),
        (["1'234.50"], "CHF", (".", "'")),
        (["1 234,50"], "EUR", (",", " ")),
        (["1.234.567"], "EUR", (",", ".")),
        (["1,234"], "EUR", (".", ",")),  # three decimals of a euro do not exist
        (["1.234"], "KWD", (".", None)),  # of a dinar they do
        (["12", "-5"], "EUR", (".", None)),
        (["0.125"], "EUR", (".", None)),  # no thousands begin with a nought
    ],
)
def test_the_marks_follow_from_the_cells(cells: list[str], currency: str, marks: tuple[str, str | None]):
    evidence = Marks()
    evidence.add(cells)
    assert evidence.decide(currency) == marks


def test_the_marks_stay_open_until_a_cell_settles_them():
    evidence = Marks()
    evidence.add(["1,234", "5"])
    assert not evidence.settled()
    evidence.add(["1,50"])
    assert evidence.settled()
    assert evidence.decide("EUR") == (",", None)


def test_signs_of_currencies_are_counted():
    assert units(["£5.00", "£6.00", "7 EUR"]).most_common() == [(("GBP", "GIP", "FKP", "SHP", "EGP"), 2), (("EUR",), 1)]


@given(
    st.integers(-(10**15), 10**15),
    st.sampled_from(["EUR", "JPY", "KWD"]),
    st.sampled_from([(".", ","), (",", "."), (".", "'"), (",", " "), (".", "")]),
    st.sampled_from(["{}", " {}", "+{}", "{} "]),
)
def test_every_notation_of_an_amount_reads_back(minor: int, currency: str, marks: tuple[str, str], frame: str):
    decimal, thousands = marks
    whole, _, rest = format_amount(abs(minor), currency).partition(".")
    grouped = f"{int(whole):,}".replace(",", thousands) if thousands else whole
    text = frame.format(grouped + (decimal + rest if rest else ""))
    if minor < 0:
        text = "-" + text.replace("+", "")
    assert compile_amounts(decimal, currency)(text) == minor
