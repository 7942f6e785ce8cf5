"""What becomes of single lines: entries, errors with their place, and lines that are no bookings."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from data.imports.csv_reader import parse
from data.imports.statement import Balance, Entry, Options, ParsedFile, Unreadable

HEADER = "Date,Text,Amount\n"
GOOD = "2019-01-13,first,-1.00\n2019-01-14,second,2.00\n"


def read(text: str, **options: Any) -> ParsedFile:
    return parse(text.encode(), Options("EUR", date(2026, 11, 23), **options))


def entries(parsed: ParsedFile) -> list[Entry]:
    return [entry for statement in parsed.statements for entry in statement.entries]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2026-02-30,x,1.00", "'2026-02-30' is not a date in the calendar"),
        ("15/01/2019,x,1.00", "'15/01/2019' is not a date like %Y-%m-%d"),
        ("soon,x,1.00", "'soon' is not a date like %Y-%m-%d"),
        (",x,1.00", "has an amount and no date"),
        ("2019-01-15,x,1.005", "'1.005' has more decimals than EUR has (2)"),
        ("2019-01-15,x,NaN", "'NaN' is not an amount"),
        ("2019-01-15,x,1E5", "'1E5' is not an amount"),
        ("2019-01-15,x,£1.00", "'£1.00' is not an amount in EUR"),
        ("2019-01-15,x,99999999999999999999", "the amount is too large"),
        ("2019-01-15,x,y,1.00", "has 4 values where the table has 3 columns"),
    ],
)
def test_a_wrong_line_is_an_error_with_its_place_and_no_entry(line: str, reason: str):
    parsed = read(HEADER + GOOD + line + "\n" + "2019-01-16,last,1.00\n")
    assert [(error.line, error.message) for error in parsed.errors] == [(4, reason)]
    assert [entry.line for entry in entries(parsed)] == [2, 3, 5]
    assert parsed.read == 4


@pytest.mark.parametrize(
    "line", ["", ",,", "Date,Text,Amount", ",Grand Total,12.00", ",,2019", "Total;,,", "the end", "Total,,1.00"]
)
def test_blank_lines_repeated_headers_and_totals_are_no_bookings(line: str):
    parsed = read(HEADER + GOOD + line + "\n")
    assert (len(entries(parsed)), parsed.errors, parsed.warnings) == (2, [], [])


def test_lines_left_out_in_the_middle_are_told():
    parsed = read(HEADER + GOOD + "a remark\n2019-01-15,no amount,\n2019-01-16,last,1.00\n")
    assert parsed.warnings == [
        "Left out 1 line without a date and an amount (line 4).",
        "Left out 1 line with a date and no amount (line 5).",
    ]


def test_thousands_of_blank_lines():
    parsed = read(HEADER + "\n" * 5000 + GOOD + ",,\n" * 50_000)
    assert [entry.line for entry in entries(parsed)] == [5002, 5003]


def test_a_payee_named_total_is_a_payee():
    assert [entry.payee for entry in entries(read(HEADER + GOOD + "2019-01-15,TOTAL,-60.00\n"))] == [
        "first",
        "second",
        "TOTAL",
    ]


def test_stated_balances_are_balances():
    lines = ["01,Opening balance,10.00", "02,shop,-4.00", "02,Turnover,-4.00", "31,Closing balance 31.01.2019:,6.00"]
    parsed = read(HEADER + "\n".join(f"2019-01-{line}" for line in lines))
    assert [entry.amount for entry in entries(parsed)] == [-400]
    assert parsed.statements[0].opening == Balance(date(2019, 1, 1), 1000)
    assert parsed.statements[0].closing == Balance(date(2019, 1, 31), 600)


def test_lines_that_continue_a_text():
    text = """Date,Text,Out,In
18/04/2018,PURCHASE,6.66,
,,
,66 UBER,,
17/04/2018,CASH,1.00,
,ATM 5,,
16/04/2018,PAY,,5.00
"""
    assert [(e.payee, e.purpose) for e in entries(read(text))] == [
        ("PURCHASE", "66 UBER"),
        ("CASH", "ATM 5"),
        ("PAY", None),
    ]


def test_pending_and_dead_lines():
    text = (
        "Date,Status,Text,Amount\n2019-01-13,Pending,a,-1.00\n2019-01-14,Completed,b,-2.00\n"
        "2019-01-15,Declined,c,-3.00\nPending,Pending,d,-4.00\n"
    )
    parsed = read(text)
    assert [(entry.payee, entry.pending) for entry in entries(parsed)] == [("a", True), ("b", False)]
    assert parsed.errors == []
    assert [warning[-9:] for warning in parsed.warnings] == ["(line 4).", "(line 5)."]


def test_a_line_without_a_booking_day_is_announced_only():
    text = """Transaction Date,Posted Date,Text,Amount
