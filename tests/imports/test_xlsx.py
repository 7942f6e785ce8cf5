"""Excel workbooks: what banks put into them, and what is refused."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.datetime import MAC_EPOCH

from core.errors import Invalid
from data.imports.detect import read_statement
from data.imports.statement import Entry, Options, ParsedFile, Unreadable
from tests.hanging import no_hang

OPTIONS = Options("EUR", date(2026, 11, 23))
HEADER = ["Buchungstag", "Empfänger", "Verwendungszweck", "Betrag", "Saldo"]
ROWS = [
    [date(2026, 1, 5), "Rewe", "Einkauf 1", -12.34, 987.66],
    [date(2026, 1, 6), "Lohn", "Januar", 2500, 3487.66],
    [date(2026, 2, 13), "Miete", "Februar", -900.1, 2587.56],
]
SHEET = "xl/worksheets/sheet1.xml"


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def workbook(*sheets: tuple[str, list[list[Any]]], change: Callable[[Workbook], None] | None = None) -> bytes:
    book = Workbook()
    for number, (title, rows) in enumerate(sheets):
        sheet = book.active if not number else book.create_sheet()
        sheet.title = title
        for row in rows:
            sheet.append(row)
    if change:
        change(book)
    return saved(book)


def rewritten(data: bytes, change: Callable[[str], str], member: str = SHEET) -> bytes:
    """The workbook with the text of one member changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info.filename, change(content.decode()).encode() if info.filename == member else content)
    return out.getvalue()


def with_shared_strings(data: bytes) -> bytes:
    """The workbook as Excel writes it: texts in a part of their own, each once."""
    texts: dict[str, int] = {}

    def shared(found: re.Match[str]) -> str:
        at = texts.setdefault(found[2], len(texts))
        return f'<c r="{found[1]}" t="s"><v>{at}</v></c>'

    cell = r'<c r="(\w+)" t="inlineStr"><is><t[^>]*>([^<]*)</t></is></c>'
    changed = rewritten(data, lambda text: re.sub(cell, shared, text))
    items = "".join(f"<si><r><t>{text}</t></r><rPh sb='0' eb='1'><t>x</t></rPh></si>" for text in texts)
    out = io.BytesIO(changed)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/sharedStrings.xml", f"<?xml version='1.0'?><sst count='{len(texts)}'>{items}</sst>")
    return out.getvalue()


def read(data: bytes, mapping: dict[str, Any] | None = None, currency: str = "EUR") -> ParsedFile:
    return read_statement(data, Options(currency, OPTIONS.today, mapping, "statement.csv"))


def entries(parsed: ParsedFile) -> list[Entry]:
    return [entry for statement in parsed.statements for entry in statement.entries]


def bookings(parsed: ParsedFile) -> list[tuple[str, int]]:
    return [(str(entry.booked_on), entry.amount) for entry in entries(parsed)]


EXPECTED = [("2026-01-05", -1234), ("2026-01-06", 250000), ("2026-02-13", -90010)]


def test_a_statement_with_lines_above_it():
    above = [["Kontoauszug"], ["IBAN", "DE89 3704 0044 0532 0130 00"], [], []]
    parsed = read(workbook(("Umsätze", [*above, HEADER, *ROWS, [], ["Ende"]])))
    (statement,) = parsed.statements
    assert (parsed.format, parsed.read, parsed.errors, parsed.warnings) == ("xlsx", 3, [], [])
    assert (statement.account, statement.currency) == ("DE89370400440532013000", "EUR")
    assert bookings(parsed) == EXPECTED
    assert [entry.line for entry in entries(parsed)] == [6, 7, 8]
    assert (entries(parsed)[0].payee, entries(parsed)[0].purpose) == ("Rewe", "Einkauf 1")
    assert statement.opening
    assert statement.closing
    assert (statement.opening.amount, statement.closing.amount) == (100000, 258756)


