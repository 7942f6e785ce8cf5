"""The largest POST that the contract allows."""

from __future__ import annotations

from typing import Any

from tests.conftest import Town


def test_ten_thousand_different_transactions_land_in_one_post(acorn: Town, sign_in: Any) -> None:
    call = sign_in("bob@acorn.test")
    account = call.post("/financial/accounts", {"name": "A", "type": "checking", "currency": "EUR"}).json["id"]
    rows = [
        {"account_id": account, "booked_on": "2026-01-05", "amount": f"-{number}.00", "payee": f"Payee {number}"}
        for number in range(1, 10_001)
    ]
    answer = call.post("/financial/transactions", {"transactions": rows})
    assert answer.status_code == 201, answer.json
    summary = call.get("/financial/dashboard/transactions?period=all").json["data"]
    assert (summary["count"], summary["outflow"]) == (10_000, "50005000.00")
