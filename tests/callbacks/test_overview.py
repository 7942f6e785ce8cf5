"""The overview's callback as a plain function: what it asks for, and what it shows when the answer is bad."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from dash import no_update

from callbacks import overview, shell
from components.overview import EMPTY, OTHER, READY
from components.query import View
from core.errors import Forbidden, Invalid, NotFound, TooManyRequests, Unavailable
from tests.components import sample
from tests.components.reading import words

TENANT = SimpleNamespace(key="user_1", name="Alice", locale="de-DE", month_start=1)
IDENTITY = SimpleNamespace(tenant=TENANT, email="alice@example.org", role="owner", tenants=[TENANT])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Sequence[str]]]:
    """What the report was asked for; it answers with the sample."""
    seen: list[Mapping[str, Sequence[str]]] = []

    def dashboard(params: Mapping[str, Sequence[str]]) -> Any:
        seen.append(params)
        return sample.answer()

    monkeypatch.setattr(overview, "dashboard", dashboard)
    monkeypatch.setattr(overview, "current", lambda: IDENTITY)
    return seen


def test_one_answer_fills_every_part(asked: list[Mapping[str, Sequence[str]]]) -> None:
    parts = overview.show_overview("?period=this_year&account_id=1")
    assert asked == [{"period": ["this_year"], "account_id": ["1"]}]
    assert parts.keys() == overview.PARTS.keys()
    assert parts["page"] == READY
    assert parts["span"] == parts["range"] == ["2025-12-01", "2026-11-30"]


def test_the_tenants_locale_is_used(asked: list[Mapping[str, Sequence[str]]]) -> None:
    assert "193.179\u00a0€" in words(overview.show_overview(None)["cards"])
    assert asked == [{}]


def test_an_empty_ledger_is_welcomed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "dashboard", lambda _params: sample.empty())
    monkeypatch.setattr(overview, "current", lambda: IDENTITY)
    parts = overview.show_overview("")
    assert parts["page"] == EMPTY
    assert "flask statements import" in words(parts["state"])
    assert parts["cards"] is no_update


def test_a_filter_without_accounts_is_not_an_empty_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "dashboard", lambda _params: sample.empty())
    monkeypatch.setattr(overview, "current", lambda: IDENTITY)
    assert overview.show_overview("?account_id=9")["page"] == READY


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NotFound("off", code="feature_disabled"), "switched off"),
        (NotFound("There is no such account"), "There is no such account"),
        (Invalid.field("period", "must be one of these"), "must be one of these"),
        (Forbidden(), "Your role does not allow this"),
        (TooManyRequests("Please wait a moment", 3), "Please wait a moment"),
    ],
)
def test_known_errors_are_said_in_words(error: Exception, said: str) -> None:
    parts = overview.PAGE.failure(error, View.parse("?account_id=9"))
    assert said in words(parts["state"])
    assert parts["page"] == OTHER
    assert "Account: 9" in words(parts["chips"])


@pytest.mark.parametrize("error", [RuntimeError("secret of the house"), Unavailable("db password wrong")])
def test_our_mistakes_are_logged_and_not_shown(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        parts = overview.PAGE.failure(error, View.parse("?period=all"))
    assert str(error) not in words(parts["state"])
    assert "Try again" in words(parts["state"])
    assert caplog.records[0].exc_info is not None


def test_the_frame_names_who_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "current", lambda: IDENTITY)
    tenant, account = shell.show_person("/")
    assert "Alice" in words(tenant)
    assert "alice@example.org" in words(account)
