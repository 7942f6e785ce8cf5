"""The CSV mapping of the API: what it may say, what is wrong with it, and that it is obeyed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.errors import Invalid
from data.imports.csv_mapping import CsvMapping, parse_mapping
from data.imports.csv_reader import open_csv, parse
from data.imports.statement import Entry, LineError, Options, ParsedFile

TEXT = """Bank export

When;Who;How much;Left;Cur;Way
01/02/2019;Shop;1.234,50;99;EUR;out
02/02/2019;Work;2,00;101;USD;in
"""


def read(text: str, mapping: dict[str, Any] | None = None, **options: Any) -> ParsedFile:
    return parse(text.encode(), Options("EUR", date(2026, 11, 23), mapping, **options))


def entries(parsed: ParsedFile) -> list[Entry]:
    return [entry for statement in parsed.statements for entry in statement.entries]


@pytest.mark.parametrize(
    ("mapping", "field"),
    [
        ({"colums": {}}, "mapping.colums"),
        ({"columns": {"booked_on": 0, "amount": 1, "total": 2}}, "mapping.columns.total"),
        ({"columns": {"amount": 1}}, "mapping.columns.booked_on"),
        ({"columns": {"booked_on": 0}}, "mapping.columns.amount"),
        ({"columns": {"booked_on": 0, "amount": 1, "debit": 2}}, "mapping.columns.amount"),
        ({"columns": {"booked_on": 0, "debit": 1, "direction": 2}}, "mapping.columns.direction"),
        ({"columns": {"booked_on": -1, "amount": 1}}, "mapping.columns.booked_on"),
        ({"columns": {"booked_on": True, "amount": 1}}, "mapping.columns.booked_on"),
        ({"columns": {"booked_on": 0, "amount": 1, "purpose": [1.5]}}, "mapping.columns.purpose.0"),
        ({"columns": []}, "mapping.columns"),
        ({"delimiter": "ab"}, "mapping.delimiter"),
        ({"delimiter": '"'}, "mapping.delimiter"),
        ({"encoding": "rot13"}, "mapping.encoding"),
        ({"skip_lines": -1}, "mapping.skip_lines"),
        ({"skip_lines": "2"}, "mapping.skip_lines"),
        ({"decimal": ";"}, "mapping.decimal"),
        ({"thousands": "x"}, "mapping.thousands"),
        ({"decimal": ",", "thousands": ","}, "mapping.thousands"),
        ({"date_format": "%d.%m"}, "mapping.date_format"),
        ({"date_format": "%Q"}, "mapping.date_format"),
        ({"currency": "EURO"}, "mapping.currency"),
        ({"currency": "XYZ"}, "mapping.currency"),
        ({"invert": "yes"}, "mapping.invert"),
        ({"outflow_values": "D"}, "mapping.outflow_values"),
    ],
)
def test_what_is_wrong_with_a_mapping_is_named(mapping: dict[str, Any], field: str):
    with pytest.raises(Invalid) as error:
        parse_mapping(mapping)
    assert [item.field for item in error.value.errors] == [field]
    assert error.value.status == 422


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"booked_on": "When", "amount": "Howmuch"}, "there is no column 'Howmuch'; the file has 'When', 'Who'"),
        ({"booked_on": "When", "amount": 9}, "there is no column 9: the file has 6 columns"),
    ],
)
def test_a_column_that_the_file_does_not_have_is_named(columns: dict[str, Any], reason: str):
    with pytest.raises(Invalid) as error:
        read(TEXT, {"columns": columns})
    assert error.value.errors[0].field == "mapping.columns"
    assert reason in error.value.detail


def test_columns_by_header_whatever_its_case():
    parsed = read(TEXT, {"columns": {"booked_on": "WHEN", "amount": "how much", "payee": "Who"}})
    assert [(e.booked_on.isoformat(), e.amount, e.payee, e.balance, e.currency) for e in entries(parsed)] == [
        ("2019-02-01", 123450, "Shop", None, "EUR"),
        ("2019-02-02", 200, "Work", None, "EUR"),
    ]


def test_columns_by_number_with_a_header_above():
    columns = {"booked_on": 0, "amount": 2, "payee": 1, "currency": 4, "direction": 5}
    parsed = read(TEXT, {"skip_lines": 2, "columns": columns, "outflow_values": ["out"]})
    assert [(e.amount, e.currency) for e in entries(parsed)] == [(-123450, "EUR"), (200, "USD")]
    assert [s.account for s in parsed.statements] == [None, "/USD"]


def test_columns_that_are_given_are_complete():
    plain = read(TEXT, {"columns": {"booked_on": "When", "amount": "How much"}})
    assert {(e.payee, e.purpose, e.balance) for e in entries(plain)} == {(None, None, None)}


def test_a_direction_needs_to_know_what_means_out():
    text = "When;What;How much\n01/02/2019;apples;5,00\n13/02/2019;pears;2,00\n"
    columns = {"booked_on": "When", "amount": "How much", "direction": "What"}
    with pytest.raises(Invalid) as error:
        read(text, {"columns": columns})
    assert error.value.errors[0].field == "mapping.outflow_values"
    assert [e.amount for e in entries(read(text, {"columns": columns, "outflow_values": ["apples"]}))] == [-500, 200]


def test_a_mapping_overrules_what_the_file_seems_to_say():
    text = "Date,Text,Amount\n01/02/2019,a,1.50\n02/02/2019,b,-2.50\n"
    assert [(e.booked_on.isoformat(), e.amount) for e in entries(read(text, {"date_format": "%m/%d/%Y"}))] == [
        ("2019-01-02", 150),
        ("2019-02-02", -250),
    ]
    assert [e.amount for e in entries(read(text, {"invert": True}))] == [-150, 250]
    assert [e.currency for e in entries(read(text, {"currency": "GBP"}))] == ["GBP", "GBP"]
    assert [e.amount for e in entries(read(text.replace(".50", ".500"), {"decimal": ","}))] == [150000, -250000]


def test_an_ambiguous_order_of_day_and_month_is_told_with_the_way_out():
    parsed = read("Date,Text,Amount\n01/02/2019,a,1.50\n02/02/2019,b,-2.50\n")
    assert '{"date_format": "%m/%d/%Y"}' in parsed.warnings[0]
    assert read("Date,Text,Amount\n01/02/2019,a,1.50\n", {"date_format": "%d/%m/%Y", "invert": False}).warnings == []


def test_a_value_above_12_after_the_sample_decides_the_order():
    lines = [f"{line % 12 + 1:02d}/{line // 500 + 1:02d}/2019,text,-1.00" for line in range(4000)]
    lines[3000] = "03/25/2019,text,-1.00"
    parsed = read("Date,Text,Amount\n" + "\n".join(lines))
    assert (parsed.mapping or {})["date_format"] == "%m/%d/%Y"
    assert (parsed.errors, parsed.warnings) == ([], [])


def test_a_decimal_mark_first_met_after_the_sample():
    lines = ["2019-01-13;text;-1"] * 4000
    lines[3000] = "2019-01-13;text;-1.234,50"
    parsed = read("Date;Text;Amount\n" + "\n".join(lines))
    assert entries(parsed)[3000].amount == -123450
    assert ((parsed.mapping or {})["decimal"], (parsed.mapping or {})["thousands"]) == (",", ".")


def test_a_stored_mapping_finds_a_header_that_moved():
    mapping = read(TEXT, {"outflow_values": ["out"]}).mapping
    assert mapping is not None
    assert mapping["skip_lines"] == 2
    for text in (TEXT.removeprefix("Bank export\n\n"), "one more line\n\n" + TEXT):
        assert [e.amount for e in entries(read(text, mapping))] == [-123450, 200]


def test_a_stored_mapping_meets_special_letters():
    mapping = read("Date,Text,Amount\n2019-01-13,plain,1.50\n2019-01-13,x,-1.50\n").mapping
    parsed = parse(
        "Date,Text,Amount\n2019-01-13,Käse,-1.50\n".encode("cp1252"), Options("EUR", date(2026, 11, 23), mapping)
    )
    assert entries(parsed)[0].payee == "Käse"
    assert "not utf-8 text" in parsed.warnings[0]


def test_the_mapping_is_plain_data_in_the_shape_of_the_contract():
    mapping = read(TEXT).mapping
    assert mapping is not None
    assert list(mapping) == list(CsvMapping.model_fields)
    assert mapping["columns"]["booked_on"] == "When"
    assert parse_mapping(mapping).model_dump(mode="json") == mapping


def test_a_plan_streams_entries_and_errors_in_the_order_of_the_file():
    text = "Date,Text,Amount\n2019-01-13,a,1.50\n2019-01-32,b,2.00\n2019-01-14,c,x\n2019-01-15,d,-3.00\n"
    plan = open_csv(text.encode(), Options("EUR", date(2026, 11, 23)))
    items = list(plan.entries())
    assert [type(item) for item in items] == [Entry, LineError, LineError, Entry]
    assert [item.line for item in items] == [2, 3, 4, 5]
    assert [item.line for item in plan.entries()] == [2, 3, 4, 5]  # a plan can be read again