2019-01-13,2019-01-14,a,-1.00
2019-01-15,,b,-2.00
2019-01-15,2019-01-16,c,-2.00
"""
    assert [(e.booked_on.day, e.pending) for e in entries(read(text))] == [(14, False), (15, True), (16, False)]


def test_accounts_and_currencies_have_statements_of_their_own():
    lines = ["13,A1000,EUR,-1.00", "13,A1000,USD,-2.00", "14,A1000,EUR,3.00", "15,B2000,GBP,4.00"]
    parsed = read("Date,Account,Currency,Amount\n" + "\n".join(f"2019-01-{line}" for line in lines))
    assert [(s.account, s.currency, [e.amount for e in s.entries]) for s in parsed.statements] == [
        ("A1000", "EUR", [-100, 300]),
        ("A1000/USD", "USD", [-200]),
        ("B2000", "GBP", [400]),
    ]


def test_amounts_follow_the_currency_of_their_line():
    lines = ["13,EUR,-1.50", "13,JPY,-150.00", "14,KWD,1.500", "14,JPY,1.50", "15,QQQ,1.00", "16,,2.00", "16,eur,2.00"]
    parsed = read("Date,Currency,Amount\n" + "\n".join(f"2019-01-{line}" for line in lines))
    assert [(e.currency, e.amount) for e in sorted(entries(parsed), key=lambda e: e.line)] == [
        ("EUR", -150),
        ("JPY", -150),
        ("KWD", 1500),
        ("EUR", 200),
        ("EUR", 200),
    ]
    assert [error.line for error in parsed.errors] == [5, 6]


def test_original_amounts_categories_and_merchant_codes():
    text = (
        "Booking Date,Merchant,Category,MCC,Reference,Transaction ID,Amount (EUR),Original Amount,Original Currency\n"
        "2019-01-13,Shop,Food,5411,R1,T1,-9.00,-10.00,USD\n2019-01-14,Shop,Food,5411,R2,T2,-1.00,-1.00,EUR\n"
        "2019-01-15,Work,Pay,,R3,T3,5.00,,\n"
    )
    found = entries(read(text))
    assert [(e.original_amount, e.original_currency) for e in found] == [(-1000, "USD"), (None, None), (None, None)]
    assert [(e.category, e.mcc, e.reference, e.external_id) for e in found[:1]] == [("Food", "5411", "R1", "T1")]


def test_texts_are_one_clean_line():
    text = (
        'Date,Payee,Purpose,Amount\n2019-01-13,"  Two \n words\t","=""0123""",-1.00\n'
        '2019-01-14,\'quoted,"a\x1fb\u00a0c",2.00\n'
    )
    assert [(e.payee, e.purpose) for e in entries(read(text))] == [("Two words", "0123"), ("quoted", "ab c")]


def test_a_file_without_a_header():
    parsed = read("13.01.2019;Shop;-1,50;EUR\n14.01.2019;Work;1.200,00;EUR\n15.01.2019;Shop;-2,50;EUR\n")
    assert [(e.payee, e.amount) for e in entries(parsed)] == [("Shop", -150), ("Work", 120000), ("Shop", -250)]
    assert (parsed.mapping or {})["columns"]["booked_on"] == 0


@pytest.mark.parametrize(
    "header", ["Valuta;Konto;Tekst;Sum", "X;Y;Z;W", "日付;口座;摘要;金額", "Tanggal;Rekening;Ket;Jumlah"]
)
def test_values_decide_whatever_the_header_says(header: str):
    text = f"{header}\n13.01.2019;DE44500105175407324931;Shop;-1,50\n14.01.2019;DE44500105175407324931;Work;2,00\n"
    parsed = read(text)
    assert [(e.booked_on.day, e.payee, e.amount) for e in entries(parsed)] == [(13, "Shop", -150), (14, "Work", 200)]


@pytest.mark.parametrize(
    "text",
    [
        "Date,Text,Amount\n2019-01-13,a,1,50\n2019-01-14,b,-2,05\n",
        "13.01.2019,a,-12,50\n14.01.2019,b,3,00\n",
        "Date,Amount,Text\n2019-01-13,1,50,a\n2019-01-14,-2,05,b\n",
    ],
)
def test_decimal_commas_that_also_delimit_are_refused(text: str):
    with pytest.raises(Unreadable) as error:
        read(text)
    assert "comma that also separates" in error.value.detail


def test_suppliers_may_be_numbered_where_the_column_is_called_their_name():
    parsed = read(
        "Payment Date,Amount,Beneficiary Name,Unit\n2019-01-13,1.00,200227,Parks\n2019-01-14,2.00,204247,Streets\n"
    )
    assert [(entry.payee, entry.purpose) for entry in entries(parsed)] == [("200227", "Parks"), ("204247", "Streets")]


def test_a_column_that_is_called_payee_may_hold_letters():
    parsed = read("Date,Payee,Amount\n2026-01-02,A,5.00\n2026-01-03,Corner shop,-10.00\n2026-01-04,B2,-1.00\n")
    assert [entry.payee for entry in entries(parsed)] == ["A", "Corner shop", "B2"]
