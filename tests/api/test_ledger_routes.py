"""The ledger's small resources over HTTP, where each is unlike the others."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Caller


@pytest.fixture
def food(alice: Caller) -> str:
    """A category of Acorn's."""
    found: str = alice.post("/financial/categories", {"name": "Food"}).get_json()["id"]
    return found


@pytest.fixture
def giro(alice: Caller) -> str:
    """An account of Acorn's."""
    found: str = alice.post("/financial/accounts", {"name": "Giro", "identifier": "DE1"}).get_json()["id"]
    return found


def book(caller: Caller, account: str, amount: str, category: str | None = None) -> Any:
    new = {"account_id": account, "booked_on": "2026-06-02", "amount": amount, "category_id": category}
    answer = caller.post("/financial/transactions", new)
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


def test_an_account_is_answered_whole(alice: Caller) -> None:
    new = {
        "name": "Tagesgeld",
        "type": "savings",
        "institution": "Sparkasse",
        "identifier": "DE89370400440532013000",
        "currency": "KWD",
        "opening_balance": "-1.5",
        "opening_on": "2026-01-01",
        "opened_on": "2020-02-29",
        "closed_on": "2026-12-31",
        "in_net_worth": False,
    }
    answer = alice.post("/financial/accounts", new)
    assert answer.get_json() == {**new, "id": answer.get_json()["id"], "opening_balance": "-1.500"}


def test_null_takes_tags_and_splits_away(alice: Caller, giro: str, food: str) -> None:
    line = book(alice, giro, "-2.00", food)
    where = f"/financial/transactions/{line['id']}"
    parts = [{"amount": "-1.50", "category_id": food}, {"amount": "-0.50"}]
    assert len(alice.patch(where, {"splits": parts, "tags": ["trip"]}).get_json()["splits"]) == 2
    left = alice.patch(where, {"splits": None, "tags": None}).get_json()
    assert (left["splits"], left["tags"], left["amount"]) == ([], [], "-2.00")


def test_a_wrong_field_is_named_as_it_was_written(alice: Caller, food: str) -> None:
    budget = {"name": "Food", "category_ids": [food], "amount": "5.00"}
    for noun, body, field in (
        ("budgets", budget | {"rule": {"type": "monthly", "day": 29}}, "rule.day"),
        ("budgets", budget | {"rule": {"type": "monthly", "day": "first"}}, "rule.day"),
        ("accounts", {"name": "One", "opening_on": "2026-01-01"}, "opening_balance"),
        ("accounts", {"name": "One", "opening_balance": "1.00"}, "opening_on"),
    ):
        answer = alice.post(f"/financial/{noun}", body)
        assert (answer.status_code, [each["field"] for each in answer.get_json()["errors"]]) == (422, [field])


def test_conflicts_name_the_field_and_the_code(alice: Caller, giro: str, food: str) -> None:
    rate = {"base": "USD", "quote": "EUR", "date": "2026-05-01", "rate": "0.92"}
    alice.post("/financial/tags", {"name": "Trip"})
    alice.post("/financial/rates", rate)
    assert giro
    assert food
    for noun, body, field, code in (
        ("accounts", {"name": "Two", "identifier": "DE1"}, "identifier", "identifier_taken"),
        ("categories", {"name": "FOOD"}, "name", "name_taken"),
        ("tags", {"name": "trip"}, "name", "name_taken"),
        ("rates", rate, "date", "rate_taken"),
    ):
        answer = alice.post(f"/financial/{noun}", body)
        assert (answer.status_code, answer.get_json()["code"]) == (409, code)
        assert [each["field"] for each in answer.get_json()["errors"]] == [field]


def test_what_is_in_use_moves_when_it_is_told_where(alice: Caller, giro: str, food: str) -> None:
    book(alice, giro, "-5.00", food)
    spare = alice.post("/financial/accounts", {"name": "Spare"}).get_json()["id"]
    meals = alice.post("/financial/categories", {"name": "Meals"}).get_json()["id"]
    for noun, used, other in (("accounts", giro, spare), ("categories", food, meals)):
        answer = alice.delete(f"/financial/{noun}/{used}")
        assert (answer.status_code, answer.get_json()["code"]) == (409, "in_use")
        assert alice.delete(f"/financial/{noun}/{used}?replace_by={other}").status_code == 204
    (moved,) = alice.get("/financial/transactions").get_json()["data"]
    assert (moved["account_id"], moved["category_id"]) == (spare, meals)


