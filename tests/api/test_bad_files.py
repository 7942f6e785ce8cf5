"""Bad files through `POST /financial/imports`: an answer soon, that says what and where, and nothing half-imported."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.test_dashboard import assert_problem
from tests.api.test_imports import CSV, OFX
from tests.conftest import Caller
from tests.hanging import no_hang
from tests.imports.test_ofx_qif_mt940_camt_fuzz import SAMPLES
from tests.imports.test_packed import packed, read
from tests.imports.test_xlsx import BOMB, GOOD, SHEET, bombed, deep, rewritten

CAMT = list(SAMPLES.values())[3]
QIF, MT940 = list(SAMPLES.values())[1:3]
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "haha">' + b"".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(9)
)
LAUGHS += b"]>"
OFX2 = b'<?xml version="1.0"?><?OFX VERSION="211"?>' + LAUGHS + OFX[OFX.index(b"<OFX>") :]
HUGE = 100_000_000


def send(caller: Caller, data: bytes | str, name: str = "statement.csv", **fields: str) -> Any:
    """The file as a multipart body made in memory: the test client's own would leave a temporary file open."""
    content = data.encode() if isinstance(data, str) else data
    head = 'Content-Disposition: form-data; name="'
    parts = [f'--x\r\n{head}{field}"\r\n\r\n{value}\r\n' for field, value in fields.items()]
    before = "".join([*parts, f'--x\r\n{head}file"; filename="{name}"\r\n\r\n']).encode()
    body = b"".join([before, content, b"\r\n--x--\r\n"])
    return caller("POST", "/financial/imports", data=body, content_type="multipart/form-data; boundary=x")


def table(*lines: str) -> str:
    return "Date,Payee,Amount\n2026-01-05,Shop,-1.00\n2026-01-06,Shop,-2.00\n" + "".join(f"{line}\n" for line in lines)