@pytest.mark.parametrize(
    ("value", "minor"),
    [
        (0.1 + 0.2, 30),  # stored as 0.30000000000000004
        (-19.99, -1999),
        (1e5, 10_000_000),
        (4.35 * 100, 43_500),  # stored as 434.99999999999994
        (-0.07, -7),
        (123_456_789.01, 12_345_678_901),
        (5, 500),
        ("1.234,56-", -123_456),
        ("(12,00)", -1200),
        ("-1.234,56 €", -123_456),
    ],
)
def test_numbers_are_what_the_spreadsheet_shows(value: float | str, minor: int):
    rows = [["05.01.2026", "Shop", "text a", value, None], ["06.01.2026", "Other", "text b", -1.5, None]]
    assert entries(read(workbook(("A", [HEADER, *rows]))))[0].amount == minor


def test_texts_and_numbers_in_one_column():
    rows = [
        ["05.01.2026", "a", "x", "1.234,50", ""],
        ["06.01.2026", "b", "y", -2.345, ""],
        ["07.01.2026", "c", "z", -7, ""],
    ]
    parsed = read(workbook(("A", [HEADER, *rows])))
    assert [entry.amount for entry in entries(parsed)] == [123450, -700]
    assert [(error.line, "more decimals" in error.message) for error in parsed.errors] == [(3, True)]


@pytest.mark.parametrize("value", [date(2026, 3, 4), datetime(2026, 3, 4, 23, 59), "04.03.2026", "2026-03-04", 46085])
def test_days_in_all_their_forms(value: Any):
    rows = [[value, "Shop", "text", -1.5, None], ["2026-03-14" if value == "2026-03-04" else value, "B", "t", -2, None]]
    assert str(entries(read(workbook(("A", [HEADER, *rows]))))[0].booked_on) == "2026-03-04"


def test_days_that_a_spreadsheet_understood_and_days_that_it_left_as_text():
    """Excel turns `01/02/2026` into a day and leaves `13/02/2026` as text, or the other way round."""
    rows = [
        [date(2026, 2, 1), "a", "x", -1.5, None],
        ["13/02/2026", "b", "y", -2, None],
        ["14/02/2026", "b", "y", -2, None],
    ]
    assert [str(e.booked_on) for e in entries(read(workbook(("A", [HEADER, *rows]))))] == [
        "2026-02-01", "2026-02-13", "2026-02-14",
    ]  # fmt: skip


def test_days_counted_from_1904():
    data = workbook(("A", [HEADER, *ROWS]), change=lambda book: setattr(book, "epoch", MAC_EPOCH))
    assert b"date1904" in zipfile.ZipFile(io.BytesIO(data)).read("xl/workbook.xml")
    assert bookings(read(data)) == EXPECTED


@pytest.mark.parametrize(
    ("form", "currency"),
    [
        ("#,##0.00 [$€-407]", "EUR"), ('_("$"* #,##0.00_);_("$"* (#,##0.00)', "USD"), ("[$CHF] #,##0.00", "CHF"),
        ("£#,##0.00", "GBP"), ("#,##0.00", "JPY"),
    ],
)  # fmt: skip
def test_a_currency_in_the_number_format(form: str, currency: str):
    def change(book: Workbook) -> None:
        for row in book.active.iter_rows(min_row=2, min_col=4):
            for cell in row:
                cell.number_format = form

    rows = [[day, name, text, round(amount), round(amount)] for day, name, text, amount, _ in ROWS]
    parsed = read(workbook(("A", [HEADER, *rows]), change=change), currency="JPY")
    assert {entry.currency for entry in entries(parsed)} == {currency}


def test_formulas_with_and_without_their_results():
    data = workbook(("A", [HEADER, *ROWS]))
    kept = rewritten(data, lambda text: text.replace("<v>-12.34</v>", "<f>-10-2.34</f><v>-12.34</v>"))
    assert bookings(read(kept)) == EXPECTED
    lost = rewritten(data, lambda text: text.replace("<v>-12.34</v>", "<f>-10-2.34</f><v></v>"))
    parsed = read(lost)
    assert bookings(parsed) == EXPECTED[1:]
    assert any("1 cells hold formulas" in warning for warning in parsed.warnings)
    with pytest.raises(Unreadable, match="formulas whose results are not in the file"):
        read(rewritten(data, lambda text: re.sub(r"<v>(-?[\d.]+)</v></c>(?=<c r=\"E|</row>)", "<f>1</f></c>", text)))


