"""Categories that nobody typed, through the API: taught by a person, applied at the next import, taken back."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

Caller = Any


def csv_file(*rows: str, head: str = "Date,Amount,Payee") -> dict[str, Any]:
    return {"file": (BytesIO("\n".join([head, *rows, ""]).encode()), "bank.csv"), "create_accounts": "true"}


def imported(caller: Caller, *rows: str, head: str = "Date,Amount,Payee") -> dict[str, dict[str, Any]]:
    """The transactions of a file by payee."""
    answer = caller("POST", "/financial/imports", data=csv_file(*rows, head=head))
    assert answer.status_code == 201, answer.get_data(as_text=True)
    found = caller.get(f"/financial/transactions?import_id={answer.get_json()['id']}").get_json()["data"]
    return {each["payee"]: each for each in found}


@pytest.fixture
def categories(alice: Caller) -> dict[str, str]:
    """Acorn's categories: name -> id."""
    kinds = {"Groceries": "expense", "Dining": "expense", "Sales": "income", "Moves": "transfer", "Nest egg": "saving"}
    return {
        name: alice.post("/financial/categories", {"name": name, "kind": kind}).get_json()["id"]
        for name, kind in kinds.items()
    }


def choose(caller: Caller, transaction: dict[str, Any], category_id: str | None) -> None:
    answer = caller.patch(f"/financial/transactions/{transaction['id']}", {"category_id": category_id})
    assert answer.status_code == 200, answer.get_data(as_text=True)


def choice(caller: Caller, transaction: dict[str, Any]) -> dict[str, Any]:
    answer = caller.get(f"/financial/transactions/{transaction['id']}/category")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def test_a_correction_teaches_the_next_import(alice: Caller, categories: dict[str, str]) -> None:
    first = imported(alice, "2026-01-05,-12.50,Corner Bakery 17", "2026-01-06,-80.00,Northwind Rail")
    assert choice(alice, first["Corner Bakery 17"]) == {
        "category_id": None,
        "source": None,
        "confidence": None,
        "because": None,
        "alternatives": [],
    }
    choose(alice, first["Corner Bakery 17"], categories["Dining"])
    assert choice(alice, first["Corner Bakery 17"])["source"] == "person"
    then = imported(
        alice,
        "2026-02-05,-9.75,Corner Bakery 17",
        "2026-02-05,-31.00,Corner Bakery 3",
        "2026-02-06,-80.00,Northwind Rail",
    )
    told = choice(alice, then["Corner Bakery 17"])
    assert (told["category_id"], told["source"]) == (categories["Dining"], "learned")
    assert 0.9 <= told["confidence"] <= 1
    assert told["because"] == "1 of 1 line with this payee that a person categorised"
    assert then["Corner Bakery 3"]["category_id"] == categories["Dining"]
    assert then["Northwind Rail"]["category_id"] is None


def test_guesses_do_not_teach(alice: Caller, categories: dict[str, str]) -> None:
    first = imported(alice, "2026-01-05,-12.50,Corner Bakery")
    choose(alice, first["Corner Bakery"], categories["Dining"])
    second = imported(alice, "2026-02-05,-9.75,Corner Bakery")
    choose(alice, first["Corner Bakery"], categories["Groceries"])
    third = imported(alice, "2026-03-05,-9.75,Corner Bakery")
    assert second["Corner Bakery"]["category_id"] == categories["Dining"]
    assert third["Corner Bakery"]["category_id"] == categories["Groceries"]


