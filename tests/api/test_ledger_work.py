"""Routes for many transactions at once, their totals, taking a change back, and where one came from."""

from __future__ import annotations

from typing import Any

import pytest

BASE = "/financial/transactions"


@pytest.fixture
def booked(alice: Any) -> list[str]:
    """Three bookings of Acorn Ltd, newest first."""
    account = alice.post("/financial/accounts", {"name": "Giro"}).get_json()["id"]
    rows = [
        {"account_id": account, "booked_on": f"2026-06-0{day}", "amount": f"-{day}.00", "payee": f"Shop {day}"}
        for day in (3, 2, 1)
    ]
    return [each["id"] for each in alice.post(BASE, {"transactions": rows}).get_json()["data"]]


def test_change_by_filter_preview_and_take_back(alice: Any, booked: list[str]) -> None:
    body = {"changes": {"note": "seen", "add_tags": ["Trip"]}}
    tried = alice.post(f"{BASE}/bulk?to=2026-06-02", {**body, "dry_run": True}).get_json()
    assert (tried["found"], tried["changed"], tried["version"]) == (2, 2, None)
    assert tried["preview"][0]["after"] == {"note": "seen", "tags": ["Trip"]}
    assert alice.get(f"{BASE}?tag=trip").status_code == 404
    done = alice.post(f"{BASE}/bulk?to=2026-06-02", {**body, "expected": 2}).get_json()
    assert {row["note"] for row in alice.get(f"{BASE}?tag=trip").get_json()["data"]} == {"seen"}
    back = alice.post(f"{BASE}/undo", {"version": done["version"]})
    assert back.get_json()["restored"] == 2
    assert [row["note"] for row in alice.get(BASE).get_json()["data"]] == [None] * 3
    again = alice.post(f"{BASE}/undo", {"version": 999_999})
    assert (again.status_code, again.get_json()["code"]) == (404, "nothing_to_undo")


def test_a_changed_transactions_etag_is_what_undo_takes(alice: Any, booked: list[str]) -> None:
    changed = alice.patch(f"{BASE}/{booked[0]}", {"payee": "Else"})
    version = int(changed.headers["ETag"].strip('"'))
    assert alice.post(f"{BASE}/undo", {"version": version}).get_json()["restored"] == 1
    assert alice.get(f"{BASE}/{booked[0]}").get_json()["payee"] == "Shop 3"
    assert alice.post(f"{BASE}/undo", {"version": version}).get_json() == {
        "restored": 0,
        "kept": 1,
        "version": version + 2,
    }


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"delete": True, "changes": {"note": "x"}}, 422),
        ({"changes": {}}, 422),
        ({"changes": {"pending": None}}, 422),
        ({"changes": {"colour": "red"}}, 422),
        ({"ids": [], "delete": True}, 422),
        ({"delete": True, "expected": 1}, 409),
        ({"ids": ["x"], "delete": True}, 404),
    ],
)
def test_what_cannot_be_is_said(alice: Any, booked: list[str], body: Any, status: int) -> None:
    assert alice.post(f"{BASE}/bulk", body).status_code == status
    assert len(alice.get(BASE).get_json()["data"]) == 3


def test_totals_and_details(alice: Any, booked: list[str]) -> None:
    found = alice.get(f"{BASE}/totals?q=shop&from=2026-06-02").get_json()
    assert found["count"] == 2
    assert found["totals"] == [{"currency": "EUR", "count": 2, "inflow": "0.00", "outflow": "-5.00", "net": "-5.00"}]
    assert alice.get(f"{BASE}/totals?sort=amount").status_code == 422
    told = alice.get(f"{BASE}/{booked[0]}/details").get_json()
    assert told == {"partners": [], "source": None, "statement_category": None, "mcc": None}


def test_viewers_look_and_strangers_find_nothing(alice: Any, booked: list[str], sign_in: Any, charlie: Any) -> None:
    vera = sign_in("vera@acorn.test", "org_1")
    assert vera.get(f"{BASE}/totals").get_json()["count"] == 3
    assert vera.post(f"{BASE}/bulk", {"delete": True}).status_code == 403
    assert vera.post(f"{BASE}/undo", {"version": 1}).status_code == 403
    deleted = alice.post(f"{BASE}/bulk", {"ids": booked[:1], "delete": True}).get_json()["version"]
    assert sign_in("bob@acorn.test", "org_1").post(f"{BASE}/undo", {"version": deleted}).status_code == 404
    assert charlie.get(f"{BASE}/totals").get_json()["count"] == 0
    assert charlie.post(f"{BASE}/bulk", {"ids": booked[1:], "delete": True}).status_code == 404
    assert charlie.get(f"{BASE}/{booked[1]}/details").status_code == 404
    assert charlie.post(f"{BASE}/undo", {"version": deleted}).status_code == 404
