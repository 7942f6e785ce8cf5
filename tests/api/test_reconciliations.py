"""Reconciling an account: difference, marks, closing, adjusting, reopening, and the soft lock of what is closed."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.conftest import Caller


def make(caller: Caller, **account: Any) -> str:
    body = {"name": "Giro", "type": "checking", "opening_balance": "100.00", "opening_on": "2026-05-01", **account}
    return str(caller.post("/financial/accounts", body).get_json()["id"])


def book(caller: Caller, account: str, day: str, amount: str, **more: Any) -> str:
    body = {"account_id": account, "booked_on": day, "amount": amount, **more}
    return str(caller.post("/financial/transactions", body).get_json()["id"])


def begin(caller: Caller, account: str, day: str, balance: str) -> dict[str, Any]:
    answer = caller.post(f"/financial/accounts/{account}/reconciliations", {"statement_on": day, "balance": balance})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    assert answer.headers["Location"].endswith(answer.get_json()["id"])
    found: dict[str, Any] = answer.get_json()
    return found


@pytest.fixture
def books(alice: Caller) -> tuple[str, list[str]]:
    """An account with three entries up to the statement's day, and what does not belong to it."""
    account = make(alice)
    entries = [
        book(alice, account, day, amount) for day, amount in (("2026-05-02", "-30.00"), ("2026-05-20", "-20.00"))
    ]
    entries.append(book(alice, account, "2026-05-31", "7.50"))
    book(alice, account, "2026-06-01", "-1.00")
    book(alice, account, "2026-05-30", "-9.00", pending=True)
    book(alice, account, "2026-04-30", "-5.00")  # before the opening balance: it moves nothing after it
    return account, entries


def test_from_the_statement_to_no_difference(alice: Caller, books: tuple[str, list[str]]) -> None:
    account, entries = books
    first = begin(alice, account, "2026-05-31", "50.00")
    path = f"/financial/reconciliations/{first['id']}"
    assert (first["state"], first["cleared_balance"], first["difference"]) == ("open", "100.00", "-50.00")
    assert (first["cleared_count"], first["uncleared_count"]) == (0, 3)
    listed = alice.get(f"{path}/entries?limit=2").get_json()
    rest = alice.get(f"{path}/entries?limit=2&cursor={listed['next_cursor']}").get_json()
    assert [row["id"] for row in listed["data"] + rest["data"]] == entries[::-1]
    assert rest["next_cursor"] is None

    marked = alice.post(f"{path}/entries", {"ids": entries[:2], "cleared": True}).get_json()
    assert (marked["cleared_balance"], marked["difference"], marked["uncleared_count"]) == ("50.00", "0.00", 1)
    assert alice.post(f"{path}/entries", {"cleared": True}).get_json()["difference"] == "-7.50"
    refused = alice.post(f"{path}/close", {})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "not_balanced")
    assert "-7.50" in refused.get_json()["detail"]
    alice.post(f"{path}/entries", {"ids": [entries[2]], "cleared": False})
    closed = alice.post(f"{path}/close", {}).get_json()
    assert (closed["state"], closed["cleared_count"], closed["difference"]) == ("closed", 2, None)

    # What stays uncleared belongs to the next statement; the days of statements rise.
    again = alice.post(f"/financial/accounts/{account}/reconciliations", {"statement_on": "2026-05-31", "balance": "1"})
    assert again.status_code == 422
    following = begin(alice, account, "2026-06-10", "56.50")
    assert (following["difference"], following["uncleared_count"]) == ("6.50", 2)
    second = alice.post(
        f"/financial/accounts/{account}/reconciliations", {"statement_on": "2026-06-11", "balance": "1"}
    )
    assert second.get_json()["code"] == "reconciliation_open"
    history = alice.get(f"/financial/accounts/{account}/reconciliations?limit=1").get_json()
    assert [row["id"] for row in history["data"]] == [following["id"]]
    older = alice.get(f"/financial/accounts/{account}/reconciliations?cursor={history['next_cursor']}").get_json()
    assert [(row["id"], row["cleared_count"]) for row in older["data"]] == [(first["id"], 2)]


def test_an_adjustment_closes_the_difference_and_reopening_takes_it_back(
    alice: Caller, books: tuple[str, list[str]]
) -> None:
    account, entries = books
    own = begin(alice, account, "2026-05-31", "49.99")["id"]
    path = f"/financial/reconciliations/{own}"
    patched = alice.patch(path, {"balance": "60.00"}, headers={"If-Match": '"1"'})
    assert patched.status_code == 412
    assert alice.patch(path, {"balance": "60.00"}).get_json()["difference"] == "-40.00"
    alice.post(f"{path}/entries", {"cleared": True})
    closed = alice.post(f"{path}/close", {"adjust": True}).get_json()
    adjustment = alice.get(f"/financial/transactions/{closed['adjustment_id']}").get_json()
    assert (adjustment["amount"], adjustment["type"], adjustment["cleared"]) == ("2.50", "adjustment", True)
    assert (adjustment["booked_on"], closed["cleared_count"]) == ("2026-05-31", 4)
    query = "?from=2026-05-01&to=2026-05-31"
    (row,) = alice.get(f"/financial/dashboard/accounts{query}").get_json()["data"]
    assert row["balance"] == "60.00"
    assert alice.get(f"/financial/dashboard/summary{query}").get_json()["data"]["income"] == "7.50"

    assert alice.delete(path).get_json()["code"] == "reconciliation_closed"
    reopened = alice.post(f"{path}/reopen").get_json()
    assert (reopened["state"], reopened["difference"], reopened["adjustment_id"]) == ("open", "2.50", None)
    assert alice.get(f"/financial/transactions/{adjustment['id']}").status_code == 404
    assert reopened["cleared_count"] == 3
    assert alice.delete(path).status_code == 204
    assert alice.get(f"/financial/transactions/{entries[0]}").get_json()["cleared"] is True
    assert alice.get(path).status_code == 404