def test_confirming_makes_it_a_persons_and_undo_takes_back_the_rest(alice: Caller, categories: dict[str, str]) -> None:
    first = imported(alice, "2026-01-05,-12.50,Corner Bakery")["Corner Bakery"]
    choose(alice, first, categories["Dining"])
    second = imported(alice, "2026-02-05,-9.75,Corner Bakery")["Corner Bakery"]
    third = imported(alice, "2026-03-05,-9.95,Corner Bakery")["Corner Bakery"]
    choose(alice, second, second["category_id"])
    assert choice(alice, second)["source"] == "person"
    assert alice.post("/financial/categorise/undo").get_json() == {"taken_back": 1}
    ids = [alice.get(f"/financial/transactions/{each['id']}").get_json()["category_id"] for each in (second, third)]
    assert ids == [categories["Dining"], None]
    spent = alice.get("/financial/dashboard/transactions?period=all").get_json()["data"]["by_category"]
    assert {each["category_id"]: each["amount"] for each in spent} == {categories["Dining"]: "22.25", None: "9.95"}
    assert alice.post("/financial/categorise/undo").get_json() == {"taken_back": 0}


def test_other_edits_keep_who_chose(alice: Caller, categories: dict[str, str]) -> None:
    first = imported(alice, "2026-01-05,-12.50,Corner Bakery")["Corner Bakery"]
    choose(alice, first, categories["Dining"])
    second = imported(alice, "2026-02-05,-9.75,Corner Bakery")["Corner Bakery"]
    alice.patch(f"/financial/transactions/{second['id']}", {"note": "with Vera"})
    assert choice(alice, second)["source"] == "learned"
    parts = [{"amount": "-5.00"}, {"amount": "-4.75"}]
    alice.patch(f"/financial/transactions/{second['id']}", {"splits": parts})
    assert choice(alice, second)["source"] is None


def test_a_category_taken_away_stays_away(alice: Caller, categories: dict[str, str]) -> None:
    first = imported(alice, "2026-01-05,-12.50,Corner Bakery", "2026-01-06,-9.00,Corner Bakery")["Corner Bakery"]
    choose(alice, first, categories["Dining"])
    assert alice.post("/financial/categorise", {}).get_json()["categorised"] == 1
    choose(alice, first, None)
    assert choice(alice, first)["source"] == "person"
    assert alice.post("/financial/categorise", {}).get_json() == {
        "dry_run": False,
        "looked_at": 0,
        "categorised": 0,
        "by_source": {"mcc": 0, "learned": 0},
        "preview": [],
    }


def test_categorise_what_is_there_after_a_look(alice: Caller, categories: dict[str, str]) -> None:
    rows = [f"2026-0{month}-05,-{month}.50,Corner Bakery" for month in range(1, 7)]
    first = imported(alice, *rows)["Corner Bakery"]
    choose(alice, first, categories["Dining"])
    version = alice.get("/tenant/info").get_json()["version"]
    look = alice.post("/financial/categorise", {"dry_run": True}).get_json()
    assert (look["looked_at"], look["categorised"], look["by_source"]) == (5, 5, {"mcc": 0, "learned": 5})
    assert [each["booked_on"] for each in look["preview"]] == sorted(
        (each["booked_on"] for each in look["preview"]), reverse=True
    )
    assert look["preview"][0]["because"] == "1 of 1 line with this payee that a person categorised"
    assert alice.get("/tenant/info").get_json()["version"] == version
    some = alice.post("/financial/categorise", {"from": "2026-02-01", "to": "2026-03-31"}).get_json()
    assert some["categorised"] == 2
    assert alice.post("/financial/categorise", {"min_confidence": 1.0}).get_json()["categorised"] == 0
    assert alice.post("/financial/categorise", {}).get_json()["categorised"] == 3
    spent = alice.get("/financial/dashboard/transactions?period=all").get_json()["data"]["by_category"]
    assert [(each["category_id"], each["count"]) for each in spent] == [(categories["Dining"], 6)]


