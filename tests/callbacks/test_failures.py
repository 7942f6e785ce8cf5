"""What every page shows when it could not be drawn, and what a change of the books may touch of a page in use."""

from __future__ import annotations

import logging
from types import ModuleType, SimpleNamespace

import pytest
from dash import no_update

from callbacks import (
    accounts,
    budgets,
    cash_flow,
    categories,
    explain,
    failures,
    net_worth,
    overview,
    report,
    transactions,
)
from components import ids
from core.errors import NotFound, Unavailable
from tests.components.reading import walk, words

LIVE_PAGES = [accounts, budgets, cash_flow, categories, net_worth, overview, report]
PAGES = [*LIVE_PAGES, transactions]


def triggered(monkeypatch: pytest.MonkeyPatch, by: str, search: str = "?period=all") -> None:
    monkeypatch.setattr(failures, "ctx", SimpleNamespace(inputs={"url.search": search}, triggered_id=by))


@pytest.mark.parametrize("page", PAGES)
def test_every_page_names_a_feature_that_is_off_and_a_way_to_try_again(
    monkeypatch: pytest.MonkeyPatch, page: ModuleType
) -> None:
    triggered(monkeypatch, ids.URL)
    assert "switched off" in words(page.PAGE.show_failure(NotFound("off", code="feature_disabled"))["state"])
    state = page.PAGE.show_failure(Unavailable("secret"))["state"]
    assert "our mistake" in words(state)
    assert "secret" not in words(state)
    (again,) = [part.href for part in walk(state) if hasattr(part, "href")]
    assert again.startswith("/")
    assert again.endswith("?period=all")


@pytest.mark.parametrize("page", LIVE_PAGES)
def test_a_change_that_cannot_be_drawn_leaves_what_stands(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, page: ModuleType
) -> None:
    triggered(monkeypatch, ids.LIVE)
    with caplog.at_level(logging.WARNING):
        assert set(page.PAGE.show_failure(RuntimeError("busy")).values()) == {no_update}
    assert "could not be drawn again: busy" in caplog.text
    gone = page.PAGE.show_failure(NotFound("There is no account 9"))
    assert "There is no account 9" in words(gone["state"])


def test_a_refused_explanation_leads_home_and_a_failed_one_back(monkeypatch: pytest.MonkeyPatch) -> None:
    triggered(monkeypatch, ids.URL, "?figure=summary.income")
    for error, href in ((NotFound("gone"), "/"), (RuntimeError("x"), "/explain?figure=summary.income")):
        assert [part.href for part in walk(explain.show_failure(error)) if hasattr(part, "href")] == [href]


@pytest.mark.parametrize("page", [cash_flow, net_worth, overview, report])
def test_a_change_that_overtakes_a_new_address_draws_its_controls(
    monkeypatch: pytest.MonkeyPatch, page: ModuleType
) -> None:
    drawn = {"page": "ready", "view": "?a", **dict.fromkeys(page.PARTS.keys() - {"page", "view"}, "new")}
    controls = page.PAGE.controls
    assert {"presets", "range", "span", "chips"} <= set(controls) < page.PARTS.keys()
    monkeypatch.setattr("callbacks.page.ctx", SimpleNamespace(triggered_id=ids.LIVE))
    assert page.PAGE.kept(drawn, "ready", "?a") == drawn | dict.fromkeys(controls, no_update)
    for standing in (("ready", "?b"), ("other", "?a"), (None, None)):
        assert page.PAGE.kept(drawn, *standing) == drawn
    monkeypatch.setattr("callbacks.page.ctx", SimpleNamespace(triggered_id=ids.URL))
    assert page.PAGE.kept(drawn, "ready", "?a") == drawn
