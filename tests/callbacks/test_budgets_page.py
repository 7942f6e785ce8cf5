"""The budgets and categories pages: drawn from real books, for an editor and for a viewer. Today: 2026-06-17."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from callbacks import budgets, categories, failures
from components.budget_list import OTHER, READY, budgets_skeleton
from components.category_tree import categories_skeleton
from core.errors import NotFound, Unavailable
from core.query import Query
from data.commands.accounts import create_account
from data.commands.budgets import create_budget
from data.commands.categories import create_category
from data.commands.transactions import post_transactions
from data.context import TenantContext
from data.reports.budgets import budgets_report
from data.reports.transactions import transactions_report
from data.schemas.budgets import BudgetIn
from data.schemas.ledger import AccountIn, CategoryIn, TransactionIn
from tests.components import sample
from tests.components.reading import walk, with_class, words

HOSTILE = sample.HOSTILE[:190]


@pytest.fixture
def identity(context: TenantContext, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Somebody looks; a test may change the role."""
    found = SimpleNamespace(context=context, tenant=context.tenant, role="editor", require_feature=lambda _name: None)
    found.has_role = lambda _role: found.role == "editor"
    reports: dict[str, Any] = {"budgets": budgets_report, "transactions": transactions_report}

    def ask(view: str, params: Any) -> Any:
        return SimpleNamespace(body=reports[view](context, Query.parse(params)).model_dump_json(by_alias=True))

    for module in (budgets, categories):
        monkeypatch.setattr(module, "current", lambda: found)
        monkeypatch.setattr(module, "ask", ask)
    return found


@pytest.fixture
def books(context: TenantContext, identity: Any) -> dict[str, str]:
    """Food with a child from April on, over its limit in June; a budget of a hostile name that has not begun."""
    account = create_account(context, AccountIn(name="Giro"))[0].id
    food = create_category(context, CategoryIn(name="Food"))[0].id
    child = create_category(context, CategoryIn(name=HOSTILE, parent_id=food))[0].id
    create_category(context, CategoryIn(name="Put aside", kind="saving"))
    rows = [
        {"booked_on": "2026-04-10", "amount": "-80.00", "category_id": food, "payee": "Shop"},
        {"booked_on": "2026-05-10", "amount": "-40.00", "category_id": child},
        {"booked_on": "2026-06-10", "amount": "-130.00", "category_id": child, "payee": HOSTILE},
        {"booked_on": "2026-06-11", "amount": "-7.00"},
    ]
    post_transactions(context, [TransactionIn.model_validate({"account_id": account, **row}) for row in rows])

    def budget(**values: Any) -> str:
        new = {"name": "Food", "category_ids": [food], "amount": "100.00", **values}
        return create_budget(context, BudgetIn.model_validate(new))[0].id

    rule = {"type": "monthly", "starts_on": "2026-04-01"}
    made = budget(rule=rule, rollover={"policy": "carry_positive"})
    later = budget(name=HOSTILE, rule={"type": "fixed", "starts_on": "2026-08-01", "ends_on": "2026-08-31"})
    return {"account": account, "food": food, "child": child, "budget": made, "later": later}


def hrefs(page: Any) -> list[str]:
    return [part.href for part in walk(page) if getattr(part, "href", None)]


def buttons(page: Any) -> list[str]:
    return [getattr(part, "data-budget") for part in walk(page) if hasattr(part, "data-budget")]


def test_all_budgets_with_their_figures_and_the_ways_on(books: dict[str, str], identity: Any) -> None:
    parts = budgets.show_budgets("")
    said = " ".join(words(parts["content"]).split())
    # 20 + 60 were left: the limit of June is 180, and at the pace of 17 days the month ends above it.
    assert "€130 €130.00 of €180 €180.00" in said
    assert "Likely over" in said
    assert "Not in this period" in said
    assert HOSTILE in said
    found = hrefs(parts["content"])
    assert f"/budgets?id={books['budget']}&period=this_month" in found
    for name in ("spent", "status"):
        assert f"/explain?figure=budget.{books['budget']}.{name}&period=this_month" in found
    assert (parts["page"], parts["context"]["writes"]) == (READY, True)
    assert buttons(parts["content"]) == ["seen"]
    assert buttons(parts["controls"]) == ["new"]
    identity.role = "viewer"
    parts = budgets.show_budgets("?period=last_month")
    assert "€40 €40.00 of €120 €120.00" in " ".join(words(parts["content"]).split())
    assert (buttons(parts["controls"]), buttons(parts["content"]), parts["context"]["writes"]) == ([], [], False)