def test_what_is_reconciled_changes_only_when_somebody_insists(alice: Caller, books: tuple[str, list[str]]) -> None:
    account, entries = books
    own = begin(alice, account, "2026-05-31", "57.50")["id"]
    alice.post(f"/financial/reconciliations/{own}/entries", {"cleared": True})
    alice.post(f"/financial/reconciliations/{own}/close", {})
    one = f"/financial/transactions/{entries[0]}"
    assert alice.patch(one, {"payee": "Baker", "note": "x"}).status_code == 200
    for refused in (
        alice.patch(one, {"amount": "-31.00"}),
        alice.patch(one, {"booked_on": "2026-05-03"}),
        alice.patch(one, {"account_id": make(alice, name="Other")}),
        alice.patch(one, {"cleared": False}),
        alice.delete(one),
        alice.post("/financial/transactions/bulk", {"ids": entries, "delete": True}),
        alice.post("/financial/transactions/bulk", {"ids": entries, "changes": {"cleared": False}}),
    ):
        assert (refused.status_code, refused.get_json()["code"]) == (409, "reconciled")
    assert alice.post("/financial/transactions/bulk", {"ids": entries, "changes": {"note": "y"}}).status_code == 200
    assert alice.get("/financial/dashboard").get_json()["data"]["data_quality"][0]["id"] != "unreconciled"

    assert alice.patch(f"{one}?force=perhaps", {"amount": "-31.00"}).status_code == 422
    assert alice.patch(f"{one}?force=true", {"amount": "-31.00"}).get_json()["amount"] == "-31.00"
    found = alice.get(f"/financial/reconciliations/{own}").get_json()
    assert (found["disturbed"], found["cleared_count"]) == (True, 2)
    assert alice.patch(one, {"amount": "-32.00"}).status_code == 200
    assert alice.delete(f"/financial/transactions/{entries[1]}?force=true").status_code == 204
    quality = {row["id"]: row for row in alice.get("/financial/dashboard").get_json()["data"]["data_quality"]}
    assert (quality["unreconciled"]["count"], quality["unreconciled"]["href"]) == (1, "/accounts")


def test_what_files_state_is_offered_and_told_where_the_ledger_differs(alice: Caller) -> None:
    """A statement that does not fit the ledger any more, because a booking was deleted."""
    ofx = (
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR"
        "<BANKACCTFROM><BANKID>1<ACCTID>42<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST><DTSTART>20260501"
        "<DTEND>20260531<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260502<TRNAMT>-30.00<FITID>a<NAME>Shop</STMTTRN>"
        "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260520<TRNAMT>-20.00<FITID>b<NAME>Rent</STMTTRN></BANKTRANLIST>"
        "<LEDGERBAL><BALAMT>-50.00<DTASOF>20260531</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )
    done = alice.post(
        "/financial/imports", data={"file": (io.BytesIO(ofx.encode()), "may.ofx"), "create_accounts": "true"}
    ).get_json()
    account = done["accounts"][0]["id"]
    (stated,) = alice.get(f"/financial/accounts/{account}/statements").get_json()["data"]
    assert (stated["statement_on"], stated["balance"], stated["difference"]) == ("2026-05-31", "-50.00", "0.00")
    assert (stated["filename"], stated["import_id"], stated["reconciled"]) == ("may.ofx", done["id"], False)

    def findings() -> dict[str, Any]:
        return {row["id"]: row for row in alice.get("/financial/dashboard").get_json()["data"]["data_quality"]}

    assert "unreconciled" not in findings()
    rows = alice.get(f"/financial/transactions?account_id={account}").get_json()["data"]
    alice.delete(f"/financial/transactions/{rows[0]['id']}")
    assert (findings()["unreconciled"]["count"], findings()["unreconciled"]["amount"]) == (1, "20.00")
    own = begin(alice, account, "2026-05-31", "-50.00")["id"]
    assert alice.post(f"/financial/reconciliations/{own}/close", {"adjust": True}).status_code == 200
    assert "unreconciled" not in findings()
    (stated,) = alice.get(f"/financial/accounts/{account}/statements").get_json()["data"]
    assert stated["reconciled"] is True
    assert alice.delete(f"/financial/imports/{done['id']}").status_code == 204


def test_nobody_else_sees_or_changes_a_statement(
    alice: Caller, charlie: Caller, sign_in: Any, books: tuple[str, list[str]]
) -> None:
    account, entries = books
    own = begin(alice, account, "2026-05-31", "50.00")["id"]
    vera = sign_in("vera@acorn.test", "org_1")
    for path in (f"/financial/accounts/{account}/reconciliations", f"/financial/reconciliations/{own}/entries"):
        assert (vera.get(path).status_code, charlie.get(path).status_code) == (200, 404)
        assert (vera.post(path, {"cleared": True}).status_code, charlie.post(path, {}).status_code) == (403, 404)
    assert charlie.get(f"/financial/accounts/{account}/statements").status_code == 404
    other = make(alice, name="Other")
    foreign = book(alice, other, "2026-05-10", "-1.00")
    refused = alice.post(f"/financial/reconciliations/{own}/entries", {"ids": [entries[0], foreign], "cleared": True})
    assert refused.status_code == 404
    assert alice.get(f"/financial/reconciliations/{own}").get_json()["cleared_count"] == 0
    early = alice.post(f"/financial/accounts/{other}/reconciliations", {"statement_on": "2026-04-01", "balance": "1"})
    assert early.status_code == 422
    assert alice.get(f"/financial/reconciliations/{own}/entries?cursor=nonsense").status_code == 422