def test_money_is_not_hidden(alice: Caller, categories: dict[str, str]) -> None:
    """A transfer is told only when all earlier lines of the payee say so, a refund only so, too."""
    rows = [f"2026-01-{day:02},-100.00,Acorn Reserve" for day in (5, 6, 7)]
    first = imported(alice, *rows)
    found = alice.get("/financial/transactions?q=Acorn Reserve").get_json()["data"]
    assert len(first) == 1
    for transaction in found[:2]:
        choose(alice, transaction, categories["Moves"])
    assert imported(alice, "2026-02-05,-100.00,Acorn Reserve")["Acorn Reserve"]["category_id"] is None
    choose(alice, found[2], categories["Moves"])
    told = imported(alice, "2026-02-06,-100.00,Acorn Reserve", "2026-02-07,50.00,Acorn Reserve")
    by_amount = alice.get("/financial/transactions?from=2026-02-06&sort=amount").get_json()["data"]
    assert [each["category_id"] for each in by_amount] == [categories["Moves"], None]
    assert told


def test_the_threshold_and_the_switch_are_the_tenants(
    alice: Caller, charlie: Caller, categories: dict[str, str]
) -> None:
    defaults = alice.get("/financial/categorise/settings").get_json()
    assert (defaults["learn"], defaults["min_confidence"]) == (True, 0.9)
    changed = alice("PUT", "/financial/categorise/settings", json={"learn": False})
    assert (changed.status_code, changed.get_json()["learn"]) == (200, False)
    first = imported(alice, "2026-01-05,-12.50,Corner Bakery")["Corner Bakery"]
    choose(alice, first, categories["Dining"])
    assert imported(alice, "2026-02-05,-9.75,Corner Bakery")["Corner Bakery"]["category_id"] is None
    both = alice("PUT", "/financial/categorise/settings", json={"learn": True, "min_confidence": 0.95}).get_json()
    assert (both["learn"], both["min_confidence"]) == (True, 0.95)
    assert charlie.get("/financial/categorise/settings").get_json()["min_confidence"] == 0.9


@pytest.mark.parametrize(
    "body",
    [
        {"min_confidence": 0.2},
        {"min_confidence": "0.9"},
        {"learn": "yes"},
        {"surprise": 1},
        {"mcc": {"no such group": None}},
        {"mcc": {"groceries": "999999"}},
    ],
)
def test_settings_that_make_no_sense_are_refused(alice: Caller, body: dict[str, Any]) -> None:
    assert alice("PUT", "/financial/categorise/settings", json=body).status_code == 422


@pytest.mark.parametrize("body", [{"from": "2026-02-01", "to": "2026-01-01"}, {"min_confidence": 2}, {"dry_run": "no"}])
def test_requests_that_make_no_sense_are_refused(alice: Caller, body: dict[str, Any]) -> None:
    assert alice.post("/financial/categorise", body).status_code == 422


def test_a_merchant_category_code_finds_the_category_by_name_or_link(alice: Caller, categories: dict[str, str]) -> None:
    head = "Date,Amount,Payee,MCC"
    found = imported(
        alice,
        "2026-01-05,-12.50,Yellow Store,5411",
        "2026-01-05,-30.00,Blue Kitchen,5812",
        "2026-01-05,-7.00,Green Pharmacy,5912",
        head=head,
    )
    assert found["Yellow Store"]["category_id"] == categories["Groceries"]
    assert choice(alice, found["Yellow Store"])["because"] == "merchant category code 5411: groceries"
    assert found["Blue Kitchen"]["category_id"] == categories["Dining"]
    assert found["Green Pharmacy"]["category_id"] is None
    linked = alice(
        "PUT", "/financial/categorise/settings", json={"mcc": {"health": categories["Groceries"]}}
    ).get_json()
    assert {"group": "health", "category_id": categories["Groceries"], "linked": True} in linked["mcc"]
    result = alice.post("/financial/categorise", {}).get_json()
    assert result["by_source"] == {"mcc": 1, "learned": 0}
    unlinked = alice("PUT", "/financial/categorise/settings", json={"mcc": {"health": None}}).get_json()
    assert {"group": "health", "category_id": None, "linked": False} in unlinked["mcc"]


