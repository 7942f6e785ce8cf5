"""The life of an import over HTTP: its entries, decisions, taking it back, remembered mappings, balances that go on."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.test_dashboard import assert_problem
from tests.api.test_imports import CSV, send
from tests.conftest import Caller

FIELDS = {
    "n", "booked_on", "value_on", "amount", "currency", "account", "payee", "counterparty", "purpose", "reference",
    "external_id", "pending", "balance", "category", "status",
}  # fmt: skip
CHANGED = CSV.replace("Rent", "Rent for June")


@pytest.fixture
def waiting(alice: Caller) -> dict[str, Any]:
    """An import of which the fourth entry is in review."""
    send(alice, CSV, create_accounts="true")
    body: dict[str, Any] = send(alice, CHANGED).get_json()
    assert body["counts"] == {"read": 4, "new": 0, "duplicate": 3, "review": 1, "skipped": 0, "failed": 0}
    return body


def entries(caller: Caller, import_id: str, query: str = "") -> list[dict[str, Any]]:
    answer = caller.get(f"/financial/imports/{import_id}/entries{query}")
    assert answer.status_code == 200, answer.get_json()
    found: list[dict[str, Any]] = answer.get_json()["data"]
    return found


def quality(caller: Caller, query: str = "") -> dict[str, Any]:
    found = caller.get(f"/financial/dashboard{query}").get_json()["data"]["data_quality"]
    return {each["id"]: each for each in found}


def decide(caller: Caller, import_id: str, n: int | str, **body: Any) -> Any:
    return caller.post(f"/financial/imports/{import_id}/entries/{n}", body)


def test_the_entries_are_those_of_the_file(alice: Caller) -> None:
    text = CSV.replace("Balance\n", "Balance;Category\n").replace("00;3.000,00", "00;3.000,00;Wages")
    body = send(alice, text, create_accounts="true", preview="all").get_json()
    stored = entries(alice, body["id"])
    assert {name for each in stored for name in each} == FIELDS | {"transaction_id"}
    assert [{name: each[name] for name in FIELDS} for each in stored] == body["preview"]
    assert (stored[0]["balance"], stored[0]["category"]) == ("3000.00", "Wages")
    first = alice.get(f"/financial/transactions/{stored[0]['transaction_id']}").get_json()
    assert (first["amount"], first["import_id"]) == ("2500.00", body["id"])


def test_entries_come_in_pages_and_by_status(alice: Caller, waiting: dict[str, Any]) -> None:
    path = f"/financial/imports/{waiting['id']}/entries"
    seen, cursor = [], ""
    while cursor is not None:
        page = alice.get(f"{path}?limit=2{cursor and '&cursor='}{cursor}").get_json()
        seen += [(each["n"], each["status"]) for each in page["data"]]
        cursor = page["next_cursor"]
    assert seen == [(1, "duplicate"), (2, "duplicate"), (3, "duplicate"), (4, "review")]
    assert [each["n"] for each in entries(alice, waiting["id"], "?status=review")] == [4]
    assert entries(alice, waiting["id"], "?status=new") == []
    foreign = alice.get(f"{path}?limit=2").get_json()["next_cursor"]
    other = send(alice, CSV).get_json()["id"]
    for query in ("?status=odd", "?limit=0", "?colour=red", "?cursor=x"):
        assert_problem(alice.get(path + query), 422)
    assert_problem(alice.get(f"/financial/imports/{other}/entries?cursor={foreign}"), 422)
    for wrong in ("999", "x"):
        assert_problem(alice.get(f"/financial/imports/{wrong}/entries"), 404)


def test_an_entry_whose_transaction_was_deleted_is_still_listed(alice: Caller) -> None:
    body = send(alice, CSV, create_accounts="true").get_json()
    before = entries(alice, body["id"])
    assert alice.delete(f"/financial/transactions/{before[1]['transaction_id']}").status_code == 204
    assert entries(alice, body["id"]) == [
        {**each, "transaction_id": None} if each["n"] == 2 else each for each in before
    ]


def test_what_is_in_review_is_in_no_figure_until_it_is_kept(alice: Caller, waiting: dict[str, Any]) -> None:
    assert waiting["balance_check"][0]["sum"] == "1593.60"
    before = alice.get("/financial/dashboard/summary").get_json()["data"]
    assert before["expenses"] == "906.40"
    finding = quality(alice)["review_entries"]
    assert (finding["count"], finding["amount"], finding["share"]) == (1, "-900.00", None)
    answer = decide(alice, waiting["id"], 4, action="keep")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "new")
    assert alice.get("/financial/dashboard/summary").get_json()["data"]["expenses"] == "1806.40"
    assert "review_entries" not in quality(alice)
    record = alice.get(f"/financial/imports/{waiting['id']}")
    assert record.get_json()["counts"] == {**waiting["counts"], "new": 1, "review": 0}
    assert record.headers["ETag"] == answer.headers["ETag"]


def test_the_finding_is_about_the_accounts_asked_for(alice: Caller, waiting: dict[str, Any]) -> None:
    other = alice.post("/financial/accounts", {"name": "Other"}).get_json()["id"]
    assert "review_entries" not in quality(alice, f"?account_id={other}")
    assert "review_entries" in quality(alice, f"?account_id={waiting['accounts'][0]['id']}")


def test_merging_makes_the_next_import_quiet(alice: Caller, waiting: dict[str, Any]) -> None:
    before = alice.get("/financial/dashboard/summary").get_json()["data"]
    (candidate,) = entries(alice, waiting["id"], "?status=review")
    answer = decide(alice, waiting["id"], 4, action="merge", transaction_id=candidate["transaction_id"])
    assert (answer.status_code, answer.get_json()["status"]) == (200, "duplicate")
    assert answer.get_json()["transaction_id"] == candidate["transaction_id"]
    for text in (CSV, CHANGED):
        assert send(alice, text).get_json()["counts"]["duplicate"] == 4
    assert alice.get("/financial/dashboard/summary").get_json()["data"] == before


def test_decisions_are_checked(
    alice: Caller, charlie: Caller, sign_in: Callable[..., Caller], waiting: dict[str, Any]
) -> None:
    theirs = charlie.post("/financial/accounts", {"name": "Current"}).get_json()["id"]
    row = {"account_id": theirs, "booked_on": "2026-06-03", "amount": "-900.00"}
    foreign = charlie.post("/financial/transactions", row).get_json()["id"]
    assert_problem(decide(charlie, waiting["id"], 4, action="keep"), 404)
    assert_problem(decide(sign_in("vera@acorn.test", "org_1"), waiting["id"], 4, action="keep"), 403)
    for n in (5, 0, "x"):
        assert_problem(decide(alice, waiting["id"], n, action="keep"), 404)
    for body, field in (
        ({}, "action"),
        ({"action": "drop"}, "action"),
        ({"action": "keep", "colour": "red"}, "colour"),
        ({"action": "merge", "transaction_id": foreign}, "transaction_id"),
        ({"action": "merge", "transaction_id": "999"}, "transaction_id"),
        ({"action": "merge", "transaction_id": 4}, "transaction_id"),
    ):
        problem = assert_problem(decide(alice, waiting["id"], 4, **body), 422)
        assert [error["field"] for error in problem["errors"]] == [field]
    stale = alice.post(f"/financial/imports/{waiting['id']}/entries/4", {"action": "keep"}, headers={"If-Match": '"1"'})
    assert_problem(stale, 412)
    assert decide(alice, waiting["id"], 4, action="keep").status_code == 200
    assert assert_problem(decide(alice, waiting["id"], 4, action="keep"), 409)["code"] == "already_decided"
    assert_problem(decide(alice, waiting["id"], 1, action="merge"), 409)


def test_an_import_is_taken_back_by_its_owners_only(
    alice: Caller, charlie: Caller, sign_in: Callable[..., Caller]
) -> None:
    before = alice.get("/financial/dashboard").get_json()["data"]
    body = send(alice, CSV, create_accounts="true").get_json()
    path = f"/financial/imports/{body['id']}"
    assert_problem(charlie.delete(path), 404)
    assert_problem(charlie.get(f"{path}/entries"), 404)
    assert_problem(sign_in("vera@acorn.test", "org_1").delete(path), 403)
    assert_problem(alice.delete(path, headers={"If-Match": '"999"'}), 412)
    tag = alice.get(path).headers["ETag"]
    assert alice.delete(path, headers={"If-Match": tag}).status_code == 204
    assert alice.get("/financial/dashboard").get_json()["data"] == before
    assert alice.get("/financial/accounts").get_json()["data"] == []
    for answer in (alice.get(path), alice.delete(path), alice.get(f"{path}/entries")):
        assert_problem(answer, 404)


def test_imports_are_listed_newest_first_with_who_did_them(alice: Caller) -> None:
    ids = [send(alice, CSV, create_accounts="true").get_json()["id"] for _ in range(3)]
    first = alice.get("/financial/imports?limit=2").get_json()
    rest = alice.get(f"/financial/imports?limit=2&cursor={first['next_cursor']}").get_json()
    assert [each["id"] for each in first["data"] + rest["data"]] == ids[::-1]
    assert {each["imported_by"].split(":")[0] for each in first["data"]} == {"person"}


# Remembered mappings

ODD = "When;Was;Sum\n2026-06-01;Bakery;3.20\n2026-06-02;Rail;19.90\n"
MAPPING = {"invert": True, "columns": {"booked_on": "When", "payee": "Was", "amount": "Sum"}}


def mappings(caller: Caller) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.get("/financial/import-mappings").get_json()["data"]
    return found


def test_a_mapping_is_found_again_by_the_header(alice: Caller, charlie: Caller) -> None:
    first = send(alice, ODD, "may.csv", create_accounts="true", mapping=json.dumps(MAPPING)).get_json()
    assert [each["amount"] for each in first["preview"]] == ["-3.20", "-19.90"]
    (stored,) = mappings(alice)
    assert (stored["header"], stored["filename"]) == (["when", "was", "sum"], "may.csv")
    account = first["accounts"][0]["id"]
    later = "Your statement\n\n" + ODD.replace("2026-06-0", "2026-06-1").replace("When", "WHEN")
    second = send(alice, later, "june.csv", account_id=account).get_json()
    assert [each["amount"] for each in second["preview"]] == ["-3.20", "-19.90"]
    assert any("mapping that was given for may.csv" in warning for warning in second["warnings"])
    assert (second["mapping"]["invert"], second["mapping"]["columns"]["payee"]) == (True, "Was")
    theirs = send(charlie, ODD, "may.csv", create_accounts="true").get_json()
    assert [each["amount"] for each in theirs["preview"]] != ["-3.20", "-19.90"]
    assert (mappings(charlie), len(mappings(alice))) == ([], 1)


def test_a_dry_run_and_a_file_without_header_teach_nothing(alice: Caller) -> None:
    send(alice, ODD, create_accounts="true", dry_run="true", mapping=json.dumps(MAPPING))
    bare = json.dumps({"columns": {"booked_on": 0, "payee": 1, "amount": 2}})
    assert send(alice, ODD.split("\n", 1)[1], create_accounts="true", mapping=bare).status_code == 201
    assert mappings(alice) == []


def test_a_later_mapping_replaces_the_earlier_one_and_it_can_be_forgotten(alice: Caller, charlie: Caller) -> None:
    send(alice, ODD, "may.csv", create_accounts="true", mapping=json.dumps(MAPPING))
    send(alice, ODD, "may.csv", mapping=json.dumps({**MAPPING, "invert": False}))
    (stored,) = mappings(alice)
    assert stored["mapping"]["invert"] is False
    path = f"/financial/import-mappings/{stored['id']}"
    assert alice.get(path).get_json() == stored
    for answer in (charlie.get(path), charlie.delete(path), alice.get("/financial/import-mappings/x")):
        assert_problem(answer, 404)
    assert alice.delete(path).status_code == 204
    assert mappings(alice) == []
    assert_problem(alice.delete(path), 404)


def test_a_mapping_that_no_longer_fits_is_left_aside_with_a_warning(alice: Caller) -> None:
    strict = {**MAPPING, "date_format": "%Y-%m-%d"}
    send(alice, ODD, "may.csv", create_accounts="true", mapping=json.dumps(strict))
    changed = "When;Was;Sum\n13.06.2026;Bakery;-3.20\n14.06.2026;Rail;-19.90\n"
    body = send(alice, changed, "may.csv").get_json()
    assert [each["booked_on"] for each in body["preview"]] == ["2026-06-13", "2026-06-14"]
    assert any("does not fit" in warning for warning in body["warnings"])


# Balances that go on


def statement(*days: tuple[str, str, str]) -> str:
    """Day of June, amount, balance after it."""
    lines = "".join(f"2026-06-{day};Shop {day};{amount};{balance}\n" for day, amount, balance in days)
    return "Date;Payee;Amount;Balance\n" + lines


FIRST = statement(("01", "-10.00", "90.00"), ("05", "-5.00", "85.00"))
GAP = "3 days missing, 20.00 EUR apart between the statement to 2026-06-05 and the one from 2026-06-09"
AFTER_GAP = statement(("09", "-1.00", "64.00"), ("10", "-4.00", "60.00"))


def gaps(body: dict[str, Any]) -> list[str | None]:
    return [check.get("gap") for check in body["balance_check"]]


@pytest.mark.parametrize("files", [(FIRST, AFTER_GAP), (AFTER_GAP, FIRST)])
def test_a_gap_between_statements_is_named_in_either_order(alice: Caller, files: tuple[str, str]) -> None:
    one, other = (send(alice, each, "s.csv", create_accounts="true").get_json() for each in files)
    assert (gaps(one), gaps(other)) == ([None], [GAP])
    assert f"s: {GAP}." in other["warnings"]
    assert set(one["balance_check"][0]) == {"account", "opening", "closing", "sum", "ok"}
    between = send(alice, statement(("07", "-20.00", "65.00"), ("08", "0.00", "65.00")), "s.csv").get_json()
    assert gaps(between) == [None]
    assert alice.get("/financial/dashboard/summary").get_json()["data"]["net_worth"] == "60.00"


def test_statements_that_follow_or_overlap_have_no_gap(alice: Caller) -> None:
    send(alice, FIRST, "s.csv", create_accounts="true")
    for text in (
        FIRST,
        statement(("05", "-5.00", "85.00"), ("06", "-5.00", "80.00")),
        statement(("08", "-10.00", "70.00"), ("09", "-1.00", "69.00")),
    ):
        assert gaps(send(alice, text, "s.csv").get_json()) == [None]


def test_bookings_without_a_statement_fill_a_gap(alice: Caller) -> None:
    account = send(alice, FIRST, "s.csv", create_accounts="true").get_json()["accounts"][0]["id"]
    alice.post("/financial/transactions", {"account_id": account, "booked_on": "2026-06-07", "amount": "-20.00"})
    assert gaps(send(alice, AFTER_GAP, "s.csv").get_json()) == [None]


def test_a_lone_statement_is_held_against_the_accounts_own_balance(alice: Caller) -> None:
    new = {"name": "s", "opening_balance": "150.00", "opening_on": "2026-05-01"}
    alice.post("/financial/accounts", new)
    body = send(alice, FIRST, "s.csv").get_json()
    assert gaps(body) == [
        "50.00 EUR apart: the statement begins on 2026-06-01 at 100.00 EUR, the account stands at 150.00 EUR"
    ]