def test_a_budget_is_answered_whole(alice: Caller, food: str, giro: str) -> None:
    new = {
        "name": "Food",
        "category_ids": [food],
        "account_ids": [giro],
        "currency": "EUR",
        "rule": {"type": "monthly", "weekday": None, "day": "last", "starts_on": "2026-01-31", "ends_on": None},
        "amount": "300.00",
        "effective_from": "2026-01-31",
        "rollover": {"policy": "carry_positive", "cap": "50.00"},
        "thresholds": {"levels": [0.5, 1.0]},
    }
    answer = alice.post("/financial/budgets", new)
    assert answer.get_json() == {**new, "id": answer.get_json()["id"]}
    changed = alice.patch(answer.headers["Location"], {"rollover": {"cap": None}, "amount": "310.00"})
    assert changed.get_json()["rollover"] == {"policy": "carry_positive", "cap": None}
    assert (changed.get_json()["amount"], changed.get_json()["effective_from"]) == ("310.00", "2026-05-31")


def test_a_budgets_history_lists_all_periods(alice: Caller, charlie: Caller, food: str, giro: str) -> None:
    new = {"name": "Food", "category_ids": [food], "amount": "300.00", "rule": {"starts_on": "2026-04-01"}}
    where = alice.post("/financial/budgets", new).headers["Location"]
    book(alice, giro, "-45.00", food)
    body = alice.get(f"{where}/history").get_json()
    assert [row["period"] for row in body["data"]] == [
        {"from": "2026-04-01", "to": "2026-04-30"},
        {"from": "2026-05-01", "to": "2026-05-31"},
        {"from": "2026-06-01", "to": "2026-06-30"},
    ]
    assert [row["spent"] for row in body["data"]] == ["0.00", "0.00", "45.00"]
    assert (body["complete"], body["unconverted"], body["next_cursor"]) == (True, [], None)
    (current,) = alice.get("/financial/dashboard/budgets?period=this_month").get_json()["data"]
    assert body["data"][-1] == current
    assert alice.get(f"{where}/history?limit=1").status_code == 422
    assert charlie.get(f"{where}/history").status_code == 404


def test_alerts_come_newest_first_and_can_only_be_acknowledged(
    alice: Caller, charlie: Caller, food: str, giro: str
) -> None:
    for name in ("One", "Two", "Three"):
        alice.post("/financial/budgets", {"name": name, "category_ids": [food], "amount": "100.00"})
    book(alice, giro, "-85.00", food)
    book(alice, giro, "-10.00", food)
    alerts = alice.get("/financial/alerts").get_json()["data"]
    assert [alert["level"] for alert in alerts] == [0.9] * 3 + ["projected_over"] * 3
    assert alerts[0]["period"] == {"from": "2026-06-01", "to": "2026-06-30"}
    seen, cursor = [], None
    while cursor is not None or not seen:
        query = {"limit": 2} | ({} if cursor is None else {"cursor": cursor})
        page = alice.get("/financial/alerts", query_string=query).get_json()
        seen, cursor = seen + page["data"], page["next_cursor"]
    assert seen == alerts
    where = f"/financial/alerts/{alerts[0]['id']}"
    read = alice.get(where)
    assert read.get_json() == alerts[0]
    answer = alice.patch(where, {"acknowledged": True}, headers={"If-Match": read.headers["ETag"]})
    assert answer.headers["ETag"] != read.headers["ETag"]
    assert datetime.fromisoformat(answer.get_json()["acknowledged_at"]).tzinfo is not None
    seen_at = alice.patch(where, {"acknowledged_at": "2026-06-09T01:30:00+02:00"}).get_json()["acknowledged_at"]
    assert seen_at == "2026-06-08T23:30:00Z"
    assert alice.patch(where, {"acknowledged_at": None}).get_json() == alerts[0]
    assert alice.patch(where, {"acknowledged": True}, headers={"If-Match": '"7"'}).status_code == 412
    for wrong in ({"level": "1.0"}, {"acknowledged_at": "0001-01-01T00:00:00+02:00"}, {"acknowledged": None}):
        assert alice.patch(where, wrong).status_code == 422
    assert [alice.post("/financial/alerts", {}).status_code, alice.delete(where).status_code] == [405, 405]
    assert [charlie.get(where).status_code, charlie.patch(where, {"acknowledged": True}).status_code] == [404, 404]
    assert charlie.get("/financial/alerts").get_json()["data"] == []


def test_the_version_grows_with_every_write(alice: Caller, giro: str, food: str) -> None:
    before = alice.get("/financial/accounts").get_json()["version"]
    assert alice.patch(f"/financial/accounts/{giro}", {"name": "Main"}).status_code == 200
    assert alice.patch(f"/financial/categories/{food}", {"name": ""}).status_code == 422
    assert alice.get("/financial/tags").get_json()["version"] == before + 1