# name: (file, its name, what the answer says)
REFUSED: dict[str, tuple[Callable[[], bytes] | bytes, str, str]] = {
    "nothing": (b"", "a.csv", "empty"),
    "blanks": (b" \r\n\t\n" * 100, "a.csv", "empty"),
    "a byte order mark": (b"\xef\xbb\xbf", "a.csv", "empty|no lines"),
    "a wide byte order mark": (b"\xff\xfe", "a.csv", "empty|no lines"),
    "zeros": (b"\0" * 5000, "a.csv", "binary"),
    "a web page": (b"<!DOCTYPE html><html><body>Session expired", "a.csv", "HTML"),
    "a web page as ofx": (b"<html><head><title>502</title></head></html>", "a.ofx", "HTML"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "a.ofx", "PDF"),
    "a PDF that claims to be csv": (b"%PDF-1.7\n2026-01-05,x,1.00\n", "a.csv", "PDF"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a.csv", "picture"),
    "JSON": (b'{"transactions": [{"date": "2026-01-05", "amount": 1}]}', "a.csv", "JSON"),
    "a list in JSON": (b'[{"date": "2026-01-05", "amount": "1.00"}]', "a.qif", "JSON"),
    "other XML": (b'<?xml version="1.0"?><rss><channel/></rss>', "a.xml", "XML"),
    "one column": (b"Amount\n1.00\n2.00\n3.00\n", "a.csv", "date|day"),
    "no day": (b"Name,Amount\nShop,1.00\nOther,2.00\n", "a.csv", "date|day"),
    "no amount": (b"Date,Name\n2026-01-05,Shop\n2026-01-06,Other\n", "a.csv", "amount"),
    "a header alone": (b"Date,Payee,Amount\n", "a.csv", "header|line"),
    "words": (b"dear bank\nplease send my statement\n", "a.csv", "line|date"),
    "an OFX file cut off": (OFX[:-200], "a.ofx", "ends in the middle"),
    "a CAMT file cut off": (CAMT[:-100], "a.xml", "broken"),
    "a QIF file without bookings": (b"!Type:Cat\nNFood\n^\n", "a.qif", "lists"),
    "laughs in CAMT": (CAMT.replace(b"?>", b"?>" + LAUGHS, 1).replace(b">u<", b">&j;<"), "a.xml", "entities"),
    "laughs in OFX 2": (OFX2, "a.ofx", "entities"),
    "laughs in a workbook": (lambda: bombed("worksheet", SHEET), "a.xlsx", "entities"),
    "deep CAMT": (CAMT.replace(b"<Ntry>", b"<Ntry>" + b"<a>" * 100_000), "a.xml", "nested"),
    "deep OFX": (OFX.replace(b"<STMTTRN>", b"<STMTTRN>" + b"<A>" * 100_000), "a.ofx", "nested"),
    "a deep workbook": (lambda: stuffed(deep(50_000)), "a.xlsx", "nested"),
    "a bomb of zeros": (lambda: packed([("a.csv", b"0" * HUGE)]), "a.zip", "times its size"),
    "a gzip bomb": (lambda: gzip.compress(b" " * 3 * HUGE), "a.csv.gz", "more than 256 MiB"),
    "a workbook that is a bomb": (lambda: stuffed(" " * HUGE), "a.xlsx", "times its size"),
    "a workbook cut off": (GOOD[:-100], "a.xlsx", "cut off"),
    "half a workbook named csv": (GOOD[: len(GOOD) // 2], "a.csv", "cut off"),
    "an old Excel file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096, "a.xls", r"\.xls"),
    "a locked Excel file": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 9, "a.xlsx", "password",
    ),
    "one line of 100 MB": (lambda: b"2026-01-05," + b"x" * HUGE, "a.csv", "longer than"),
    "one quoted line of 100 MB": (lambda: b'2026-01-05,"' + b"x" * HUGE, "a.csv", "longer than"),
    "one line of 100 MB of commas": (lambda: b"2026-01-05" + b"," * HUGE, "a.csv", "longer than"),
    "one tag of 100 MB": (lambda: b"<OFX>" + b"x" * HUGE, "a.ofx", "no statement|ends"),
    "one text of 100 MB in CAMT": (lambda: CAMT[:-20].replace(b">u<", b">" + b"u" * HUGE + b"<"), "a.xml", "broken"),
    "lines that all fail": (b"Date,Amount\n2026-02-30,1.00\n2026-02-31,2.00\n", "a.csv", "date"),
}  # fmt: skip


def stuffed(inside: str) -> bytes:
    """A workbook with something in front of its rows."""
    return rewritten(GOOD, lambda text: text.replace("<sheetData>", "<sheetData>" + inside))


def build(data: Callable[[], bytes] | bytes) -> bytes:
    return data if isinstance(data, bytes) else data()


@pytest.mark.parametrize("large", [False, True])
def test_it_is_refused_soon_and_says_why(alice: Caller, large: bool) -> None:
    for name, (data, filename, why) in REFUSED.items():
        if callable(data) is not large:
            continue
        content = build(data)
        for dry_run in ("false",) if large else ("true", "false"):
            with no_hang():
                answer = send(alice, content, filename, create_accounts="true", dry_run=dry_run)
            problem = assert_problem(answer, 422)
            assert problem["code"] == "unreadable_statement", name
            assert_matches(problem["detail"], why)
    nothing_happened(alice)


def assert_matches(text: str, why: str) -> None:
    assert any(part.lower() in text.lower().replace("\\", "") for part in why.replace("\\", "").split("|")), text


def nothing_happened(caller: Caller) -> None:
    assert caller.get("/tenant/info").get_json()["version"] == 0
    assert caller.get("/financial/imports").get_json()["data"] == []
    assert caller.get("/financial/accounts").get_json()["data"] == []
    assert caller.get("/financial/transactions").get_json()["data"] == []


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("2026-02-30,Shop,-3.00", "2026-02-30"),
        ("2026-13-01,Shop,-3.00", "2026-13-01"),
        ("2026-01-07,Shop,NaN", "NaN"),
        ("2026-01-07,Shop,Infinity", "Infinity"),
        ("2026-01-07,Shop,1E5", "1E5"),
        ("2026-01-07,Shop,0x1F", "0x1F"),
        ("2026-01-07,Shop,1.2.3", "1.2.3"),
        ("2026-01-07,Shop,--3.00", "--3.00"),
        ("2026-01-07,Shop,1.234", "decimals"),
        ("2026-01-07,Shop,99999999999999999999.00", "too large"),
        ("2026-01-07,Shop,-3.00,4.00", "values"),
    ],
)
def test_a_line_that_cannot_be_right_is_named_and_costs_only_itself(line: str, word: str) -> None:
    parsed = read(table(line, "2026-01-08,Shop,-4.00").encode())
    (error,) = parsed.errors
    assert error.line == 4
    assert word in error.message
    assert [entry.amount for entry in parsed.statements[0].entries] == [-100, -200, -400]


@pytest.mark.parametrize(
    ("written", "minor"),
    [("1.234,56-", -123456), ("(12,00)", -1200), ("+7,00", 700), ("- 8,10 €", -810), ("1 234,5", 123450)],
)
def test_amounts_that_look_odd_and_are_clear(written: str, minor: int) -> None:
    parsed = read(
        f"Date;Payee;Amount\n05.01.2026;Shop;-1,00\n06.01.2026;Shop;-2,00\n17.01.2026;Odd;{written}\n".encode()
    )
    assert (parsed.errors, parsed.statements[0].entries[2].amount) == ([], minor)


def test_lines_that_fail_do_not_hold_back_the_others(alice: Caller) -> None:
    text = table("2026-02-30,Shop,-3.00", "2026-01-07,Shop,NaN", "2026-01-08,Shop,-4.00")
    body = send(alice, text, create_accounts="true").get_json()
    assert (body["counts"]["new"], body["counts"]["failed"]) == (3, 2)
    assert [error["line"] for error in body["errors"]] == [4, 5]
    rows = alice.get("/financial/transactions?sort=amount").get_json()["data"]
    assert [row["amount"] for row in rows] == ["-4.00", "-2.00", "-1.00"]


