"""`/financial/comparisons`: what this month is beside those before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from core.period import Months
from core.query import Query
from data.reports.comparisons import comparisons_report, spans_of
from data.timing import recording
from tests.data.test_statements_of_reports import CURRENCIES, fill
from tests.figures import strategies as make
from tests.figures import worlds
from tests.figures.examples import Opener, examples
from tests.figures.ledger import Asked
from tests.figures.reference import Books

if TYPE_CHECKING:
    from tests.conftest import Caller, Town

PATH = "/financial/comparisons"


@pytest.fixture
def shop(alice: Caller) -> dict[str, str]:
    """A year and a bit of one shop; ids by name."""
    account = alice.post("/financial/accounts", {"name": "Current"}).get_json()["id"]
    food = alice.post("/financial/categories", {"name": "Food", "kind": "expense"}).get_json()["id"]
    days = {"2025-06-10": "-90.00", "2026-01-05": "-30.00", "2026-04-05": "-15.00", "2026-05-05": "-40.00"}
    rows = [{"booked_on": day, "amount": amount, "payee": "Shop"} for day, amount in days.items()]
    rows += [
        {"booked_on": "2026-06-02", "amount": "-50.00", "payee": "Shop"},
        {"booked_on": "2026-06-03", "amount": "5.00", "payee": "Shop"},
        {"booked_on": "2026-06-04", "amount": "-60.00", "payee": "Market", "splits": [
            {"amount": "-20.00", "category_id": food, "tags": ["party"]}, {"amount": "-40.00", "category_id": food}]},
    ]  # fmt: skip
    new = [{"account_id": account, **({} if "splits" in row else {"category_id": food}), **row} for row in rows]
    answer = alice.post("/financial/transactions", {"transactions": new})
    assert answer.status_code == 201, answer.get_json()
    return {"account": account, "food": food}


def rows(caller: Caller, query: str) -> list[dict[str, Any]]:
    answer = caller.get(f"{PATH}?{query}")
    assert answer.status_code == 200, answer.get_json()
    return list(answer.get_json()["data"]["rows"])


def test_a_category_beside_the_months_before(alice: Caller, shop: dict[str, str]) -> None:
    answer = alice.get(PATH).get_json()
    assert answer["data"]["spans"] == {
        "current": {"from": "2026-06-01", "to": "2026-06-30"},
        "previous": {"from": "2026-05-01", "to": "2026-05-31"},
        "last_year": {"from": "2025-06-01", "to": "2025-06-30"},
        "last_six": {"from": "2025-12-01", "to": "2026-05-31"},
    }
    assert answer["data"]["rows"] == [
        {
            "id": shop["food"], "name": "Food", "kind": "expense", "amount": "105.00", "count": 4,
            "previous": "40.00", "change": "65.00", "last_year": "90.00", "average": "14.17",
        }
    ]  # fmt: skip


def test_payees_tags_and_accounts(alice: Caller, shop: dict[str, str]) -> None:
    payees = rows(alice, "of=payee")
    assert [(row["name"], row["amount"], row["previous"]) for row in payees] == [
        ("Market", "60.00", "0.00"),
        ("Shop", "45.00", "40.00"),
    ]
    assert [(row["name"], row["amount"], row["count"]) for row in rows(alice, "of=tag")] == [("party", "20.00", 1)]
    assert [(row["id"], row["amount"]) for row in rows(alice, "of=account&by=year")] == [(shop["account"], "190.00")]
    assert alice.get(f"{PATH}?of=payee&limit=1").get_json()["data"]["more"] == 1


@pytest.mark.parametrize("query", ["by=day", "of=colour", "by=month&by=year", "cursor=x", "period=never"])
def test_a_wrong_question_is_a_422(alice: Caller, query: str) -> None:
    assert alice.get(f"{PATH}?{query}").status_code == 422


def test_spans_of_weeks_and_of_quarters_that_begin_on_payday() -> None:
    week = spans_of("week", date(2026, 6, 17), Months(25))
    assert (week.current.start, week.last_year.start, week.last_six.start) == (
        date(2026, 6, 15),
        date(2025, 6, 16),
        date(2026, 5, 4),
    )
    quarter = spans_of("quarter", date(2026, 6, 17), Months(25))
    assert (quarter.current.start, quarter.previous.start, quarter.last_year.start, quarter.last_six.start) == (
        date(2026, 4, 25),
        date(2026, 1, 25),
        date(2025, 4, 25),
        date(2024, 10, 25),
    )


@examples(3)
@given(make.chances)
def test_groups_add_up_to_the_figures_of_their_spans(open_books: Opener, rng: Random) -> None:
    """In several currencies too: accounts and categories are partitions of income and expenses."""
    ledger = replace(worlds.ledger(rng), world={})
    driver = open_books(ledger)
    ledger = driver.build(ledger, [*ledger.bookings])
    found = comparisons_report(driver.context, Query(), "month", rng.choice(["category", "account"]), 1000)
    spans = found.data.spans
    for name, span in (("amount", spans.current), ("previous", spans.previous), ("last_year", spans.last_year)):
        books = Books(ledger, Asked(None, span.from_, span.to))
        for kind in ("income", "expense"):
            wanted = books.total(kind, books.kept(books.flows(books.span))) or 0
            said = sum(int(str(getattr(row, name)).replace(".", "")) for row in found.data.rows if row.kind == kind)
            assert said == wanted


def test_what_it_costs_does_not_grow_with_the_books(town: Town) -> None:
    counts = []
    for place, size in enumerate((2, 9)):
        context = town.context(town.tenant(f"user_{place + 1}"))
        fill(context, size, CURRENCIES)
        counts.append([])
        for of in ("category", "payee", "tag", "account"):
            with recording() as ran:
                comparisons_report(context, Query(), "month", of, 100)  # type: ignore[arg-type]
            counts[-1].append(len(ran.texts))
    assert counts[0] == counts[1]
