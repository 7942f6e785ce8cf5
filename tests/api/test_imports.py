"""Statements in: what lands, what is a duplicate, what is refused and why."""

from __future__ import annotations

import io
from typing import Any

from tests.api.test_dashboard import assert_problem
from tests.conftest import Caller

CSV = """Date;Description;Amount;Balance
01.06.2026;Salary;2.500,00;3.000,00
02.06.2026;Bakery;-3,20;2.996,80
02.06.2026;Bakery;-3,20;2.993,60
03.06.2026;Rent;-900,00;2.093,60
"""
OFX = b"""OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20260610<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1>
<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><STMTRS><CURDEF>EUR
<BANKACCTFROM><BANKID>1<ACCTID>DE77<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260601<DTEND>20260610
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260602<TRNAMT>-3.20<FITID>a1<NAME>Bakery</STMTTRN>
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260602<TRNAMT>-3.20<FITID>a2<NAME>Bakery</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>93.60<DTASOF>20260610</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""


def send(caller: Caller, data: bytes | str, name: str = "statement.csv", **fields: str) -> Any:
    content = data.encode() if isinstance(data, str) else data
    return caller(
        "POST",
        "/financial/imports",
        data={"file": (io.BytesIO(content), name), **fields},
        content_type="multipart/form-data",
    )


def test_a_statement_lands_and_its_balances_are_checked(alice: Caller) -> None:
    answer = send(alice, CSV, create_accounts="true")
    body = answer.get_json()
    assert answer.status_code == 201, body
    assert answer.headers["Location"] == f"/financial/imports/{body['id']}"
    assert body["format"] == "csv"
    assert [account["name"] for account in body["accounts"]] == ["statement"]
    assert body["counts"] == {"read": 4, "new": 4, "duplicate": 0, "review": 0, "skipped": 0, "failed": 0}
    assert body["balance_check"] == [
        {"account": "statement", "opening": "500.00", "closing": "2093.60", "sum": "1593.60", "ok": True}
    ]
    stored = alice.get(answer.headers["Location"])
    assert stored.headers["ETag"] == answer.headers["ETag"]
    again = stored.get_json()
    assert {name: again[name] for name in ("accounts", "preview")} == {
        name: body[name] for name in ("accounts", "preview")
    }
    first = body["preview"][0]
    assert (first["n"], first["booked_on"], first["amount"], first["status"]) == (1, "2026-06-01", "2500.00", "new")
    summary = alice.get("/financial/dashboard/summary").get_json()["data"]
    assert (summary["income"], summary["expenses"], summary["net_worth"]) == ("2500.00", "906.40", "2093.60")


def test_lines_in_another_currency_go_beside_the_files_account(alice: Caller) -> None:
    text = "Date,Payee,Amount,Currency\n2026-06-01,A,-1.00,USD\n2026-06-02,B,-2.00,EUR\n2026-06-03,C,-3.00,EUR\n"
    giro = alice.post("/financial/accounts", {"name": "Giro", "identifier": "DE1", "currency": "EUR"}).get_json()["id"]
    named = send(alice, text, account_id=giro, create_accounts="true").get_json()
    assert [(each["name"], each["currency"]) for each in named["accounts"]] == [("DE1/USD", "USD"), ("Giro", "EUR")]
    for again in ("new", "duplicate"):
        unnamed = send(alice, text, create_accounts="true").get_json()
        found = {each["name"]: each["currency"] for each in unnamed["accounts"]}
        assert (found, unnamed["counts"][again]) == ({"statement": "EUR", "statement/USD": "USD"}, 3)


def test_the_same_file_twice_adds_nothing_and_twins_stay(alice: Caller) -> None:
    send(alice, CSV, create_accounts="true")
    before = alice.get("/financial/dashboard").get_json()["data"]
    again = send(alice, CSV).get_json()
    assert again["counts"] == {"read": 4, "new": 0, "duplicate": 4, "review": 0, "skipped": 0, "failed": 0}
    assert alice.get("/financial/dashboard").get_json()["data"] == before
    bakery = alice.get("/financial/transactions?q=bakery").get_json()["data"]
    assert [row["amount"] for row in bakery] == ["-3.20", "-3.20"]


def test_a_longer_export_adds_only_what_is_new(alice: Caller) -> None:
    send(alice, CSV, create_accounts="true")
    longer = CSV + "02.06.2026;Bakery;-3,20;2.090,40\n04.06.2026;Rent refund;10,00;2.100,40\n"
    counts = send(alice, longer).get_json()["counts"]
    assert (counts["new"], counts["duplicate"]) == (2, 4)
    assert len(alice.get("/financial/transactions?q=bakery").get_json()["data"]) == 3


def test_a_dry_run_says_the_same_and_keeps_nothing(alice: Caller) -> None:
    dry = send(alice, CSV, create_accounts="true", dry_run="true")
    assert dry.status_code == 200
    body = dry.get_json()
    assert (body["id"], body["accounts"][0]["id"], body["counts"]["new"]) == (None, None, 4)
    assert alice.get("/financial/accounts").get_json()["data"] == []
    assert alice.get("/tenant/info").get_json()["version"] == 0
    real = send(alice, CSV, create_accounts="true").get_json()
    assert {**real, "id": None, "accounts": None} == {**body, "accounts": None}


def test_the_banks_id_decides_over_the_text(alice: Caller) -> None:
    first = send(alice, OFX, "june.ofx", create_accounts="true").get_json()
    assert first["counts"]["new"] == 2
    changed = OFX.replace(b"<NAME>Bakery", b"<NAME>BAKERY 4711 BERLIN")
    assert send(alice, changed, "june.ofx").get_json()["counts"] == {
        "read": 2, "new": 0, "duplicate": 2, "review": 0, "skipped": 0, "failed": 0,
    }  # fmt: skip
    other = OFX.replace(b"<FITID>a1", b"<FITID>b1").replace(b"<FITID>a2", b"<FITID>b2")
    assert send(alice, other, "june.ofx").get_json()["counts"]["new"] == 2


def test_a_pending_line_that_comes_back_booked_is_updated(alice: Caller) -> None:
    account = alice.post("/financial/accounts", {"name": "Current", "identifier": "DE77"}).get_json()["id"]
    pending = {"account_id": account, "booked_on": "2026-06-01", "amount": "-3.20", "payee": "Bakery", "pending": True}
    made = alice.post("/financial/transactions", pending).get_json()
    counts = send(alice, OFX, "june.ofx").get_json()["counts"]
    assert (counts["new"], counts["duplicate"]) == (1, 1)
    row = alice.get(f"/financial/transactions/{made['id']}").get_json()
    assert (row["pending"], row["booked_on"], row["external_id"]) == (False, "2026-06-02", "a1")
    assert send(alice, OFX, "june.ofx").get_json()["counts"]["duplicate"] == 2
    assert alice.get("/financial/dashboard/summary").get_json()["data"]["expenses"] == "6.40"


def test_an_unknown_account_is_named(alice: Caller) -> None:
    problem = assert_problem(send(alice, OFX, "june.ofx"), 422)
    assert (problem["code"], problem["accounts"]) == ("account_required", ["DE77"])


def test_a_line_that_cannot_be_read_is_named_and_the_others_land(alice: Caller) -> None:
    body = send(alice, CSV + "30.02.2026;Nonsense;1,00;1,00\n", create_accounts="true").get_json()
    assert (body["counts"]["new"], body["counts"]["failed"]) == (4, 1)
    assert [error["line"] for error in body["errors"]] == [6]


def test_what_is_no_statement_is_refused_with_the_reason(alice: Caller) -> None:
    for data, name in (
        (b"", "empty.csv"),
        (b"%PDF-1.7\n\x00\x01\x02", "statement.ofx"),
        (b"<!DOCTYPE html><html><body>Please sign in</body></html>", "export.csv"),
        (bytes(range(256)) * 40, "binary.csv"),
        (b"just some words\nand more words\n", "words.csv"),
        (OFX[:400], "cut.ofx"),
    ):
        problem = assert_problem(send(alice, data, name, create_accounts="true"), 422)
        assert problem["detail"], name
    assert alice.get("/tenant/info").get_json()["version"] == 0


def test_bad_requests_are_told_apart(alice: Caller) -> None:
    assert_problem(alice.post("/financial/imports", {"file": "x"}), 415)
    for fields, name in (
        ({"colour": "red"}, "colour"),
        ({"dry_run": "perhaps"}, "dry_run"),
        ({"format": "pdf"}, "format"),
        ({"account_id": "999"}, "account_id"),
        ({"account_id": "x"}, "account_id"),
        ({"mapping": "[]"}, "mapping"),
        ({"mapping": '{"columns": {"booked_on": "Nowhere", "amount": "Amount"}}'}, "mapping"),
    ):
        problem = assert_problem(send(alice, CSV, **fields), 422)
        assert any(error["field"].startswith(name) for error in problem["errors"]), (name, problem)
    missing = alice("POST", "/financial/imports", data={"x": "y"}, content_type="multipart/form-data")
    assert_problem(missing, 422)
    two = {"file": [(io.BytesIO(CSV.encode()), f"{name}.csv") for name in "ab"]}
    both = alice("POST", "/financial/imports", data=two, content_type="multipart/form-data")
    assert [error["field"] for error in assert_problem(both, 422)["errors"]] == ["file"]


def test_the_mapping_that_was_found_gives_the_same_again(alice: Caller) -> None:
    mapping = (
        '{"delimiter": ";", "date_format": "%d.%m.%Y", "decimal": ",", '
        '"columns": {"booked_on": "Date", "payee": 1, "amount": 2}}'
    )
    body = send(alice, CSV, create_accounts="true", mapping=mapping).get_json()
    assert body["counts"]["new"] == 4
    assert body["preview"][1]["payee"] == "Bakery"


def test_files_never_meet_across_tenants(alice: Caller, charlie: Caller) -> None:
    send(alice, OFX, "june.ofx", create_accounts="true")
    counts = send(charlie, OFX, "june.ofx", create_accounts="true").get_json()["counts"]
    assert (counts["new"], counts["duplicate"]) == (2, 0)


def test_a_tag_of_blanks_is_no_tag(alice: Caller) -> None:
    account = alice.post("/financial/accounts", {"name": "Current"}).get_json()["id"]
    row = {"account_id": account, "booked_on": "2026-06-01", "amount": "-3.20", "tags": ["  ", " Trip "]}
    assert alice.post("/financial/transactions", row).get_json()["tags"] == ["Trip"]
    assert [tag["name"] for tag in alice.get("/financial/tags").get_json()["data"]] == ["Trip"]


def test_a_retry_with_its_key_lands_once(alice: Caller) -> None:
    account = alice.post("/financial/accounts", {"name": "Current"}).get_json()["id"]
    row = {"account_id": account, "booked_on": "2026-06-01", "amount": "-3.20"}
    key = {"Idempotency-Key": "retry-1"}
    first = alice.post("/financial/transactions", row, headers=key)
    again = alice.post("/financial/transactions", row, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    other = alice.post("/financial/transactions", {**row, "amount": "-1.00"}, headers=key)
    assert assert_problem(other, 422)["code"] == "idempotency_key_reused"
    assert len(alice.get("/financial/transactions").get_json()["data"]) == 1


def register(*lines: tuple[str, str, str]) -> str:
    """A council's register of payments: day, amount, payee."""
    return "Payment Date,Amount,Beneficiary Name\n" + "".join(
        f"{day},{amount},{payee}\n" for day, amount, payee in lines
    )


def test_equal_lines_of_files_that_do_not_overlap_are_twins(alice: Caller) -> None:
    """Two registers share a day but not its lines: the one equal line was paid twice (as councils' totals confirm)."""
    first = register(
        ("2026-03-01", "100.00", "Builder"), ("2026-03-01", "20.00", "Grocer"), ("2026-03-01", "30.00", "Baker")
    )
    other = register(
        ("2026-03-01", "100.00", "Builder"), ("2026-03-01", "70.00", "Nursery"), ("2026-03-02", "80.00", "School")
    )
    account = alice.post("/financial/accounts", {"name": "Payments"}).get_json()["id"]
    send(alice, first, "february.csv", account_id=account)
    assert send(alice, other, "march.csv", account_id=account).get_json()["counts"]["new"] == 3
    again = [send(alice, each, "again.csv", account_id=account).get_json()["counts"] for each in (first, other)]
    assert [counts["new"] for counts in again] == [0, 0]