def test_letters_of_two_encodings_do_not_stop_a_file(alice: Caller) -> None:
    lines = [
        b"Date,Payee,Amount",
        "2026-01-05,Caf\u00e9,-1.00".encode(),
        "2026-01-06,Caf\u00e9,-2.00".encode("latin-1"),
    ]
    body = send(alice, b"\n".join(lines) + b"\n", create_accounts="true").get_json()
    assert (body["counts"]["new"], body["counts"]["failed"]) == (2, 0)
    assert all(entry["payee"].startswith("Caf") for entry in body["preview"])


def test_wrong_extensions_do_not_matter(alice: Caller) -> None:
    for content, name, format_ in (
        (OFX, "a.csv", "ofx"), (QIF, "a.ofx", "qif"), (MT940, "a.csv", "mt940"), (CAMT, "a.sta", "camt.053"),
        (GOOD, "a.csv", "xlsx"), (CSV.encode(), "a.xlsx", "csv"), (packed([("a", CAMT)]), "a.csv", "camt.053"),
    ):  # fmt: skip
        body = send(alice, content, name, create_accounts="true", dry_run="true").get_json()
        assert body["format"] == format_, name
    nothing_happened(alice)


def test_a_format_that_the_file_is_not_in_is_refused(alice: Caller) -> None:
    for content, format_ in ((CSV.encode(), "ofx"), (OFX, "csv"), (OFX, "xlsx"), (CAMT, "mt940"), (GOOD, "csv")):
        problem = assert_problem(send(alice, content, "a.bin", create_accounts="true", format=format_), 422)
        assert problem["detail"], format_
    nothing_happened(alice)


def wide(columns: int) -> bytes:
    names = ",".join(["Date", "Amount", *(f"c{number}" for number in range(columns))])
    rows = [",".join([f"2026-01-{day:02}", f"-{day}.00", *("x" * columns)]) for day in range(1, 11)]
    return "\n".join([names, *rows]).encode()


def test_ten_thousand_columns(alice: Caller) -> None:
    with no_hang():
        answer = send(alice, wide(10_000), create_accounts="true", dry_run="true")
    assert answer.status_code == 200
    assert answer.get_json()["counts"]["new"] == 10
    nothing_happened(alice)


def test_a_bad_file_among_good_ones_in_an_archive_lands_nothing(alice: Caller) -> None:
    files = [("june.csv", CSV.encode()), ("july.ofx", OFX[:-150])]
    problem = assert_problem(send(alice, packed(files), "bank.zip", create_accounts="true"), 422)
    assert "july.ofx in the archive" in problem["detail"]
    nothing_happened(alice)


def test_an_archive_lands_as_one_import(alice: Caller) -> None:
    files = [("june.csv", CSV.encode()), ("june.ofx", OFX)]
    body = send(alice, packed(files), "bank.zip", create_accounts="true").get_json()
    assert (body["format"], body["counts"]["new"]) == ("zip", 6)
    assert [account["name"] for account in body["accounts"]] == ["bank", "DE77"]
    again = send(alice, packed(files), "bank.zip").get_json()
    assert (again["counts"]["new"], again["counts"]["duplicate"]) == (0, 6)
    assert len(alice.get("/financial/imports").get_json()["data"]) == 2


def test_a_workbook_lands_and_adds_nothing_the_second_time(alice: Caller) -> None:
    body = send(alice, GOOD, "umsaetze.xlsx", create_accounts="true").get_json()
    assert (body["format"], body["counts"]["new"]) == ("xlsx", 3)
    assert body["balance_check"] == [
        {"account": "umsaetze", "opening": "1000.00", "closing": "2587.56", "sum": "1587.56", "ok": True}
    ]
    assert send(alice, GOOD, "umsaetze.xlsx").get_json()["counts"]["duplicate"] == 3


def test_a_mapping_goes_with_a_workbook_and_with_packed_files(alice: Caller) -> None:
    mapping = '{"invert": true, "columns": {"booked_on": "Buchungstag", "amount": "Betrag", "payee": 1}}'
    body = send(alice, GOOD, "a.xlsx", create_accounts="true", mapping=mapping).get_json()
    assert [entry["amount"] for entry in body["preview"]] == ["12.34", "-2500.00", "900.10"]
    mapping = '{"columns": {"booked_on": "Date", "amount": "Amount", "payee": "Description"}}'
    for content in (packed([("a.csv", CSV.encode())]), gzip.compress(CSV.encode())):
        answer = send(alice, content, "a.bin", create_accounts="true", mapping=mapping)
        assert (answer.status_code, answer.get_json()["counts"]["read"]) == (201, 4)
    assert send(alice, CSV, "b.csv", create_accounts="true").get_json()["counts"]["failed"] == 0


def test_a_member_may_not_reach_another_file_or_the_answer(alice: Caller) -> None:
    """XML of a workbook that asks for a local file is refused, not read."""
    outside = BOMB.replace('"ha"', 'SYSTEM "file:///etc/hostname"')
    data = rewritten(GOOD, lambda text: text.replace("<worksheet", outside + "<worksheet", 1))
    assert zipfile.is_zipfile(io.BytesIO(data))
    problem: dict[str, Any] = assert_problem(send(alice, data, "a.xlsx", create_accounts="true"), 422)
    assert "entities" in problem["detail"]
