"""Bytes to cells: line ends, encodings, quoting as banks do it, and files that are no CSV statement."""

from __future__ import annotations

import random
from datetime import date

import pytest

from data.imports.csv_dialect import find_delimiter, find_encoding, known_encoding
from data.imports.csv_reader import parse, sniff
from data.imports.csv_text import MAX_LINE, records, split
from data.imports.statement import Options, ParsedFile, Unreadable

OPTIONS = Options("EUR", date(2026, 11, 23))
LINE = b"2019-01-02,foo,-1.00\n"


def read(data: bytes) -> ParsedFile:
    return parse(data, OPTIONS)


def cells(text: str, delimiter: str = ",") -> list[tuple[int, list[str]]]:
    return list(records(text.encode(), "utf-8", delimiter))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n", "\n\n\n"])
def test_any_line_end(end: str):
    text = end.join(["Date,Text,Amount", "2019-01-02,foo,-1.00", "2019-01-13,bar,2.00", ""])
    assert [entry.amount for entry in read(text.encode()).statements[0].entries] == [-100, 200]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a,"b,c",d\n', [(1, ["a", "b,c", "d"])]),
        ('a,"b ""c""",d\n', [(1, ["a", 'b "c"', "d"])]),
        ('"UAB "Naktida"",x\n', [(1, ['UAB "Naktida"', "x"])]),  # Swedbank in Lithuania
        ('NL77RABO","EUR","x,y"\n', [(1, ['NL77RABO"', "EUR", "x,y"])]),  # Rabobank forgets the first quote
        ('a, "b,c", d\n', [(1, ["a", "b,c", "d"])]),
        ('"5" pipe, short",x\n', [(1, ['5" pipe, short', "x"])]),
        ('a,"open,b\nc,d,e\n', [(1, ["a", '"open', "b"]), (2, ["c", "d", "e"])]),
        ('a,"open,b\nc,"d",e\n', [(1, ["a", '"open', "b"]), (2, ["c", "d", "e"])]),  # swallows nothing
        ('a,"two\nlines",b\nc,d,e\n', [(1, ["a", "two\nlines", "b"]), (3, ["c", "d", "e"])]),
        ('a,"open\nb,"two\nlines",c\n', [(1, ["a", '"open']), (2, ["b", "two\nlines", "c"])]),
        ('x"y,"abc\nc,d\n', [(1, ['x"y', '"abc']), (2, ["c", "d"])]),
        ("\n\n a ,b\n", [(3, ["a ", "b"])]),
    ],
)
def test_quotes_as_banks_write_them(text: str, expected: list[tuple[int, list[str]]]):
    assert cells(text) == expected


def test_a_quote_that_never_closes_is_a_plain_character():
    assert split('"a;b;"c', ";") == ['"a', "b", '"c']


def test_records_start_at_a_line():
    assert list(records(b"a,b\nc,d\ne,f\n", "utf-8", ",", first=2)) == [(2, ["c", "d"]), (3, ["e", "f"])]


