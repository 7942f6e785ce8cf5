"""Which way the money went, and the balances that prove it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from data.imports.csv_reader import parse
from data.imports.statement import Balance, Options, ParsedFile


def read(text: str, mapping: dict[str, Any] | None = None, currency: str = "EUR") -> ParsedFile:
    return parse(text.encode(), Options(currency, date(2026, 11, 23), mapping))


def amounts(parsed: ParsedFile) -> list[int]:
    return [entry.amount for statement in parsed.statements for entry in statement.entries]


def test_a_running_balance_proves_that_positive_is_spending():
    text = "Date,Text,Amount,Balance\n2019-01-13,a,10.00,90.00\n2019-01-14,b,-50.00,140.00\n2019-01-15,c,5.00,135.00\n"
    parsed = read(text)
    assert amounts(parsed) == [-1000, 5000, -500]
    assert parsed.warnings == []
    assert parsed.statements[0].opening == Balance(date(2019, 1, 13), 10000)
    assert parsed.statements[0].closing == Balance(date(2019, 1, 15), 13500)


def test_a_running_balance_picks_the_amount_that_moves_it():
    text = (
        "Date,Text,Gross,Fee,Net,Balance\n2019-01-13,a,10.00,-0.50,9.50,9.50\n"
        "2019-01-14,b,20.00,-0.70,19.30,28.80\n2019-01-15,c,-5.00,0.00,-5.00,23.80\n"
    )
    assert amounts(read(text)) == [950, 1930, -500]


def test_a_running_balance_corrects_two_columns_without_names():
    lines = ["2019-01-13,a,,10.00,110.00", "2019-01-14,b,,20.00,130.00", "2019-01-15,c,5.00,,125.00"]
    parsed = read("\n".join(lines))
    assert amounts(parsed) == [1000, 2000, -500]
    assert parsed.warnings == []


def test_two_columns_without_names_or_balance_are_a_guess_that_is_told():
    parsed = read("2019-01-13,a,,10.00\n2019-01-14,b,,20.00\n2019-01-15,c,5.00,\n")
    assert amounts(parsed) == [-1000, -2000, 500]
    assert any("columns" in warning for warning in parsed.warnings)


def test_the_balance_of_a_debt_rises_with_spending():
    lines = ["13,a,10.00,,110.00", "14,b,,50.00,60.00", "15,c,1.00,,61.00"]
    parsed = read("Date,Description,Debit,Credit,Balance\n" + "\n".join(f"2019-01-{line}" for line in lines))
    assert amounts(parsed) == [-1000, 5000, -100]
    assert parsed.statements[0].closing == Balance(date(2019, 1, 15), -6100)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("D C D", [-1, 2, -3]),
        ("DBIT CRDT DBIT", [-1, 2, -3]),
        ("Af Bij Af", [-1, 2, -3]),
        ("S H S", [-1, 2, -3]),
        ("D K D", [-1, 2, -3]),
        ("debit credit debit", [-1, 2, -3]),
        ("VYDAJ PRIJEM VYBER", [-1, 2, -3]),
        ("VÝDAJ PŘÍJEM VÝBĚR", [-1, 2, -3]),
        ("O I O", [-1, 2, -3]),
        ("outflow inflow outflow", [-1, 2, -3]),
        ("- + -", [-1, 2, -3]),
        ("OUT IN OUT", [-1, 2, -3]),
    ],
)
def test_directions(words: str, expected: list[int]):
    lines = [f"2019-01-1{day},shop,{day}.00,{word}" for day, word in enumerate(words.split(), 1)]
    parsed = read("Date,Text,Amount,Way\n" + "\n".join(lines))
    assert amounts(parsed) == [100 * amount for amount in expected]
    assert (parsed.mapping or {})["columns"]["direction"] == "Way"


def test_a_direction_beside_signed_amounts_changes_nothing():
    assert amounts(read("Date,Text,Amount,Type\n2019-01-13,a,-1.00,debit\n2019-01-14,b,2.00,credit\n")) == [-100, 200]


def test_a_reversed_debit_comes_back():
    lines = [f"2019-01-{day},shop,{day}.00,debit" for day in range(10, 29)] + ["2019-01-30,pay,5.00,credit"]
    parsed = read("Date,Text,Amount,Type\n" + "\n".join(lines) + "\n2019-01-31,back,-4.00,debit\n")
    assert amounts(parsed)[-2:] == [500, 400]


def test_an_unknown_direction_is_an_error_of_its_line():
    lines = [f"2019-01-{day},shop,{day}.00,{'O' if day % 3 else 'I'}" for day in range(10, 31)]
    parsed = read("\n".join([*lines, "2019-01-31,shop,5.00,EUR"]))
    assert [error.line for error in parsed.errors] == [22]
    assert "'EUR'" in parsed.errors[0].message


def test_a_direction_first_met_after_the_sample_is_known():
    lines = [f"2019-01-13,shop,1.00,{'PRIJEM' if line % 2 else 'VYDAJ'}" for line in range(3000)]
    lines[2500] = "2019-01-14,cash,7.00,VYBER"
    parsed = read("date,text,amount,type\n" + "\n".join(lines))
    assert amounts(parsed)[2500] == -700
    assert (parsed.mapping or {})["outflow_values"] == ["VYBER", "VYDAJ"]


def test_a_debit_column_may_hold_negative_amounts():
    text = "Date;Text;Belastung;Gutschrift\n2023-01-20;a;-50.00;\n2023-01-13;b;;500.00\n2023-01-14;c;-7.00;\n"
    assert amounts(read(text)) == [-5000, 50000, -700]


def test_a_register_of_payments_is_money_out_and_says_so():
    lines = ["13,10.00,a", "14,5.00,b", "14,-1.00,c", "15,1.00,d", "15,1.00,e"]
    text = "Payment Date,Amount,Supplier Name\n" + "\n".join(f"2019-01-{line}" for line in lines)
    parsed = read(text)
    assert amounts(parsed) == [-1000, -500, 100, -100, -100]
    assert '{"invert": false}' in parsed.warnings[0]
    assert amounts(read(text, {"invert": False})) == [1000, 500, -100, 100, 100]
    assert read(text, {"invert": False}).warnings == []


def test_positive_amounts_without_any_hint_are_money_in_and_say_so():
    parsed = read("Date,Amount,Description\n2019-01-13,10.00,a\n2019-01-14,5.00,b\n")
    assert amounts(parsed) == [1000, 500]
    assert '{"invert": true}' in parsed.warnings[0]


def test_receipts_are_money_in():
    assert amounts(read("created,amount,customer,order id\n2019-01-13,10.00,a,1\n2019-01-14,5.00,b,2\n")) == [1000, 500]


def test_a_card_statement_shows_spending_as_positive():
    lines = ["14,FOODS,X,45.10", "13,AUTOPAY PAYMENT - THANK YOU,X,-500.00", "12,OIL,X,30.00", "11,UBER,X,12.25"]
    parsed = read("Date,Description,Card Member,Amount\n" + "\n".join(f"2020-01-{line}" for line in lines))
    assert amounts(parsed) == [-4510, 50000, -3000, -1225]
    assert '{"invert": false}' in parsed.warnings[0]


def test_a_card_statement_with_signs_the_usual_way_stays():
    lines = ["14,FOODS,1,-45.10", "13,PAYMENT - THANK YOU,1,500.00", "12,OIL,1,-30.00"]
    text = "Date,Description,Card No,Amount\n" + "\n".join(f"2020-01-{line}" for line in lines)
    assert amounts(read(text)) == [-4510, 50000, -3000]


@pytest.mark.parametrize(
    "lines",
    [
        ["13,a,10.00,110.00", "14,b,-5.00,105.00", "14,c,-1.00,104.00"],  # oldest first
        ["14,c,-1.00,104.00", "14,b,-5.00,105.00", "13,a,10.00,110.00"],  # newest first
        ["14,b,-5.00,105.00", "14,c,-1.00,104.00", "13,a,10.00,110.00"],  # days backwards, lines of a day forwards
        ["13,a,10.00,", "14,b,-5.00,105.00", "14,c,-1.00,104.00"],  # not on every line
        ["13,a,10.00,110.00", "14,b,-5.00,", "14,c,-1.00,104.00"],
    ],
)
def test_opening_and_closing_follow_from_a_consistent_balance(lines: list[str]):
    parsed = read("Date,Text,Amount,Balance\n" + "\n".join(f"2019-01-{line}" for line in lines))
    assert parsed.statements[0].opening == Balance(date(2019, 1, 13), 10000)
    assert parsed.statements[0].closing == Balance(date(2019, 1, 14), 10400)


def test_a_balance_that_does_not_follow_is_not_used():
    parsed = read(
        "Date,Text,Amount,Balance\n2019-01-13,a,10.00,110.00\n2019-01-14,b,-5.00,99.00\n2019-01-15,c,1.00,7.00\n"
    )
    assert (parsed.statements[0].opening, parsed.statements[0].closing) == (None, None)
    assert any("balance column does not follow" in warning for warning in parsed.warnings)


def test_each_account_has_its_own_balances():
    lines = ["13,A1000,10.00,110.00", "13,B2000,1.00,1.00", "14,A1000,-5.00,105.00", "15,B2000,2.00,3.00"]
    parsed = read("Date,Account,Amount,Balance\n" + "\n".join(f"2019-01-{line}" for line in lines))
    assert [(s.account, s.opening and s.opening.amount, s.closing and s.closing.amount) for s in parsed.statements] == [
        ("A1000", 10000, 10500),
        ("B2000", 0, 300),
    ]


def test_what_the_mapping_says_of_the_sign_also_turns_the_balance_of_a_debt():
    text = "Date,Text,Amount,Balance\n2019-01-13,a,10.00,110.00\n2019-01-14,b,-5.00,105.00\n2019-01-15,c,1.00,106.00\n"
    parsed = read(text, {"invert": True})
    assert amounts(parsed) == [-1000, 500, -100]
    assert parsed.statements[0].closing == Balance(date(2019, 1, 15), -10600)
