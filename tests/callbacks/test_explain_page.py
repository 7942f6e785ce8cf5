"""The page behind a figure: drawn from what the report explains, on real books."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest

from callbacks import explain, failures
from components.context import Picture
from components.why import of_payee, why
from core.errors import NotFound
from data.commands.accounts import create_account
from data.commands.budgets import create_budget
from data.commands.categories import create_category
from data.commands.transactions import post_transactions
from data.context import TenantContext
from data.reports.registry import DEFINITIONS
from data.schemas.budgets import BudgetIn
from data.schemas.ledger import AccountIn, CategoryIn, TransactionIn
from tests.components import sample
from tests.components.reading import walk, with_class, words


@pytest.fixture
def here(context: TenantContext, monkeypatch: pytest.MonkeyPatch) -> TenantContext:
    """Somebody looks at a ledger of 60 purchases and a salary, one payee of which means harm."""
    account = create_account(context, AccountIn(name="Current", opening_balance="100.00", opening_on="2026-01-01"))[0]
    rows = [{"booked_on": f"2026-06-{1 + n % 15:02}", "amount": "-1.25", "payee": f"Shop {n}"} for n in range(59)]
    rows += [{"booked_on": "2026-06-16", "amount": "-2.50", "payee": sample.HOSTILE}]
    rows += [{"booked_on": "2026-06-02", "amount": "300.00", "payee": "Acme"}]
    post_transactions(context, [TransactionIn.model_validate({"account_id": account.id, **row}) for row in rows])
    identity = SimpleNamespace(context=context, tenant=context.tenant, require_feature=lambda _name: None)
    monkeypatch.setattr(explain, "current", lambda: identity)
    return context


def shown(search: str) -> Any:
    return explain.show_explanation(f"?figure={search}")


def hrefs(page: Any) -> list[str]:
    return [part.href for part in walk(page) if getattr(part, "href", None)]


def test_a_sum_shows_its_lines_page_by_page(here: TenantContext) -> None:
    page = shown("summary.expenses&period=this_month")
    assert words(with_class(page, "explain-total")).startswith("€76.25 Booked transactions")
    assert len(with_class(page, "explain-payee")) == 100  # a payee and an account in each of 50 lines
    assert sample.HOSTILE in words(page)
    (older,) = [href for href in hrefs(page) if "cursor" in href]
    assert "Shop" in words(explain.show_explanation(older))
    assert hrefs(page)[0] == "/?period=this_month"


def test_a_ratio_leads_to_its_inputs(here: TenantContext) -> None:
    page = shown("summary.savings_rate&period=this_month&currency=EUR")
    assert "(income − expenses) ÷ income" in words(page)
    assert "/explain?figure=summary.income&period=this_month&currency=EUR" in hrefs(page)
    change = shown("summary.change.income&period=this_month")
    assert words(with_class(change, "explain-total")).startswith("€300.00 This period's figure less")
    worth = words(shown("summary.net_worth&period=this_month"))
    assert "Net worth the day before €100.00" in worth
    assert "Changes of exchange rates" not in worth  # a term of nothing


def test_a_balance_names_its_account_and_its_opening_balance(here: TenantContext) -> None:
    page = words(shown("account.1.balance&period=all"))
    assert "Balance of Current" in page
    assert "Opening balance €100.00" in page


def test_a_payee_a_weekday_and_the_largest_line(here: TenantContext) -> None:
    page = words(shown(f"{quote(of_payee(sample.HOSTILE))}&period=this_month"))
    assert f"Amount of {sample.HOSTILE}" in page
    assert "€2.50 What was spent at the payee" in page
    assert "Expenses of Tuesday" in words(shown("transactions.by_weekday.2.expenses&period=this_month"))
    largest = words(shown("transactions.largest_inflow&period=this_month"))
    assert largest.count("€300.00") == 3
    assert "1 line" in largest


def test_how_a_budget_stands_is_said_in_words(here: TenantContext) -> None:
    food = create_category(here, CategoryIn(name="Food"))[0].id
    budget = create_budget(here, BudgetIn(name="Food", category_ids=[food], amount="10.00"))[0].id
    page = shown(f"budget.{budget}.status&period=this_month")
    assert words(with_class(page, "explain-total")).startswith("Nothing spent The first that holds.")
    assert "Warns from this share of the limit 90.00%" in words(page)
    assert not with_class(page, "formula")
    assert f"/explain?figure=budget.{budget}.limit&period=this_month" in hrefs(page)


@pytest.mark.parametrize("search", ["", "?figure=summary.luck", "?figure=account.99.balance", "?figure=a&figure=b"])
def test_what_cannot_be_explained_is_said_calmly(
    here: TenantContext, monkeypatch: pytest.MonkeyPatch, search: str
) -> None:
    monkeypatch.setattr(failures, "ctx", SimpleNamespace(inputs={"url.search": search}, triggered_id=None))
    with pytest.raises(Exception) as raised:
        explain.show_explanation(search)
    assert "This view cannot be shown" in words(explain.show_failure(raised.value))


def test_a_feature_that_is_off_and_a_mistake_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "ctx", SimpleNamespace(inputs={}, triggered_id=None))
    assert "switched off" in words(explain.show_failure(NotFound("off", code="feature_disabled")))
    assert "our mistake" in words(explain.show_failure(ValueError("secret")))


def test_a_figure_leads_to_its_explanation_where_definitions_are_given() -> None:
    picture = sample.picture()
    assert why("€1", "summary.income", picture) == "€1"
    told = Picture(picture.answer, picture.fmt, picture.months, picture.view, DEFINITIONS)
    figures = ("summary.income", "account.7.balance", "transactions.by_month.2026-06.net", "budget.2.status")
    for figure in (*figures, of_payee("A. B/C"), "transactions.by_weekday.7.expenses"):
        assert hrefs(why("€1", figure, told)) == [f"/explain?figure={quote(figure)}"]
    assert why("€1", "summary.luck", told) == "€1"