def test_merged_headers_rich_text_and_wrapped_cells():
    def change(book: Workbook) -> None:
        book.active.merge_cells("A1:E1")

    data = workbook(("A", [["Account statement January\nPage 1"], HEADER, *ROWS]), change=change)
    assert bookings(read(data)) == EXPECTED
    inline = rewritten(
        workbook(("A", [HEADER, *ROWS])),
        lambda text: re.sub(
            r'<c r="B2"[^>]*>.*?</c>',
            '<c r="B2" t="inlineStr"><is><r><t>Re</t></r><r><t>we_x000D_</t></r></is></c>',
            text,
        ),
    )
    assert entries(read(inline))[0].payee == "Rewe"


def test_texts_in_a_part_of_their_own():
    parsed = read(GOOD)
    assert zipfile.ZipFile(io.BytesIO(GOOD)).read("xl/sharedStrings.xml").count(b"<si>") == 11
    assert parsed == read(workbook(("A", [HEADER, *ROWS])))
    lost = read(rewritten(GOOD, lambda text: text.replace("<v>8</v>", "<v>88</v>")))
    assert [entry.purpose for entry in entries(lost)] == ["Einkauf 1", None, "Februar"]


def test_cells_and_rows_without_references():
    bare = rewritten(workbook(("A", [HEADER, *ROWS])), lambda text: re.sub(r' r="[A-Z]*\d+"', "", text))
    assert bookings(read(bare)) == EXPECTED


def test_the_sheet_that_holds_the_bookings_is_found_and_named():
    notes = ("Notes", [["Please read"], ["these notes"]])
    parsed = read(workbook(notes, ("Bookings", [HEADER, *ROWS]), ("Hidden", [HEADER, *ROWS]), change=hide("Hidden")))
    assert bookings(parsed) == EXPECTED
    assert parsed.warnings == [
        "Read the sheet 'Bookings' of the workbook. Left out the sheet 'Hidden': it is hidden. Left out the sheet"
        " 'Notes': it holds no table of bookings."
    ]


def hide(title: str) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        book[title].sheet_state = "hidden"

    return change


def test_a_sheet_a_month_is_one_statement():
    later = [[date(2026, 3, 2), "Shop", "März", -87.56, 2500.0], [date(2026, 3, 3), "Shop", "März", -100, 2400]]
    parsed = read(workbook(("Jan", [HEADER, *ROWS]), ("Mar", [HEADER, *later]), ("Copy", [HEADER, *later])))
    (statement,) = parsed.statements
    assert bookings(parsed) == [*EXPECTED, ("2026-03-02", -8756), ("2026-03-03", -10000)]
    assert statement.opening
    assert statement.closing
    assert (statement.opening.amount, statement.closing.amount) == (100000, 240000)
    assert "Left out the sheet 'Copy': its lines are on another sheet already." in parsed.warnings[0]


def test_a_sheet_of_other_columns_is_told():
    other = [["Date", "Amount"], [date(2026, 1, 5), -1], [date(2026, 1, 9), -2]]
    parsed = read(workbook(("Main", [HEADER, *ROWS]), ("Other", other)))
    assert bookings(parsed) == EXPECTED
    assert "Left out the sheet 'Other': its columns are others" in parsed.warnings[0]


def test_a_mapping_for_csv_serves_and_the_one_that_comes_back_too():
    data = workbook(("A", [HEADER, *ROWS]))
    mapping = {
        "delimiter": ";", "encoding": "windows-1252", "decimal": ",", "thousands": ".", "date_format": "%d.%m.%Y",
        "invert": True, "columns": {"booked_on": "Buchungstag", "amount": 3, "payee": "Verwendungszweck"},
    }  # fmt: skip
    parsed = read(data, mapping)
    assert [entry.amount for entry in entries(parsed)] == [1234, -250000, 90010]
    assert entries(parsed)[0].payee == "Einkauf 1"
    found = read(data)
    assert read(data, found.mapping) == found
    with pytest.raises(Invalid, match="no column 'Nowhere'"):
        read(data, {"columns": {"booked_on": "Nowhere", "amount": 3}})