SAMPLES = {
    "lt": 'Data;Gavėjas;Suma\n2012-03-01;UAB "Žalioji upė", už prekes, sąskaita;-10,00\n',
    "lv": "Datums;Saņēmējs;Summa\n2012-03-01;Jānis Bērziņš, Rīga;-10,00\n",
    "pl": "Data;Odbiorca;Kwota\n2012-03-01;Żabka, płatność kartą, Łódź;-10,00\n",
    "cs": "Datum;Příjemce;Částka\n2012-03-01;Český dům, platba kartou Ďáblice;-10,00\n",
    "de": "Buchungstag;Empfänger;Betrag\n01.03.2012;Müller Größe, Überweisung;-10,00\n",
    "fr": "Date;Libellé;Débit\n01/03/2012;Hôtel à Besançon, café crème;10,00\n",
    "da": "Dato;Beløb;Tekst\n01-03-2012;-10,00;Rødgrød på Nørrebro\n",
    "gb": "Date,Amount,Text\n01/03/2012,£10.00,Café\n",
    "eur": "Date,Amount,Text\n01/03/2012,€10.00,Shop’s\n",
    "ru": "Дата;Сумма;Описание\n01.03.2012;-10,00;Магазин\n",
}


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        *((language, encoding) for language in SAMPLES for encoding in ("utf-8", "utf-8-sig", "utf-16")),
        *((language, "utf-16-le") for language in ("de", "pl")),
        *((language, "utf-16-be") for language in ("de", "pl")),
        *(("lt", "cp1257"), ("lv", "cp1257"), ("pl", "cp1250"), ("pl", "iso8859-2"), ("pl", "cp852")),
        *(("cs", "cp1250"), ("cs", "cp852"), ("de", "cp1252"), ("de", "cp850"), ("de", "latin-1"), ("fr", "cp1252")),
        *(
            ("fr", "mac-roman"),
            ("da", "cp1252"),
            ("da", "cp850"),
            ("gb", "cp1252"),
            ("eur", "cp1252"),
            ("ru", "cp1251"),
        ),
    ],
)
def test_the_encoding_is_found(language: str, encoding: str):
    data = SAMPLES[language].encode(encoding)
    found = find_encoding(data)
    assert data.decode(found).removeprefix("\ufeff") == SAMPLES[language]
    assert sniff(data)


def test_a_bank_of_the_country_decides_between_encodings():
    text = "Date,Text,Amount,IBAN\n2012-03-01,Gavėjas,-1.00,LT357300010000000000\n"
    assert find_encoding(text.encode("cp1257")) == "cp1257"
    assert find_encoding(text.replace("LT35", "DE35").encode("cp1257")) == "cp1252"


def test_a_letter_cut_in_two_does_not_make_the_file_latin():
    data = b"Date,Text,Amount\n" + "2019-01-02,Müller Größe Öl,-1.00\n".encode() * 3 + b"2019-01-03,Sch\xc3,-1.00\n"
    parsed = read(data)
    assert parsed.statements[0].entries[0].payee == "Müller Größe Öl"
    assert parsed.statements[0].entries[3].payee == "Sch\ufffd"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str):
    text = delimiter.join(["2019-01-02", '"a,b;c|d\te"', "12.50"]) + "\n"
    assert find_delimiter(text.encode(), "utf-8") == delimiter


def test_a_spreadsheet_may_name_the_delimiter():
    parsed = read(b"sep=;\nDate;Text;Amount\n2019-01-02;foo;-1,00\n")
    assert (parsed.mapping or {})["delimiter"] == ";"
    assert parsed.read == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\r\n\t", "empty"),
        (b"<!DOCTYPE html><html><body>Please log in</body></html>", "web page"),
        (b"%PDF-1.7 2019-01-02,1.00", "PDF"),
        (b"PK\x03\x04xl/worksheets", "ZIP archive or a spreadsheet"),
        (b"\xd0\xcf\x11\xe0" + LINE, "Microsoft Office"),
        (LINE + b"\0" + LINE, "binary data, not a CSV statement (byte 22)"),
        (b"OFXHEADER:100\n" + LINE, "OFX"),
        (b"!Type:Bank\nD2019-01-02\n^\n", "QIF"),
        (b":20:START\n:25:123\n", "MT940"),
        (b'<?xml version="1.0"?><Document/>', "XML"),
        (b'[{"date": "2019-01-02", "amount": 1.0}]', "JSON"),
        (b"Date,Text\n2019-01-02,foo\n", "no column of amounts"),
        (b"Text,Amount\nfoo,1.00\n", "no column of dates"),
        (b"just a letter\nto a friend\n", "no column of dates and none of amounts"),
        (b"Date,Amount\n", "header"),
        (b"Date,Text,Amount\n2019-02-30,x,1.00\n2019-02-31,y,2.00\n", "no dates that can be read"),
        (b"a" * (MAX_LINE + 1), "Line 1 is longer"),
        (LINE * 3 + b"," * (MAX_LINE + 1), "Line 4 is longer"),
    ],
)
def test_what_is_no_statement_says_why(data: bytes, reason: str):
    with pytest.raises(Unreadable) as error:
        read(data)
    assert reason in error.value.detail
    assert (error.value.status, error.value.code) == (422, "unreadable_statement")


