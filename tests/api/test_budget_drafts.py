"""Budgets tried out and proposed, and guesses that are confirmed. Today: 2026-06-17."""

from __future__ import annotations

from typing import Any

import pytest

BASE = "/financial/budgets"


@pytest.fixture
def books(alice: Any) -> dict[str, str]:
    """Acorn's food in two accounts: 100 a month, 40 of it by card, and 500 in March; a pay each month."""
    made = {name: alice.post("/financial/accounts", {"name": name}).get_json()["id"] for name in ("Giro", "Card")}
    parent = alice.post("/financial/categories", {"name": "Food"}).get_json()["id"]
    child = alice.post("/financial/categories", {"name": "Bakery", "parent_id": parent}).get_json()["id"]
    pay = alice.post("/financial/categories", {"name": "Pay", "kind": "income"}).get_json()["id"]
    rows = []
    for month in range(1, 7):
        day = f"2026-{month:02}-10"
        rows += [
            {"account_id": made["Giro"], "booked_on": day, "amount": "-60.00", "category_id": parent},
            {"account_id": made["Card"], "booked_on": day, "amount": "-40.00", "category_id": child},
            {"account_id": made["Giro"], "booked_on": day, "amount": "900.00", "category_id": pay},
        ]
    rows.append({"account_id": made["Giro"], "booked_on": "2026-03-11", "amount": "-400.00", "category_id": child})
    assert alice.post("/financial/transactions", {"transactions": rows}).status_code == 201
    return made | {"food": parent, "bakery": child, "pay": pay}


def tried(alice: Any, books: dict[str, str], **values: Any) -> Any:
    body = {"name": "Food", "category_ids": [books["food"]], "amount": "150.00", **values}
    answer = alice.post(f"{BASE}/preview", body)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def test_a_budget_tried_out_shows_what_it_would_have_been_and_leaves_nothing(alice: Any, books: dict[str, str]) -> None:
    before = alice.get(BASE).get_json()["version"]
    found = tried(alice, books, rollover={"policy": "carry_positive", "cap": "60.00"})
    assert [(each["period"]["from"], each["amount"]) for each in found["coming"]] == [
        ("2026-06-01", "150.00"),
        ("2026-07-01", "150.00"),
        ("2026-08-01", "150.00"),
    ]
    # December is before the books begin. 50 are left of January and February each; the cap lets 60 into March.
    assert [(each["limit"], each["spent"], each["over"]) for each in found["past"]] == [
        ("150.00", "100.00", False),
        ("200.00", "100.00", False),
        ("210.00", "500.00", True),
        ("150.00", "100.00", False),
        ("200.00", "100.00", False),
    ]
    after = alice.get(BASE).get_json()
    assert (after["data"], after["version"]) == ([], before)
    stored = alice.post(
        BASE, {"name": "F", "category_ids": [books["food"]], "amount": "1", "rule": {"starts_on": "2026-01-01"}}
    )
    history = alice.get(f"{BASE}/{stored.get_json()['id']}/history").get_json()["data"]
    assert [each["spent"] for each in found["past"]] == [each["spent"] for each in history[:-1]]


@pytest.mark.parametrize(
    ("rule", "starts", "past"),
    [
        ({"type": "weekly", "weekday": 3}, ["2026-06-17", "2026-06-24", "2026-07-01"], 6),
        ({"type": "monthly", "day": "last"}, ["2026-05-31", "2026-06-30", "2026-07-31"], 5),
        ({"type": "quarterly", "starts_on": "2026-01-31"}, ["2026-04-30", "2026-07-31", "2026-10-31"], 2),
        ({"type": "yearly"}, ["2026-01-01", "2027-01-01", "2028-01-01"], 0),
        ({"type": "monthly", "starts_on": "2026-06-01", "ends_on": "2026-07-02"}, ["2026-06-01", "2026-07-01"], 5),
        ({"type": "fixed", "starts_on": "2026-07-01", "ends_on": "2026-07-20"}, ["2026-07-01"], 0),
    ],
)
def test_each_kind_of_period(alice: Any, books: dict[str, str], rule: Any, starts: list[str], past: int) -> None:
    found = tried(alice, books, rule=rule)
    assert [each["period"]["from"] for each in found["coming"]] == starts
    assert len(found["past"]) == past


