"""The transactions page's callback: what the browser's part is told to ask for, and what stands there instead."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import pytest
from dash import no_update

from callbacks import transactions
from components import ids
from components.ledger import EMPTY, OTHER, READY, ledger_skeleton, whole
from components.query import View
from core.errors import Invalid, NotFound, Unavailable
from data.schemas.ledger import Category
from data.schemas.ledger_page import AccountName, LedgerPage
from tests.components.reading import walk, with_class, words

NAME = "<b>Giro</b>\u202e"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The periods the report was asked for; a test may put other accounts or another role into the list's front."""
    tenant = SimpleNamespace(name="Alice", key="user_1", locale="en-IE", currency="EUR")
    found: list[Any] = []
    page = LedgerPage(
        first=date(2026, 5, 1),
        last=date(2026, 5, 31),
        today=date(2026, 6, 17),
        accounts=[AccountName(id="7", name=NAME, currency="EUR", closed_on=None)],
        categories=[Category(id="3", name="Food", parent_id=None, kind="expense")],
        tags=["Trip"],
        version=5,
    )

    def report(_context: Any, period: Any) -> LedgerPage:
        found.append(period)
        return page if period.preset != "all" else page.model_copy(update={"first": None, "last": None})

    identity = SimpleNamespace(tenant=tenant, role="editor", context=None)
    monkeypatch.setattr(transactions, "current", lambda: identity)
    monkeypatch.setattr(transactions, "ledger_page", report)
    return found


def test_the_address_becomes_the_apis_query_and_chips(asked: list[Any]) -> None:
    search = (
        "?period=last_month&account_id=7&category_id=none&category_id=3&tag=Trip&q=a%26b&min_amount=-10.00"
        "&pending=true&import_id=4&sort=-amount&currency=USD"
    )
    parts = transactions.show_transactions(search)
    context = parts["context"]
    assert parts["page"] == READY
    assert parse_qsl(context["query"]) == [
        ("account_id", "7"),
        ("category_id", "none"),
        ("category_id", "3"),
        ("tag", "Trip"),
        ("q", "a&b"),
        ("min_amount", "-10.00"),
        ("pending", "true"),
        ("import_id", "4"),
        ("from", "2026-05-01"),
        ("to", "2026-05-31"),
    ]
    assert (context["sort"], context["writes"], context["today"]) == ("-amount", True, "2026-06-17")
    texts = [words(chip) for chip in with_class(parts["chips"], "chip-text")]
    assert texts == [
        f"Account: {NAME}",
        "Uncategorised",
        "Category: Food",
        "Tag: Trip",
        "Search: a&b",
        "From −€10.00",
        "Only pending",
        "Imported file: 4",
    ]
    crosses = [part.href for part in walk(parts["chips"]) if hasattr(part, "href")]
    assert all("period=last_month" in href and "sort=-amount" in href for href in crosses)
    assert "account_id" not in crosses[0]
    assert parts["range"] == ["2026-05-01", "2026-05-31"]


def test_without_a_period_it_shows_all_time(asked: list[Any]) -> None:
    parts = transactions.show_transactions("")
    assert asked[0].preset == "all"
    assert (parts["context"]["query"], parts["context"]["sort"], parts["range"]) == ("", "-booked_on", [None, None])
    assert parts["eyebrow"] == "Alice · All time"
    assert "All time" in words(parts["presets"])
    assert whole(View.parse("?from=2026-01-01&to=2026-01-31")).pairs[0] == ("from", "2026-01-01")


def test_an_amount_that_is_none_is_left_to_the_api(asked: list[Any]) -> None:
    assert "From ten" in words(transactions.show_transactions("?min_amount=ten")["chips"])


def test_books_without_accounts_say_how_to_begin(asked: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    report = transactions.ledger_page
    monkeypatch.setattr(transactions, "ledger_page", lambda *given: report(*given).model_copy(update={"accounts": []}))
    parts = transactions.show_transactions("")
    assert parts["page"] == EMPTY
    assert "Your figures will be here" in words(parts["state"])


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Invalid.field("period", "must be one of"), "This view cannot be shown"),
        (NotFound("There is no account 9"), "There is no account 9"),
        (Unavailable("Later"), "could not be fetched"),
        (RuntimeError("secret"), "our mistake"),
    ],
)
def test_a_failure_is_a_calm_page(error: Exception, said: str, caplog: pytest.LogCaptureFixture) -> None:
    parts = transactions.PAGE.failure(error, View.parse("?period=x"))
    assert parts["page"] == OTHER
    assert said in words(parts["state"])
    assert "secret" not in words(parts["state"])


@pytest.mark.parametrize(("role", "writes"), [("owner", True), ("editor", True), ("viewer", False)])
def test_only_who_may_write_can_select(monkeypatch: pytest.MonkeyPatch, role: str, writes: bool) -> None:
    monkeypatch.setattr(transactions, "current", lambda: SimpleNamespace(role=role))
    grid = transactions.show_grid({"at": 1, "mirrored": True})
    assert ("rowSelection" in grid.dashGridOptions) is writes
    assert any(column.get("cellClass") == "ledger-can-edit" for column in grid.columnDefs) is writes
    assert grid.rowModelType == "infinite"
    assert grid.dashGridOptions["enableRtl"] is True


def test_the_skeleton_has_a_place_for_every_part() -> None:
    found = {getattr(part, "id", None) for part in walk(ledger_skeleton())}
    assert {part.component_id for part in transactions.PARTS.values()} <= found
    assert {ids.TRANSACTIONS_GRID_BOX, ids.TRANSACTIONS_WIDE, ids.TRANSACTIONS_OPENED} <= found


def test_a_change_elsewhere_brings_what_editors_offer_and_no_new_state(asked: list[Any]) -> None:
    found = transactions.follow_books(None, "?tag=Trip&sort=amount")
    assert (found["tags"], found["version"], found["sort"]) == (["Trip"], 5, "amount")
    assert found["accounts"][0]["name"] == NAME
    assert asked


def test_when_the_books_cannot_be_read_the_list_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callbacks.failures.ctx", SimpleNamespace(triggered_id=ids.LIVE))
    assert transactions.keep_standing(Unavailable("away")) is no_update