@pytest.mark.parametrize("name", ["rot13", "base64", "idna", "punycode", "unicode_escape", "utf-99", "", "../x"])
def test_only_character_tables_are_encodings(name: str):
    with pytest.raises(ValueError, match="unknown encoding"):
        known_encoding(name)


@pytest.mark.parametrize(
    "data",
    [
        b"\n" * 2_000_000,
        b",,,,,,\n" * 200_000,
        b'"a\n' * 200_000,
        LINE + b'2019-01-03,"open,-1.00\n' * 20_000,
        (b"1," * 60_000 + b"\n") * 4,
        (b"2019-01-02,1" + b" " * 60_000 + b"x,-1.00\n") * 20,
        bytes(random.Random(2).choices(b'0123456789,;.\n"-/ abcE', k=300_000)),
        random.Random(1).randbytes(300_000),
    ],
    ids=["blank", "commas", "quotes", "open", "wide", "spaces", "digits", "random"],
)
def test_hostile_files_end_in_a_result_or_a_reason(data: bytes):
    """A reader that is not linear would not come back here within the time of a test run."""
    reason = ""
    try:
        parsed = read(data)
    except Unreadable as error:
        reason = error.detail
    assert reason or parsed.read == sum(len(s.entries) for s in parsed.statements) + len(parsed.errors)


def test_letters_of_two_encodings_are_told_and_clear_ones_are_not():
    head = "Datum;Name;Betrag\n01.01.2024;{};-1,00\n02.01.2024;Bob;2,00\n"
    options = Options("EUR", date(2026, 11, 23))
    # 0xE6 is æ in Denmark and ć in Poland; ł is nothing in the west.
    doubtful = parse(head.format("B\u00e6rum").encode("cp1252"), options)
    assert [warning[:29] for warning in doubtful.warnings] == ["The encoding is not certain: "]
    for name, encoding in (("Müller Straße", "cp1252"), ("Wałęsa Żółć", "cp1250"), ("Bærum", "utf-8")):
        parsed = parse(head.format(name).encode(encoding), options)
        assert (parsed.warnings, parsed.statements[0].entries[0].payee) == ([], name)


def test_a_mark_that_may_be_of_thousands_or_decimals_is_told():
    text = "Date;Name;Amount\n01.01.2024;A;-1,234\n20.01.2024;B;2,500\n"
    parsed = parse(text.encode(), Options("EUR", date(2026, 11, 23)))
    assert [entry.amount for entry in parsed.statements[0].entries] == [-123400, 250000]
    assert [w for w in parsed.warnings if '{"decimal": ","}' in w and "thousands mark" in w]
    yen = parse(text.encode(), Options("JPY", date(2026, 11, 23)))
    assert not any("decimal" in warning for warning in yen.warnings)
    told = parse(text.encode(), Options("EUR", date(2026, 11, 23), {"decimal": ".", "thousands": ","}))
    assert not any("decimal" in warning for warning in told.warnings)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<html><body><table><tr><td>Date</td></tr></table></body></html>", "save it as .xlsx or CSV"),
        ('<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook/>', "Excel 2003 XML"),
    ],
)
def test_tables_that_only_a_spreadsheet_program_reads_name_the_way_out(text: str, reason: str):
    with pytest.raises(Unreadable, match=reason):
        parse(text.encode(), Options("EUR", date(2026, 11, 23)))