def test_accounts_limit_it_and_what_is_wrong_is_refused(alice: Any, books: dict[str, str]) -> None:
    assert {each["spent"] for each in tried(alice, books, account_ids=[books["Card"]])["past"]} == {"40.00"}
    wrong = alice.post(f"{BASE}/preview", {"name": "P", "category_ids": [books["pay"]], "amount": "1"})
    assert (wrong.status_code, wrong.get_json()["errors"][0]["field"]) == (422, "category_ids")


def test_proposals_are_medians_of_what_no_budget_covers(alice: Any, books: dict[str, str], charlie: Any) -> None:
    other = alice.post("/financial/categories", {"name": "Rent"}).get_json()["id"]
    body = {"account_id": books["Giro"], "booked_on": "2026-05-02", "amount": "-700.00", "category_id": other}
    alice.post("/financial/transactions", body)
    found = alice.get(f"{BASE}/proposals").get_json()
    # Rent came once in five months: its median is nothing.
    assert [(each["name"], each["amount"]) for each in found["data"]] == [("Food", "100.00")]
    assert [each["spent"] for each in found["data"][0]["months"]] == ["100.00"] * 2 + ["500.00"] + ["100.00"] * 2
    alice.post(BASE, {"name": "B", "category_ids": [books["bakery"]], "amount": "1"})
    assert alice.get(f"{BASE}/proposals").get_json()["data"] == []
    assert charlie.get(f"{BASE}/proposals").get_json()["data"] == []


def test_guesses_wait_until_somebody_confirms_them(alice: Any, books: dict[str, str]) -> None:
    rows = [
        {"account_id": books["Giro"], "booked_on": f"2026-05-{day:02}", "amount": f"-{day}.00", "payee": payee}
        for day in range(1, 21)
        for payee in ("Corner Bakery", "City Tram")
    ]
    tram = alice.post("/financial/categories", {"name": "Tram"}).get_json()["id"]
    names = {"Corner Bakery": books["bakery"], "City Tram": tram}
    filed = [row | {"category_id": names[row["payee"]]} for row in rows]
    alice.post("/financial/transactions", {"transactions": filed})
    new = {"account_id": books["Giro"], "booked_on": "2026-06-01", "amount": "-3.00"}
    ids = [
        alice.post("/financial/transactions", {**new, "payee": payee}).get_json()["id"]
        for payee in ("Corner Bakery", "City Tram", "Corner Bakery")
    ]
    alice.post("/financial/categorise", {"min_confidence": 0.5})
    found = alice.get("/financial/categorise/guesses").get_json()
    assert (found["count"], found["sure"]) == (3, 3)
    assert {each["transaction_id"] for each in found["data"]} == set(ids)
    assert all(each["because"] and each["currency"] == "EUR" for each in found["data"])
    one = alice.post("/financial/categorise/accept", {"transaction_ids": [ids[0]]}).get_json()
    rest = alice.post("/financial/categorise/accept", {"min_confidence": 0.5}).get_json()
    assert (one["accepted"], rest["accepted"]) == (1, 2)
    assert alice.get(f"/financial/transactions/{ids[1]}/category").get_json()["source"] == "person"
    assert alice.get("/financial/categorise/guesses").get_json()["count"] == 0
    assert alice.post("/financial/categorise/undo").get_json()["taken_back"] == 0
    for wrong in ("2", "x", "nan"):
        assert alice.get(f"/financial/categorise/guesses?min_confidence={wrong}").status_code == 422