def test_a_link_follows_its_category(alice: Caller, categories: dict[str, str]) -> None:
    alice(
        "PUT",
        "/financial/categorise/settings",
        json={"mcc": {"health": categories["Dining"], "pets": categories["Sales"]}},
    )
    alice.delete(f"/financial/categories/{categories['Dining']}?replace_by={categories['Groceries']}")
    alice.delete(f"/financial/categories/{categories['Sales']}")
    groups = {each["group"]: each for each in alice.get("/financial/categorise/settings").get_json()["mcc"]}
    assert groups["health"] == {"group": "health", "category_id": categories["Groceries"], "linked": True}
    assert groups["pets"] == {"group": "pets", "category_id": None, "linked": False}


def test_the_files_own_category_comes_first(alice: Caller, categories: dict[str, str]) -> None:
    head = "Date,Amount,Payee,Category,MCC"
    found = imported(alice, "2026-01-05,-12.50,Yellow Store,Dining,5411", head=head)["Yellow Store"]
    assert found["category_id"] == categories["Dining"]
    assert choice(alice, found)["source"] == "file"


def test_nothing_crosses_tenants(alice: Caller, charlie: Caller, categories: dict[str, str]) -> None:
    first = imported(alice, "2026-01-05,-12.50,Corner Bakery")["Corner Bakery"]
    choose(alice, first, categories["Dining"])
    theirs = imported(charlie, "2026-02-05,-9.75,Corner Bakery")["Corner Bakery"]
    assert theirs["category_id"] is None
    assert charlie.post("/financial/categorise", {}).get_json()["categorised"] == 0
    assert charlie.get(f"/financial/transactions/{first['id']}/category").status_code == 404
    assert choice(charlie, theirs)["alternatives"] == []


def test_lookers_on_may_ask_why_and_no_more(
    alice: Caller, sign_in: Callable[..., Caller], categories: dict[str, str]
) -> None:
    first = imported(alice, "2026-01-05,-12.50,Corner Bakery")["Corner Bakery"]
    vera = sign_in("vera@acorn.test", "org_1")
    assert choice(vera, first)["source"] is None
    assert vera.post("/financial/categorise", {}).status_code == 403
    assert vera.post("/financial/categorise/undo").status_code == 403
    assert vera("PUT", "/financial/categorise/settings", json={}).status_code == 403
    assert alice.get("/financial/transactions/999999/category").status_code == 404


def test_a_tag_on_a_part_filters_every_report(alice: Caller, categories: dict[str, str]) -> None:
    whole = imported(alice, "2026-01-05,-12.50,Corner Bakery", "2026-01-06,-3.00,Northwind Rail")["Corner Bakery"]
    parts = [
        {"amount": "-5.00", "category_id": categories["Dining"], "tags": ["trip"]},
        {"amount": "-7.50", "category_id": categories["Groceries"]},
    ]
    assert alice.patch(f"/financial/transactions/{whole['id']}", {"splits": parts}).status_code == 200
    query = "tag=trip&period=all"
    everything = alice.get(f"/financial/dashboard?{query}").get_json()["data"]
    summary = alice.get(f"/financial/dashboard/summary?{query}").get_json()["data"]
    flows = alice.get(f"/financial/dashboard/transactions?{query}").get_json()["data"]
    accounts = alice.get(f"/financial/dashboard/accounts?{query}").get_json()["data"]
    listed = alice.get("/financial/transactions?tag=trip").get_json()["data"]
    assert summary["expenses"] == everything["summary"]["expenses"] == "5.00"
    assert [(each["name"], each["amount"]) for each in flows["by_category"]] == [("Dining", "5.00")]
    assert everything["transactions"]["by_category"] == flows["by_category"]
    assert [each["outflow"] for each in accounts] == ["5.00"]
    assert [each["id"] for each in listed] == [whole["id"]]
