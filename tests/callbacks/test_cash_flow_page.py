"""The cash flow page's callbacks on real books: what they answer, and what a wrong address gets."""

from __future__ import annotations

import itertools
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from dash import no_update

from callbacks import cash_flow
from components import ids
from components.cash_flow import LOOKED, OTHER
from components.query import View
from core.errors import Forbidden, Invalid
from core.period import Months, Period
from core.query import Query
from data import directory
from data.context import TenantContext
from data.reports.cash_flow import cash_flow_report, steps_of, year_before
from data.reports.held import held_before
from tests.components.reading import words
from tests.conftest import Town

BOOKED = (("2026-06-02", "-50.00"), ("2026-06-03", "5.00"), ("2026-05-05", "-40.00"), ("2025-06-10", "-90.00"))


@pytest.fixture
def books(acorn: Town) -> TenantContext:
    """Alice's books, as reports get them."""
    with acorn.database.directory() as session:
        return acorn.context(directory.find_tenant(session, "org_1"))


@pytest.fixture
def shop(alice: Any) -> str:
    """An account with a few expenses; its id."""
    account = alice.post("/financial/accounts", {"name": "Current"}).get_json()["id"]
    food = alice.post("/financial/categories", {"name": "Food", "kind": "expense"}).get_json()["id"]
    rows = [
        {"account_id": account, "category_id": food, "booked_on": day, "amount": amount, "payee": "Shop"}
        for day, amount in BOOKED
    ]
    assert alice.post("/financial/transactions", {"transactions": rows}).status_code == 201
    return str(account)


@pytest.mark.usefixtures("shop")
def test_steps_stand_beside_those_before(books: TenantContext) -> None:
    asked = {"from": ["2026-05-01"], "to": ["2026-06-30"]}
    months = cash_flow_report(books, Query.parse(asked), "month", "last_year").data
    assert [(step.expenses, step.before_expenses, step.count) for step in months.steps] == [
        ("40.00", "0.00", 1),
        ("45.00", "90.00", 2),
    ]
    weeks = cash_flow_report(books, Query.parse(asked), "week").data
    assert sum(step.count for step in weeks.steps) == 3
    assert [(day.date, day.expenses) for day in months.days][-1] == (date(2026, 6, 3), "-5.00")
    whole = cash_flow_report(books, Query.parse({"period": ["all"]}), "year").data
    assert whole.before is None
    assert whole.steps[0].before_income is None


def test_what_was_held_ends_with_todays_balance(books: TenantContext, alice: Any, shop: str) -> None:
    held = held_before(books, (int(shop),), "EUR", 60)
    assert held[-1].date == books.today
    assert held[-1].balance == alice.get("/financial/dashboard").get_json()["data"]["accounts"][0]["balance"]
    assert all(day.date < later.date for day, later in itertools.pairwise(held))


def test_periods_are_cut_where_steps_begin() -> None:
    months = Months(25)
    span = Period.closed(date(2026, 1, 10), date(2026, 4, 30))
    for by in ("week", "month", "quarter", "year"):
        steps = list(steps_of(span, by, months))
        assert steps[0].start == span.start
        assert steps[-1].end == span.end
        assert all(one.end == later.start for one, later in itertools.pairwise(steps))
    assert year_before(Period.closed(date(2028, 2, 29), date(2028, 2, 29)), Months()).start == date(2027, 2, 28)
    assert year_before(Period.closed(date(2026, 2, 1), date(2026, 2, 28)), Months()).days == 28


@pytest.mark.parametrize("error", [Invalid("no"), Forbidden("no")])
def test_a_bad_address_keeps_the_controls(error: Exception) -> None:
    parts = cash_flow.PAGE.failure(error, View.parse("?by=day&tag=x"))
    assert parts["page"] == OTHER
    assert "This view cannot be shown" in words(parts["state"])
    assert "Tag: x" in words(parts["chips"])
    assert "by" not in words(parts["chips"])
    assert parts["compared"] is no_update


def test_what_is_to_come_is_not_drawn_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cash_flow, "ctx", SimpleNamespace(triggered_id=ids.URL))
    monkeypatch.setattr(cash_flow, "show_ahead", lambda _search: {"outlook": LOOKED})
    assert set(cash_flow.follow_ahead("?period=all&by=week", None, "?").values()) == {no_update}
    assert cash_flow.follow_ahead("?account_id=1", None, "?") == {"outlook": LOOKED}
