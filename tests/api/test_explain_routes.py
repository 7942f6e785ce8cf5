"""`/financial/explain` and `/financial/figures`: as somebody who wonders about a number sees them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import quote

import pytest

from data.reports.registry import DEFINITIONS
from data.schemas.comparisons import Compared
from data.schemas.figures import ExplainedLine, Explanation, Reason

if TYPE_CHECKING:
    from tests.conftest import Caller

PATH, MONTH = "/financial/explain", "period=this_month"
Books = dict[str, Any]


@pytest.fixture
def books(alice: Caller) -> Books:
    """A month with a bit of everything; ids by name."""

    def made(path: str, **values: Any) -> str:
        answer = alice.post(f"/financial/{path}", values)
        assert answer.status_code == 201, answer.get_json()
        return str(answer.get_json()["id"])

    ids = {
        "current": made("accounts", name="Current", type="checking", opening_balance="100.00", opening_on="2026-06-01"),
        "nest egg": made("accounts", name="Nest egg", type="savings"),
        "house": made("accounts", name="House", type="property", in_net_worth=False),
        "dollars": made("accounts", name="Dollars", type="checking", currency="USD"),
        "food": made("categories", name="Food", kind="expense"),
        "pay": made("categories", name="Pay", kind="income"),
        "moves": made("categories", name="Moves", kind="transfer"),
    }
    ids["plan"] = made("budgets", name="Food", category_ids=[ids["food"]], amount="50.00")
    rows: list[tuple[str, str, str, Books]] = [
        ("current", "2026-06-02", "1000.00", {"category_id": ids["pay"], "payee": "Acme"}),
        ("current", "2026-06-03", "-30.00", {"category_id": ids["food"], "tags": ["party"]}),
        ("current", "2026-06-04", "-12.00", {"splits": [
            {"amount": "-8.00", "category_id": ids["food"]}, {"amount": "-4.00", "category_id": None}]}),
        ("current", "2026-06-05", "5.00", {"category_id": ids["food"], "payee": "Refund"}),
        ("current", "2026-06-06", "-200.00", {"category_id": ids["moves"]}),
        ("nest egg", "2026-06-06", "200.00", {"category_id": ids["moves"]}),
        ("current", "2026-06-07", "-7.00", {"pending": True, "category_id": ids["food"]}),
        ("current", "2026-06-08", "-3.00", {"type": "adjustment"}),
        ("dollars", "2026-06-09", "-20.00", {"category_id": ids["food"]}),
        ("house", "2026-06-10", "90.00", {"type": "adjustment"}),
    ]  # fmt: skip
    new = [{"account_id": ids[name], "booked_on": day, "amount": amount, **more} for name, day, amount, more in rows]
    answer = alice.post("/financial/transactions", {"transactions": new})
    assert answer.status_code == 201, answer.get_json()
    return ids


def explain(caller: Caller, figure: str, query: str = MONTH) -> Books:
    answer = caller.get(f"{PATH}/{figure}?{query}")
    assert answer.status_code == 200, answer.get_json()
    body: Books = answer.get_json()
    return body


def test_expenses_say_what_is_in_them_and_what_is_not(alice: Caller, books: Books) -> None:
    found = explain(alice, "summary.expenses", f"{MONTH}&tag=party")
    assert (found["kind"], found["total"], found["currency"]) == ("sum", "30.00", "EUR")
    assert [row["amount_converted"] for row in found["transactions"]] == ["30.00"]
    whole = explain(alice, "summary.expenses")
    assert whole["total"] == "37.00"
    assert [(row["part"], row["amount"], row["amount_converted"]) for row in whole["transactions"]] == [
        (None, "5.00", "-5.00"),
        (2, "-4.00", "4.00"),
        (1, "-8.00", "8.00"),
        (None, "-30.00", "30.00"),
    ]
    assert {(row["reason"], row["count"], row["amount"], row["currency"]) for row in whole["excluded"]} == {
        ("transfer", 1, "200.00", "EUR"),
        ("adjustment", 1, "3.00", "EUR"),
        ("pending", 1, "7.00", "EUR"),
        ("no_rate", 1, "20.00", "USD"),
    }
    assert whole["complete"] is False
    assert whole["unconverted"] == [{"currency": "USD", "amount": "-20.00", "count": 1}]
    filtered = next(row for row in found["excluded"] if row["reason"] == "filtered")
    assert (filtered["count"], filtered["amount"]) == (3, "7.00")


def test_a_balance_begins_with_the_opening_balance(alice: Caller, books: Books) -> None:
    found = explain(alice, f"account.{books['current']}.balance")
    assert found["total"] == "860.00"
    assert found["adjustments"] == [{"name": "opening_balance", "amount": "100.00"}]
    assert [(row["reason"], row["amount"]) for row in found["excluded"]] == [("pending", "-7.00")]
    before = explain(alice, f"account.{books['current']}.balance", "from=2026-05-01&to=2026-05-31")
    assert (before["total"], before["transactions"]) == ("100.00", [])


def test_ratios_name_their_inputs_and_net_worth_its_terms(alice: Caller, books: Books) -> None:
    rate = explain(alice, "summary.savings_rate")
    assert rate["inputs"][1] == {
        "name": "expenses",
        "value": "37.00",
        "unit": "money",
        "currency": "EUR",
        "figure_id": "summary.expenses",
    }
    assert (rate["total"], rate["currency"], rate["transactions"]) == (0.963, None, [])
    worth = explain(alice, "summary.net_worth", "from=2026-06-01&to=2026-06-30")
    terms = {row["name"]: row["value"] for row in worth["inputs"]}
    assert (worth["total"], terms["net_worth_before"], terms["opened"]) == ("1060.00", "0.00", "100.00")
    assert (terms["transfers_net"], terms["adjustments"], terms["flows_outside"]) == ("0.00", "87.00", "90.00")
    assert {(row["reason"], row["amount"]) for row in worth["excluded"]} == {
        ("not_in_net_worth", "90.00"),
        ("no_rate", "-20.00"),
    }
    assert explain(alice, f"budget.{books['plan']}.spent")["total"] == "33.00"


def test_pages_join_and_cursors_belong_to_their_figure(alice: Caller, books: Books) -> None:
    first = explain(alice, "summary.expenses", f"{MONTH}&limit=3")
    rest = explain(alice, "summary.expenses", f"{MONTH}&limit=3&cursor={first['next_cursor']}")
    whole = explain(alice, "summary.expenses")
    assert first["transactions"] + rest["transactions"] == whole["transactions"]
    assert rest["next_cursor"] is None
    other = alice.get(f"{PATH}/summary.income?{MONTH}&cursor={first['next_cursor']}")
    assert (other.status_code, other.get_json()["code"]) == (422, "bad_cursor")
    assert alice.get(f"{PATH}/summary.income?colour=red").status_code == 422


@pytest.mark.parametrize(
    "figure",
    ["summary.luck", "summary", "account.1", "account.x.balance", "account.<id>.balance", "budget.99.spent",
     "category.99.amount", "category.none.amount", "transactions.by_month.2024-01.net", "account.99.balance"],
)  # fmt: skip
def test_an_unknown_figure_is_a_404(alice: Caller, figure: str) -> None:
    assert alice.get(f"{PATH}/{figure}").status_code == 404


def test_payees_weekdays_the_largest_lines_and_a_status(alice: Caller, books: Books) -> None:
    payee = "A/B. 100% Käse\n"
    row = {"account_id": books["current"], "booked_on": "2026-06-11", "amount": "-2.00", "payee": payee}
    assert alice.post("/financial/transactions", row).status_code == 201
    name = quote(quote(payee, safe=""), safe="")
    spent = explain(alice, f"transactions.by_payee.{name}.amount")
    assert (spent["total"], spent["subject"], len(spent["transactions"])) == ("2.00", payee, 1)
    assert explain(alice, f"transactions.by_payee.{name}.count")["total"] == 1
    refund = explain(alice, "transactions.by_payee.Refund.amount", f"{MONTH}&account_id={books['current']}")
    assert (refund["total"], refund["excluded"]) == ("-5.00", [])
    for unknown in ("Acme", "Nobody", "%20", "%2500", "Refund.amount"):
        assert alice.get(f"{PATH}/transactions.by_payee.{unknown}.amount?{MONTH}").status_code == 404
    for weekday in ("0", "8", "01", "Monday"):
        assert alice.get(f"{PATH}/transactions.by_weekday.{weekday}.expenses").status_code == 404
    thursday = explain(alice, "transactions.by_weekday.4.expenses")
    assert (thursday["subject"], thursday["total"], len(thursday["transactions"])) == ("Thursday", "14.00", 3)
    largest = explain(alice, "transactions.largest_outflow", f"{MONTH}&category_id=none")
    assert [(line["part"], line["amount_converted"]) for line in largest["transactions"]] == [(2, "4.00")]
    assert {line["reason"] for line in largest["excluded"]} == {"adjustment", "filtered"}
    assert explain(alice, "transactions.largest_inflow", "period=last_month")["total"] is None
    status = explain(alice, f"budget.{books['plan']}.status")
    assert (status["total"], status["unit"], status["currency"]) == ("projected_over", "status", None)
    assert {"limit", "spent", "warning_at"} <= {each["name"] for each in status["inputs"]}


def test_figures_of_other_tenants_do_not_exist(alice: Caller, charlie: Caller, books: Books) -> None:
    figures = [
        f"account.{books['current']}.balance",
        f"category.{books['food']}.amount",
        f"budget.{books['plan']}.used",
    ]
    for figure in figures:
        assert alice.get(f"{PATH}/{figure}").status_code == 200
        assert charlie.get(f"{PATH}/{figure}").status_code == 404
    # What the same query leaves out of the report is not explained either.
    assert alice.get(f"{PATH}/{figures[0]}?account_id={books['house']}").status_code == 404


def test_every_figure_is_listed(alice: Caller, sign_in: Callable[..., Caller]) -> None:
    answer = alice.get("/financial/figures").get_json()
    rows = {row["id"]: row for row in answer["data"]}
    assert answer["next_cursor"] is None
    assert rows["summary.savings_rate"]["formula"] == "(income - expenses) / income"
    assert {"account.<id>.balance", "category.<id>.amount", "budget.<id>.projected"} <= rows.keys()
    assert all(row["definition"].endswith(".") and row["formula"] for row in rows.values())
    assert sign_in("vera@acorn.test", "org_1").get("/financial/figures").status_code == 200


def test_the_documentation_lists_every_figure_with_its_formula() -> None:
    figures, api = codes("figures.md"), codes("api.md")
    for pattern, row in DEFINITIONS.items():
        if not pattern.startswith(("summary.previous.", "summary.change.")):
            assert pattern in figures
            assert row.kind == "sum" or row.formula in figures or "health" in pattern, pattern
    assert set(get_args(Reason)) <= figures
    assert {*Explanation.model_fields, *ExplainedLine.model_fields, *Compared.model_fields} <= api


def codes(page: str) -> set[str]:
    """What stands as inline code in a page of the documentation."""
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    return set(re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)))