def test_a_workbook_declares_any_size_and_skips_rows():
    declared = rewritten(
        workbook(("A", [HEADER, *ROWS])),
        lambda text: (
            re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1:XFD1048576"', text)
            .replace('<row r="4"', '<row r="1048576"')
            .replace('r="A4"', 'r="A1048576"')
        ),
    )
    with no_hang():
        assert bookings(read(declared)) == EXPECTED


def deep(count: int) -> str:
    return "<a>" * count + "</a>" * count


def bombed(root: str, member: str) -> bytes:
    """The workbook with entities that grow declared in one of its parts."""
    return rewritten(GOOD, lambda text: re.sub(f"(<{root})", BOMB + r"\1", text, count=1), member)


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
GOOD = with_shared_strings(workbook(("A", [HEADER, *ROWS])))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (GOOD[: len(GOOD) // 2], "damaged or cut off"),
        (GOOD[:-30], "damaged or cut off"),
        (b"PK\x03\x04" + b"\0" * 2000, "damaged or cut off"),
        (workbook(("A", [])), "empty"),
        (workbook(("A", [["just", "words"]])), "no column|no line|no table|line"),
        (workbook(("A", [HEADER])), "header"),
        (workbook(("A", [HEADER, *ROWS]), ("B", []), change=hide("A")), "empty"),
        (bombed("worksheet", SHEET), "document type or entities"),
        (bombed("sst", "xl/sharedStrings.xml"), "document type or entities"),
        (bombed("workbook", "xl/workbook.xml"), "document type or entities"),
        (bombed("styleSheet", "xl/styles.xml"), "document type or entities"),
        (rewritten(GOOD, lambda text: text.replace("<sheetData>", "<sheetData>" + deep(10_000))), "nested more than"),
        (rewritten(GOOD, lambda text: text[:600]), "broken"),
        (rewritten(GOOD, lambda text: text.replace('<row r="3"', '<row r="99999999999"')), "not in order"),
        (rewritten(GOOD, lambda text: text.replace('<row r="3"', '<row r="x"')), "a number where none can be"),
        (rewritten(GOOD, lambda text: text.replace('r="B3"', 'r="A3"')), "not in order"),
        (rewritten(GOOD, lambda text: text.replace("<sheet ", "<none "), "xl/workbook.xml"), "no visible sheet"),
        (rewritten(GOOD, lambda text: text.replace("<sheetData>", "<sheetData>" + " " * 30_000_000)), "times its size"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, r"\.xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "password"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_the_reason(data: bytes, why: str):
    with no_hang(), pytest.raises(Unreadable, match=why):
        read(data)


def test_one_long_text_in_every_cell_does_not_fill_the_memory():
    rows = "".join(f'<row><c t="s"><v>1</v></c><c><v>{number}</v></c></row>' for number in range(20_000))
    grown = rewritten(GOOD, lambda text: text.replace("</sheetData>", rows + "</sheetData>"))
    grown = rewritten(grown, lambda text: text.replace("Empfänger", "x" * 30_000), "xl/sharedStrings.xml")
    with no_hang(), pytest.raises(Unreadable, match="more than 256 MiB of text"):
        read(grown)


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_workbooks_are_read_or_refused(data: st.DataObject):
    """Damage inside of the packed bytes, and inside of the XML that they hold."""
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(GOOD) - 1))
        broken = GOOD[:at] + data.draw(st.binary(max_size=6)) + GOOD[at + data.draw(st.integers(0, 6)) :]
    else:
        member = data.draw(st.sampled_from([SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"]))
        at, new = data.draw(st.integers(0, 3000)), data.draw(st.text('<>/"= rtcvs0129.-eE&;A', max_size=8))
        broken = rewritten(GOOD, lambda text: text[:at] + new + text[at + 3 :], member)
    try:
        parsed = read(broken)
    except Invalid:
        return
    assert all(entry.line >= 1 for entry in entries(parsed))
