"""Exports: what the list shows, whole; nothing in them runs in a spreadsheet."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterator
from datetime import date
from typing import Any

import openpyxl
import pytest

from tests.conftest import Caller
from web.spreadsheets import Cell, csv_chunks, defused, xlsx_file

HOSTILE = ('=HYPERLINK("http://x")', "+49 (0)1", "-SUM(1)", "@SUM(1)", "\t=1", "\r=1", "  =1", "＝1", "|calc")


@pytest.fixture
def books(alice: Caller) -> Caller:
    """Acorn's books with names that would like to be formulas."""
    account = alice.post("/financial/accounts", {"name": '=Giro, "main"\nline'}).get_json()["id"]
    yen = alice.post("/financial/accounts", {"name": "Yen", "currency": "JPY"}).get_json()["id"]
    food = alice.post("/financial/categories", {"name": "@Food"}).get_json()["id"]
    rows: list[dict[str, Any]] = [
        {"amount": "-3.10", "payee": payee, "booked_on": f"2026-06-{day:02}"} for day, payee in enumerate(HOSTILE, 1)
    ]
    rows[0] |= {"splits": [{"amount": "-1.00", "category_id": food, "note": "a", "tags": ["x"]}, {"amount": "-2.10"}]}
    rows[1] |= {"tags": ["Ä", "b"], "category_id": food, "reference": "-4711", "pending": True}
    rows.append({"account_id": yen, "amount": "-500", "booked_on": "2026-06-11", "note": "\ufffd\x01"})
    for row in rows:
        answer = alice.post("/financial/transactions", {"account_id": account, **row})
        assert answer.status_code == 201, answer.get_json()
    return alice


def read_csv(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.get_json()
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True), newline="")))


def test_csv_has_what_the_list_has(books: Caller) -> None:
    answer = books.get("/financial/transactions.csv?sort=booked_on")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="transactions-org_1-2026-06-17.csv"'
    rows = read_csv(answer)
    listed = books.get("/financial/transactions?sort=booked_on").get_json()["data"]
    for name in ("id", "booked_on", "amount", "currency", "account_id", "type"):
        assert [row[name] for row in rows] == [each[name] for each in listed]
    assert [row["payee"].removeprefix("'") for row in rows] == [each["payee"] or "" for each in listed]
    assert rows[0]["splits"] == "'-1.00 @Food (a) #x; -2.10"
    assert (rows[1]["tags"], rows[1]["category"], rows[1]["pending"]) == ("b, Ä", "'@Food", "true")
    assert rows[1]["reference"] == "-4711"
    assert rows[-1]["amount"] == "-500"
    assert not [cell for row in rows for cell in row.values() if cell != defused(cell)]


def test_filters_are_those_of_the_list(books: Caller) -> None:
    assert len(read_csv(books.get("/financial/transactions.csv?min_amount=-4&tag=b"))) == 1
    rows = read_csv(books.get("/financial/transactions.csv?sort=amount&from=2026-06-09"))
    assert [row["amount"] for row in rows] == ["-500", "-3.10"]
    assert read_csv(books.get("/financial/transactions.csv?q=nothing")) == []
    for suffix in ("csv", "xlsx"):
        assert books.get(f"/financial/transactions.{suffix}?limit=5").status_code == 422
        assert books.get(f"/financial/transactions.{suffix}?account_id=999").status_code == 404
    for place in ("transactions.csv", "transactions.xlsx", "transactions", "transactions/totals"):
        assert books.get(f"/financial/{place}?import_id=999").status_code == 404


def test_xlsx_holds_numbers_days_and_texts(books: Caller) -> None:
    answer = books.get("/financial/transactions.xlsx?sort=booked_on")
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data()))["Transactions"]
    answer.close()
    head, *lines = sheet.iter_rows()
    names = [cell.value for cell in head]
    rows = [dict(zip(names, line, strict=True)) for line in lines]
    assert [row["payee"].value for row in rows[:3]] == [f"'{payee}" for payee in HOSTILE[:3]]
    assert {cell.data_type for row in rows for cell in row.values()} <= {"s", "n", "b", "d"}
    assert (rows[0]["amount"].value, rows[0]["amount"].number_format) == (-3.1, "0.00")
    assert (rows[-1]["amount"].value, rows[-1]["amount"].number_format) == (-500, "0")
    assert rows[0]["booked_on"].value.date() == date(2026, 6, 1)
    assert (rows[1]["pending"].value, rows[-1]["note"].value) == (True, "\ufffd")


def test_a_viewer_may_export_and_a_stranger_sees_nothing(books: Caller, sign_in: Any, charlie: Caller) -> None:
    assert len(read_csv(sign_in("vera@acorn.test", "org_1").get("/financial/transactions.csv"))) == len(HOSTILE) + 1
    assert read_csv(charlie.get("/financial/transactions.csv")) == []


def test_what_is_dropped_half_way_gives_its_place_back(books: Caller) -> None:
    for _ in range(9):
        books.get("/financial/transactions.csv", buffered=False).close()
        books("HEAD", "/financial/transactions.csv").close()
    assert books.get("/financial/transactions.csv").status_code == 200


def test_memory_does_not_grow_with_the_lines() -> None:
    line: list[Cell] = ["17", date(2026, 6, 1), "=payee" * 10, (-123, "EUR"), True, None]

    def pieces(count: int) -> Iterator[list[list[Cell]]]:
        return ([line] * 100 for _ in range(count))

    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in csv_chunks(("a",), pieces(count)):
            pass
        xlsx_file(("a",), pieces(count)).close()
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(1)
    assert peak(200) < peak(20) + 1_000_000


def test_a_sheet_that_is_full_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.spreadsheets._MOST_ROWS", 3)
    with xlsx_file(("n",), [[[str(n)] for n in range(5)]]) as file:
        book = openpyxl.load_workbook(file)
    values = [[cell for (cell,) in sheet.iter_rows(values_only=True)] for sheet in book]
    assert values == [["n", "0", "1"], ["n", "2", "3"], ["n", "4"]]


@pytest.mark.parametrize("text", ["-12.50", "+3", "-1,234.50", "plain", "", "a=b", "12-3"])
def test_numbers_and_plain_words_stay_as_they_are(text: str) -> None:
    assert defused(text) == text
