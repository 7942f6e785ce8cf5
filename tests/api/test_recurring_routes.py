"""`/financial/recurring` and what it brings to budgets: as somebody who pays every month sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Caller

PATH = "/financial/recurring"


@pytest.fixture
def account(alice: Caller) -> str:
    made = alice.post("/financial/accounts", {"name": "Current", "type": "checking"})
    return str(made.get_json()["id"])


def category(caller: Caller, name: str, kind: str = "expense") -> str:
    return str(caller.post("/financial/categories", {"name": name, "kind": kind}).get_json()["id"])


def pay(caller: Caller, account: str, payee: str, days: list[str], amount: str, **more: Any) -> list[str]:
    rows = [{"account_id": account, "booked_on": day, "amount": amount, "payee": payee, **more} for day in days]
    answer = caller.post("/financial/transactions", {"transactions": rows})
    assert answer.status_code == 201, answer.get_json()
    return [row["id"] for row in answer.get_json()["data"]]


def fifth(*months: int) -> list[str]:
    return [f"2026-{month:02}-05" for month in months]


def test_a_monthly_payment_is_found(alice: Caller, account: str) -> None:
    streams = category(alice, "Streams")
    pay(alice, account, "Flimmer GmbH", fifth(3, 4, 5, 6), "-12.99", category_id=streams)
    pay(alice, account, "Corner shop", ["2026-06-01", "2026-06-03", "2026-06-16"], "-4.10")
    answer = alice.get(PATH).get_json()
    (row,) = answer["data"]
    assert answer["next_cursor"] is None
    assert row == {
        "id": row["id"],
        "payee": "Flimmer GmbH",
        "account_id": account,
        "category_id": streams,
        "kind": "expense",
        "currency": "EUR",
        "interval": "monthly",
        "amount": "-12.99",
        "next_on": "2026-07-05",
        "first_on": "2026-03-05",
        "last_on": "2026-06-05",
        "confidence": row["confidence"],
        "price_changes": [],
        "ended": False,
        "upcoming": ["2026-07-05", "2026-08-05", "2026-09-05"],
    }
    assert 0.7 < row["confidence"] <= 1


def test_names_are_compared_by_their_words(alice: Caller, account: str) -> None:
    for day, payee in zip(fifth(4, 5, 6), ("FLIMMER-GMBH", "Flimmer  GmbH", "flimmer gmbh."), strict=True):
        pay(alice, account, payee, [day], "-12.99")
    (row,) = alice.get(PATH).get_json()["data"]
    assert row["payee"] == "flimmer gmbh."


def test_it_comes_and_goes_with_its_bookings(alice: Caller, account: str) -> None:
    ids = pay(alice, account, "Flimmer", fifth(4, 5, 6), "-12.99")
    extra = pay(alice, account, "Flimmer", ["2026-05-10"], "-12.99")
    assert alice.get(PATH).get_json()["data"] == []
    alice.delete(f"/financial/transactions/{extra[0]}")
    assert len(alice.get(PATH).get_json()["data"]) == 1
    alice.patch(f"/financial/transactions/{ids[0]}", {"payee": "Other"})
    assert alice.get(PATH).get_json()["data"] == []
    alice.patch(f"/financial/transactions/{ids[0]}", {"payee": "flimmer"})
    assert len(alice.get(PATH).get_json()["data"]) == 1


def test_the_next_due_comes_first_and_ended_ones_last(alice: Caller, account: str) -> None:
    pay(alice, account, "Ended", fifth(1, 2, 3), "-5.00")
    pay(alice, account, "Later", fifth(4, 5, 6), "-5.00")
    pay(alice, account, "Sooner", ["2026-04-01", "2026-05-01", "2026-06-01"], "-5.00")
    whole = alice.get(PATH).get_json()["data"]
    assert [(row["payee"], row["ended"], row["next_on"]) for row in whole] == [
        ("Sooner", False, "2026-07-01"),
        ("Later", False, "2026-07-05"),
        ("Ended", True, None),
    ]
    assert whole[2]["upcoming"] == []
    paged, cursor = [], ""
    while cursor is not None:
        page = alice.get(f"{PATH}?limit=1" + (f"&cursor={cursor}" if cursor else "")).get_json()
        paged += page["data"]
        cursor = page["next_cursor"]
    assert paged == whole


def test_filters(alice: Caller, account: str) -> None:
    streams, rent = category(alice, "Streams"), category(alice, "Rent")
    other = alice.post("/financial/accounts", {"name": "Other"}).get_json()["id"]
    pay(alice, account, "Flimmer", fifth(4, 5, 6), "-12.99", category_id=streams)
    pay(alice, other, "Landlord", fifth(4, 5, 6), "-900.00", category_id=rent)
    pay(alice, other, "Unknown", fifth(4, 5, 6), "-7.00")

    def found(query: str) -> list[str]:
        return sorted(row["payee"] for row in alice.get(f"{PATH}?{query}").get_json()["data"])

    assert found(f"account_id={other}") == ["Landlord", "Unknown"]
    assert found(f"category_id={streams}&category_id=none") == ["Flimmer", "Unknown"]
    assert found(f"account_id={other}&category_id={streams}") == []
    assert alice.get(f"{PATH}?account_id=999999").status_code == 404
    assert alice.get(f"{PATH}?period=all").status_code == 422
    assert alice.get(f"{PATH}?cursor=x").status_code == 422


def test_nobody_sees_what_others_pay(alice: Caller, charlie: Caller, account: str) -> None:
    pay(alice, account, "Flimmer", fifth(4, 5, 6), "-12.99")
    assert charlie.get(PATH).get_json()["data"] == []
    assert charlie.get(f"{PATH}?account_id={account}").status_code == 404


# Budgets. Today is 17 June 2026.


def status(caller: Caller, period: str = "this_month") -> dict[str, Any]:
    (row,) = caller.get(f"/financial/dashboard/budgets?period={period}").get_json()["data"]
    found: dict[str, Any] = row
    return found


def budget(caller: Caller, category_id: str, amount: str, **more: Any) -> None:
    body = {"name": "Plan", "category_ids": [category_id], "amount": amount, **more}
    assert caller.post("/financial/budgets", body).status_code == 201


def test_what_is_still_to_come_is_committed(alice: Caller, account: str) -> None:
    streams = category(alice, "Streams")
    pay(alice, account, "Flimmer", ["2026-03-25", "2026-04-25", "2026-05-25"], "-12.99", category_id=streams)
    budget(alice, streams, "40.00", rule={"type": "monthly", "starts_on": "2026-05-01"})
    row = status(alice)
    assert (row["spent"], row["committed"], row["projected"]) == ("0.00", "12.99", "12.99")
    # 40.00 - 12.99 for 14 days, today included.
    assert row["left_per_day"] == "1.92"
    assert (row["used"], row["status"]) == (0.0, "no_activity")


def test_what_was_paid_has_no_pace(alice: Caller, account: str) -> None:
    streams = category(alice, "Streams")
    pay(alice, account, "Flimmer", fifth(4, 5, 6), "-12.99", category_id=streams)
    pay(alice, account, "Cinema", ["2026-06-10"], "-17.00", category_id=streams)
    budget(alice, streams, "80.00", rule={"type": "monthly", "starts_on": "2026-05-01"})
    row = status(alice)
    # 29.99 spent, of which 17.00 in 17 days go on for 13 days.
    assert (row["spent"], row["committed"], row["projected"]) == ("29.99", "0.00", "42.99")


def test_an_overdue_payment_is_committed_until_its_series_ends(
    alice: Caller, account: str, clock: list[Any], sign_in: Callable[..., Caller]
) -> None:
    streams = category(alice, "Streams")
    pay(alice, account, "Flimmer", fifth(3, 4, 5), "-12.99", category_id=streams)
    budget(alice, streams, "40.00", rule={"type": "monthly", "starts_on": "2026-05-01"})
    assert status(alice)["committed"] == "12.99"
    # Due on 5 June and 5 July: with both missed, four days late, it is over.
    for day, committed in ((9, "12.99"), (10, "0.00")):
        clock[0] = clock[0].replace(month=7, day=day)
        assert status(sign_in("alice@acorn.test", "org_1"))["committed"] == committed


def test_outside_the_current_period_nothing_is_committed(alice: Caller, account: str) -> None:
    streams = category(alice, "Streams")
    pay(alice, account, "Flimmer", fifth(3, 4, 5), "-12.99", category_id=streams)
    budget(alice, streams, "40.00", rule={"type": "monthly", "starts_on": "2026-05-01"})
    row = status(alice, "last_month")
    assert (row["committed"], row["projected"], row["left_per_day"]) == ("0.00", "12.99", None)


def test_a_standing_order_is_committed_to_saving(alice: Caller, account: str) -> None:
    nest = category(alice, "Nest", "saving")
    saver = alice.post("/financial/accounts", {"name": "Saver", "type": "savings"}).get_json()["id"]
    for month in (3, 4, 5):
        pay(alice, account, "Saver", [f"2026-{month:02}-28"], "-100.00", category_id=nest, counterparty="Saver")
        pay(alice, saver, "Current", [f"2026-{month:02}-28"], "100.00", counterparty="Current")
    budget(alice, nest, "200.00", rule={"type": "monthly", "starts_on": "2026-05-01"})
    assert status(alice)["committed"] == "100.00"
    assert {row["kind"] for row in alice.get(PATH).get_json()["data"]} == {"saving", "transfer"}


def test_the_projection_fires_an_alert_and_is_armed_again(alice: Caller, account: str) -> None:
    food = category(alice, "Food")
    budget(alice, food, "100.00", rule={"type": "monthly", "starts_on": "2026-06-01"})
    (bought,) = pay(alice, account, "Market", ["2026-06-09"], "-70.00", category_id=food)
    assert status(alice)["status"] == "projected_over"

    def levels() -> list[str]:
        return [alert["level"] for alert in status(alice)["alerts"]]

    assert levels() == ["projected_over"]
    alice.patch(f"/financial/transactions/{bought}", {"amount": "-69.00"})
    assert levels() == ["projected_over"]
    alice.patch(f"/financial/transactions/{bought}", {"amount": "-40.00"})
    assert status(alice)["status"] == "on_track"
    alice.patch(f"/financial/transactions/{bought}", {"amount": "-70.00"})
    assert levels() == ["projected_over", "projected_over"]


def test_a_payment_in_another_currency_is_committed_at_its_rate(alice: Caller) -> None:
    streams = category(alice, "Streams")
    made = alice.post("/financial/accounts", {"name": "Dollars", "currency": "USD"}).get_json()["id"]
    pay(alice, made, "Flimmer", ["2026-03-25", "2026-04-25", "2026-05-25"], "-10.00", category_id=streams)
    budget(alice, streams, "40.00", rule={"type": "monthly", "starts_on": "2026-06-01"})
    answer = alice.get("/financial/dashboard/budgets?period=this_month").get_json()
    assert answer["data"][0]["committed"] == "0.00"
    assert (answer["complete"], answer["unconverted"]) == (
        False,
        [{"currency": "USD", "amount": "-10.00", "count": 1}],
    )
    alice.post("/financial/rates", {"base": "EUR", "quote": "USD", "date": "2026-06-15", "rate": "1.25"})
    answer = alice.get("/financial/dashboard/budgets?period=this_month").get_json()
    assert (answer["complete"], answer["data"][0]["committed"]) == (True, "8.00")


def test_an_import_finds_them_too(alice: Caller, account: str) -> None:
    lines = "\n".join(f"{date(2026, month, 5)},Flimmer,-12.99" for month in range(1, 7))
    data = f"Date,Payee,Amount\n{lines}\n".encode()
    answer = alice.client.post(
        "/financial/imports",
        data={"file": (BytesIO(data), "a.csv"), "account_id": account},
        headers={"Authorization": f"Bearer {alice.token}"},
    )
    assert answer.status_code == 201, answer.get_json()
    (row,) = alice.get(PATH).get_json()["data"]
    assert (row["payee"], row["next_on"]) == ("Flimmer", "2026-07-05")
