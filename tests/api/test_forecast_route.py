"""`/financial/forecast`: the next 90 days, as far as the past allows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.conftest import Caller

PATH = "/financial/forecast"
TODAY = date(2026, 6, 17)


def account(caller: Caller, name: str = "Current", **more: Any) -> str:
    body = {"name": name, "type": "checking", **more}
    return str(caller.post("/financial/accounts", body).get_json()["id"])


def pay(caller: Caller, account_id: str, rows: list[tuple[date, str, str]]) -> None:
    body = [
        {"account_id": account_id, "booked_on": day.isoformat(), "amount": amount, "payee": payee}
        for day, payee, amount in rows
    ]
    answer = caller.post("/financial/transactions", {"transactions": body})
    assert answer.status_code == 201, answer.get_json()


def salary_and_lunches(days: int) -> list[tuple[date, str, str]]:
    """Lunch at another place each day, and a salary on the first of each month."""
    past = [TODAY - timedelta(days=n) for n in range(days)]
    lunches = [(day, f"Place number {day.toordinal()}", "-10.00") for day in past]
    return lunches + [(day, "Acme", "2000.00") for day in past if day.day == 1]


def data(caller: Caller, query: str = "") -> dict[str, Any]:
    answer = caller.get(PATH + query)
    assert answer.status_code == 200, answer.get_json()
    found: dict[str, Any] = answer.get_json()["data"]
    return found


def test_what_recurs_and_what_is_spent_every_day_go_on(alice: Caller) -> None:
    current = account(alice, opening_balance="5000.00", opening_on="2025-06-01")
    pay(alice, current, salary_and_lunches(200))
    answer = alice.get(PATH).get_json()
    found = answer["data"]
    assert answer["period"] == {"from": "2026-06-18", "to": "2026-09-15", "timezone": "Europe/Berlin"}
    assert (found["account_ids"], found["reason"]) == ([current], None)
    start = Decimal(found["balance"])
    points = {point["date"]: point for point in found["points"]}
    assert len(points) == 90
    # Every day is like every other one, so nothing is left to guess: 10.00 a day, a salary on the first.
    assert Decimal(points["2026-06-30"]["expected"]) == start - 130
    assert points["2026-06-30"]["low"] == points["2026-06-30"]["high"]
    assert points["2026-07-01"]["recurring"] == "2000.00"
    assert Decimal(points["2026-09-15"]["expected"]) == start - 900 + 6000
    assert found["error"] == {"median": "0.00", "days": 30, "tests": found["error"]["tests"]}
    assert found["error"]["tests"] >= 3


def test_it_is_the_same_each_time_and_for_each_tenant_its_own(alice: Caller) -> None:
    current = account(alice)
    rows = salary_and_lunches(300)
    pay(alice, current, [(day, payee, f"-{day.toordinal() % 37 + 1}.00") for day, payee, _ in rows])
    first = data(alice)
    assert first == data(alice)
    assert all(
        Decimal(point["low"]) <= Decimal(point["expected"]) <= Decimal(point["high"]) for point in first["points"]
    )
    assert any(point["low"] != point["high"] for point in first["points"])


def test_under_three_months_there_is_none(alice: Caller) -> None:
    current = account(alice, opening_balance="100.00", opening_on="2026-01-01")
    pay(alice, current, salary_and_lunches(89))
    found = data(alice)
    assert (found["points"], found["error"], found["reason"]) == (None, None, "short_history")
    assert found["balance"] is not None
    pay(alice, current, [(TODAY - timedelta(days=89), "x", "-1.00")])
    assert data(alice)["reason"] is None


def test_it_is_about_everyday_accounts_or_those_named(alice: Caller) -> None:
    current = account(alice)
    house = account(alice, "House", type="property", opening_balance="300000.00", opening_on="2020-01-01")
    closed = account(alice, "Closed", closed_on="2026-01-01", opened_on="2020-01-01")
    pay(alice, current, salary_and_lunches(120))
    assert data(alice)["account_ids"] == [current]
    assert data(alice, f"?account_id={house}")["balance"] == "300000.00"
    assert data(alice, f"?account_id={closed}")["reason"] == "no_accounts"
    assert alice.get(f"{PATH}?account_id=999999").status_code == 404
    assert alice.get(f"{PATH}?period=all").status_code == 422


def test_money_without_a_rate_stays_out_and_is_listed(alice: Caller) -> None:
    dollars = account(alice, "Dollars", currency="USD", opening_balance="100.00", opening_on="2025-01-01")
    pay(alice, dollars, salary_and_lunches(120))
    answer = alice.get(PATH).get_json()
    assert (answer["data"]["reason"], answer["data"]["balance"], answer["complete"]) == ("no_rates", None, False)
    alice.post("/financial/rates", {"base": "EUR", "quote": "USD", "date": "2026-06-17", "rate": "2"})
    answer = alice.get(PATH).get_json()
    assert answer["complete"]
    point = answer["data"]["points"][0]
    assert Decimal(answer["data"]["balance"]) - Decimal(point["expected"]) == 5


def test_a_transfer_between_two_accounts_moves_each_and_not_both(alice: Caller) -> None:
    current, saver = account(alice), account(alice, "Saver", type="savings")
    pay(alice, current, salary_and_lunches(200))
    firsts = [TODAY.replace(day=2) - timedelta(days=n) for n in range(190)]
    days = [day for day in firsts if day.day == 2]
    for one, other, amount in ((current, "Saver", "-300.00"), (saver, "Current", "300.00")):
        body = [
            {"account_id": one, "booked_on": f"{day}", "amount": amount, "payee": other, "counterparty": other}
            for day in days
        ]
        assert alice.post("/financial/transactions", {"transactions": body}).status_code == 201
    on = {point["date"]: point["recurring"] for point in data(alice, f"?account_id={saver}")["points"]}
    assert on["2026-07-02"] == "300.00"
    both = {point["date"]: point["recurring"] for point in data(alice)["points"]}
    assert both["2026-07-02"] == "0.00"