def test_one_budget_with_its_past_its_pace_and_its_lines(books: dict[str, str], identity: Any) -> None:
    parts = budgets.show_budgets(f"?id={books['budget']}")
    said = words(parts["content"])
    assert parts["title"] == "Food"
    assert "€130 is spent, 13 days are left at €7.65 a day, the pace so far" in said
    assert "Within its limit in all of 2 whole periods." in said
    assert [words(name).split()[0] for name in with_class(parts["content"], "multiple-name")] == ["Apr", "May", "Jun"]
    assert "Rolled over from before" in said
    assert HOSTILE in said
    assert buttons(parts["controls"]) == ["edit", "delete"]
    found = hrefs(parts["content"])
    assert f"/transactions?category_id={books['food']}&from=2026-06-01&to=2026-06-30" in found
    assert f"/explain?figure=budget.{books['budget']}.limit&from=2026-06-01&to=2026-06-30" in found
    assert f"/budgets?id={books['budget']}&from=2026-04-01&to=2026-04-30" in found
    past = words(budgets.show_budgets(f"?id={books['budget']}&from=2026-04-01&to=2026-04-30")["content"])
    assert "€80.00" in past
    assert "is spent, at" not in past
    later = budgets.show_budgets(f"?id={books['later']}")
    assert "It begins on" in words(later["content"])
    assert later["title"] == HOSTILE


def test_without_budgets_some_are_proposed(context: TenantContext, identity: Any) -> None:
    assert "Your figures will be here" in words(budgets.show_budgets("")["state"])
    create_account(context, AccountIn(name="Giro"))
    parts = budgets.show_budgets("")
    assert "No budget yet" in words(parts["content"])
    assert any(getattr(part, "id", None) == "budgets-proposals" for part in walk(parts["content"]))
    identity.role = "viewer"
    assert buttons(budgets.show_budgets("")["content"]) == []


def test_the_tree_adds_up_and_names_the_average(books: dict[str, str], identity: Any) -> None:
    parts = categories.show_categories("")
    (expenses, savings) = parts["content"]
    rows = [words(row) for row in walk(expenses) if type(row).__name__ == "Tr"]
    # Food is its child's 130 of June; before it 120 in two months.
    assert [row.split("€") for row in rows if row.startswith("Food")] == [["Food 1 ", "130.00 ", "60.00"]]
    assert any(row.startswith("Uncategorised") and "€7.00" in row for row in rows)
    assert "€137 in this period." in words(expenses)
    assert "neither income nor expense" in words(savings)
    found = hrefs(expenses)
    assert f"/transactions?category_id={books['child']}&period=this_month" in found
    assert f"/explain?figure=category.{books['child']}.amount&period=this_month" in found
    assert len(with_class(parts["content"], "cats-edit")) == 3
    identity.role = "viewer"
    parts = categories.show_categories("?period=last_month")
    assert (with_class(parts["content"], "cats-edit"), len(parts["controls"])) == ([], 1)


def test_a_rule_may_begin_with_a_transaction(books: dict[str, str]) -> None:
    context = categories.show_categories("?tab=rules&payee=Shop&category_id=")["context"]
    assert (context["tab"], context["rule"]) == ("rules", {"payee": "Shop"})
    assert categories.show_categories("?payee=Shop")["context"]["rule"] is None


@pytest.mark.parametrize("module", [budgets, categories])
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NotFound("There is no budget 9"), "This view cannot be shown"),
        (NotFound("off", code="feature_disabled"), "switched off"),
        (Unavailable("Later"), "could not be fetched"),
        (RuntimeError("secret"), "our mistake"),
    ],
)
def test_a_failure_is_a_calm_page(monkeypatch: pytest.MonkeyPatch, module: Any, error: Exception, said: str) -> None:
    monkeypatch.setattr(failures, "ctx", SimpleNamespace(inputs={"url.search": "?id=9"}, triggered_id="url"))
    parts = module.PAGE.show_failure(error)
    assert parts["page"].startswith("page is-other")
    assert said in words(parts["state"])
    assert "secret" not in words(parts["state"])


@pytest.mark.parametrize("search", ["?id=9", "?id=x", "?id=1&id=2", "?colour=red"])
def test_an_address_of_nothing_is_refused(books: dict[str, str], monkeypatch: pytest.MonkeyPatch, search: str) -> None:
    monkeypatch.setattr(failures, "ctx", SimpleNamespace(inputs={"url.search": search}, triggered_id="url"))
    with pytest.raises(Exception) as raised:
        budgets.show_budgets(search)
    assert budgets.PAGE.show_failure(raised.value)["page"] == OTHER
    with pytest.raises(Exception, match="no part"):
        categories.show_categories("?tab=luck")


def test_the_skeletons_have_a_place_for_every_part() -> None:
    for module, skeleton in ((budgets, budgets_skeleton()), (categories, categories_skeleton())):
        found = {getattr(part, "id", None) for part in walk(skeleton)}
        assert {part.component_id for part in module.PARTS.values()} <= found
