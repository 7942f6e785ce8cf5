"""The five endpoints as an integration sees them: envelope, headers, parameters, errors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.conftest import NOW, Caller

VIEWS = ("", "/summary", "/accounts", "/transactions", "/budgets")
WRONG = [
    ("period=yesterday", "period"),
    ("from=2026-01-01", "to"),
    ("to=2026-01-01", "from"),
    ("from=2026-02-01&to=2026-01-01", "to"),
    ("from=2026-02-30&to=2026-03-01", "from"),
    ("from=2026-01-01&to=2026-01-31&period=all", "period"),
    ("period=all&period=this_month", "period"),
    ("currency=EURO", "currency"),
    ("currency=", "currency"),
    ("colour=red", "colour"),
    ("from=%00&to=2026-01-01", "from"),
]


def ledger(caller: Caller) -> dict[str, str]:
    """An account, a category and three bookings; returns their ids."""
    account = caller.post("/financial/accounts", {"name": "Current", "type": "checking"}).get_json()["id"]
    food = caller.post("/financial/categories", {"name": "Food", "kind": "expense"}).get_json()["id"]
    rows = [
        {"account_id": account, "booked_on": "2026-05-04", "amount": "2500.00", "payee": "Employer"},
        {"account_id": account, "booked_on": "2026-06-02", "amount": "-40.10", "payee": "Grocer", "category_id": food},
        {"account_id": account, "booked_on": "2026-06-03", "amount": "4.10", "payee": "Grocer", "category_id": food},
    ]
    answer = caller.post("/financial/transactions", {"transactions": rows})
    assert answer.status_code == 201, answer.get_json()
    return {"account": account, "food": food}


@pytest.mark.parametrize("view", VIEWS)
def test_every_answer_says_what_it_is_about(alice: Caller, view: str) -> None:
    ledger(alice)
    answer = alice.get(f"/financial/dashboard{view}")
    assert answer.status_code == 200
    body = answer.get_json()
    assert set(body) == {
        "tenant", "period", "currency", "as_of", "version", "complete", "unconverted", "data"
    }  # fmt: skip
    assert body["tenant"] == "org_1"
    assert body["period"] == {"from": "2025-07-01", "to": "2026-06-30", "timezone": "Europe/Berlin"}
    assert (body["currency"], body["as_of"], body["complete"], body["unconverted"]) == ("EUR", "2026-06-17", True, [])
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Request-ID"]
    assert "cache;desc=" in answer.headers["Server-Timing"]
    assert "db;dur=" in answer.headers["Server-Timing"]


@pytest.mark.parametrize("view", VIEWS)
def test_an_unchanged_answer_is_a_304(alice: Caller, view: str) -> None:
    ledger(alice)
    first = alice.get(f"/financial/dashboard{view}")
    again = alice.get(f"/financial/dashboard{view}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    ledger_version = first.get_json()["version"]
    alice.post("/financial/categories", {"name": "Fun"})
    changed = alice.get(f"/financial/dashboard{view}", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.get_json()["version"] == ledger_version + 1


def test_a_write_is_seen_by_the_next_read(alice: Caller) -> None:
    ids = ledger(alice)
    assert alice.get("/financial/dashboard/summary").get_json()["data"]["expenses"] == "36.00"
    hit = alice.get("/financial/dashboard/summary")
    assert 'desc="hit"' in hit.headers["Server-Timing"]
    alice.post("/financial/transactions", {"account_id": ids["account"], "booked_on": "2026-06-04", "amount": "-10.00"})
    after = alice.get("/financial/dashboard/summary")
    assert 'desc="miss"' in after.headers["Server-Timing"]
    assert after.get_json()["data"]["expenses"] == "46.00"


def test_midnight_in_the_tenants_zone_makes_answers_new(sign_in: Callable[..., Caller], clock: list[datetime]) -> None:
    clock[0] = NOW.replace(hour=21, minute=55)
    alice = sign_in("alice@acorn.test", "org_1")
    first = alice.get("/financial/dashboard/summary")
    clock[0] = NOW.replace(hour=21, minute=59)
    assert alice.get("/financial/dashboard/summary").headers["ETag"] == first.headers["ETag"]
    clock[0] = NOW.replace(hour=22, minute=0)
    later = alice.get("/financial/dashboard/summary")
    assert (first.get_json()["as_of"], later.get_json()["as_of"]) == ("2026-06-17", "2026-06-18")
    assert later.headers["ETag"] != first.headers["ETag"]


def test_a_refund_reduces_its_category(alice: Caller) -> None:
    ids = ledger(alice)
    data = alice.get("/financial/dashboard/transactions?period=this_month").get_json()["data"]
    assert data["by_category"] == [
        {"category_id": ids["food"], "name": "Food", "kind": "expense", "amount": "36.00", "count": 2, "share": 1.0}
    ]
    assert (data["count"], data["inflow"], data["outflow"], data["average"]) == (2, "4.10", "40.10", "22.10")
    assert data["largest_outflow"]["amount"] == "-40.10"
    assert data["by_payee"] == [{"payee": "Grocer", "amount": "36.00", "count": 2}]
    assert [day["expenses"] for day in data["by_weekday"]][:3] == ["0.00", "40.10", "-4.10"]
    assert [row["booked_on"] for row in data["recent"]] == ["2026-06-03", "2026-06-02"]


def test_filters_make_stocks_undefined(alice: Caller) -> None:
    ids = ledger(alice)
    data = alice.get(f"/financial/dashboard/summary?category_id={ids['food']}").get_json()["data"]
    assert (data["expenses"], data["income"]) == ("36.00", "0.00")
    for name in ("net_worth", "assets", "liabilities", "savings_rate", "health"):
        assert data[name] is None, name
    assert data["net_worth_history"] == []
    accounts = alice.get(f"/financial/dashboard/accounts?category_id={ids['food']}").get_json()["data"]
    assert (accounts[0]["balance"], accounts[0]["change"]) == (None, None)
    assert accounts[0]["outflow"] == "40.10"


def test_a_wrong_parameter_is_a_422_that_names_it(alice: Caller) -> None:
    for view in VIEWS:
        for query, field in WRONG:
            problem = assert_problem(alice.get(f"/financial/dashboard{view}?{query}"), 422)
            assert field in [error["field"] for error in problem["errors"]], (view, query)


def test_an_unknown_id_is_a_404(alice: Caller) -> None:
    for query in ("account_id=999", "account_id=x", "category_id=999", "tag=nothing"):
        assert_problem(alice.get(f"/financial/dashboard?{query}"), 404)


def test_another_tenants_ids_do_not_exist(alice: Caller, charlie: Caller) -> None:
    ids = ledger(alice)
    for query in (f"account_id={ids['account']}", f"category_id={ids['food']}"):
        assert_problem(charlie.get(f"/financial/dashboard?{query}"), 404)
    assert charlie.get("/financial/dashboard/accounts").get_json()["data"] == []


def test_an_empty_tenant_has_an_answer(alice: Caller) -> None:
    data = alice.get("/financial/dashboard").get_json()["data"]
    assert data["summary"]["net_worth"] == "0.00"
    assert data["summary"]["savings_rate"] is None
    assert data["accounts"] == data["budgets"] == data["alerts"] == data["data_quality"] == []
    assert len(data["transactions"]["by_month"]) == 12
    assert data["transactions"]["largest_inflow"] is None
    assert data["transactions"]["average"] is None


def test_another_currency_is_never_taken_for_ours(alice: Caller) -> None:
    ledger(alice)
    body = alice.get("/financial/dashboard?currency=USD").get_json()
    assert body["complete"] is False
    assert [each["currency"] for each in body["unconverted"]] == ["EUR"]
    assert body["data"]["summary"]["net_worth"] is None
    assert body["data"]["summary"]["income"] is None


def test_the_feature_can_be_switched_off(alice: Caller, acorn: Any) -> None:
    from data import directory

    with acorn.database.directory() as session:
        directory.set_feature(session, directory.find_tenant(session, "org_1").id, "dashboard", False)
    for view in VIEWS:
        assert assert_problem(alice.get(f"/financial/dashboard{view}"), 404)["code"] == "feature_disabled"


def assert_problem(answer: Any, status: int) -> dict[str, Any]:
    """The one shape of all errors (RFC 9457)."""
    assert answer.status_code == status, answer.get_data(as_text=True)[:500]
    assert answer.mimetype == "application/problem+json"
    body: dict[str, Any] = answer.get_json()
    assert {"type", "title", "status", "detail", "code", "request_id"} <= set(body)
    assert body["status"] == status
    assert "Traceback" not in answer.get_data(as_text=True)
    return body
