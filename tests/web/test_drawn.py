"""Pages' figures that were drawn before: sent again only to who would get the same."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from bench.harness.overview import overview_call
from callbacks import overview as overview_callbacks
from core.settings import Settings
from tests.conftest import Caller
from web.answers import Entry
from web.ask import CACHE_EXTENSION
from web.cache import AnswerCache


def _body(caller: Caller, search: str = "") -> dict[str, Any]:
    caller.get("/_dash-layout")
    return overview_call(caller.get("/_dash-dependencies").get_json(), search)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """What was really drawn, in order."""
    found: list[str | None] = []
    draw = overview_callbacks.show_overview

    def show(search: str | None) -> Any:
        found.append(search)
        return draw(search)

    monkeypatch.setattr(overview_callbacks, "show_overview", show)
    return found


def _ask(caller: Caller, body: dict[str, Any], **headers: str) -> Any:
    answer = caller.post("/_dash-update-component", body, headers=headers)
    assert answer.status_code == 200
    return answer


def test_a_drawing_is_sent_again_until_the_books_change(
    app: Flask, sign_in: Callable[..., Caller], drawn: list[str | None]
) -> None:
    alice = sign_in("alice@acorn.test", "org_1")
    body = _body(alice)
    first, second = (_ask(alice, body, **{"Accept-Encoding": "identity"}) for _ in range(2))
    assert first.get_data() == second.get_data()
    assert (len(drawn), 'desc="hit"' in second.headers["Server-Timing"]) == (1, True)
    packed = _ask(alice, body, **{"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.get_data()) == first.get_data()
    _ask(alice, _body(alice, "?period=all"))
    assert drawn == ["", "?period=all"]
    entry = {"name": "Till", "type": "cash", "opening_balance": "12345.67", "opening_on": "2026-01-01"}
    assert alice.post("/financial/accounts", entry).status_code == 201
    assert "12,345.67" in _ask(alice, body).get_data(as_text=True)
    app.extensions[CACHE_EXTENSION].clear()
    _ask(alice, body)
    assert drawn == ["", "?period=all", "", ""]


def test_another_tenant_role_or_language_gets_its_own(sign_in: Callable[..., Caller], drawn: list[str | None]) -> None:
    alice, vera = sign_in("alice@acorn.test", "org_1"), sign_in("vera@acorn.test", "org_1")
    body = _body(alice)
    for caller in (alice, vera, sign_in("alice@acorn.test", "user_1"), sign_in("charlie@cedar.test")):
        _ask(caller, body)
    assert len(drawn) == 4
    english = _ask(alice, body).get_data(as_text=True)
    alice.client.set_cookie("fd_language", "de")
    assert _ask(alice, body).get_data(as_text=True) != english
    assert len(drawn) == 5


def test_a_failure_is_not_kept(
    sign_in: Callable[..., Caller], drawn: list[str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = sign_in("alice@acorn.test", "org_1")
    body = _body(alice)
    with monkeypatch.context() as patch:
        patch.setattr(overview_callbacks, "dashboard", lambda _params: 1 / 0)
        assert "Try again" in _ask(alice, body).get_data(as_text=True)
    assert "Try again" not in _ask(alice, body).get_data(as_text=True)
    assert len(drawn) == 2


def test_who_is_not_signed_in_gets_none(app: Flask, sign_in: Callable[..., Caller]) -> None:
    alice = sign_in("alice@acorn.test", "org_1")
    body = _body(alice)
    _ask(alice, body)
    assert app.test_client().post("/_dash-update-component", json=body).status_code == 401
    assert alice.post("/auth/logout").status_code == 204
    assert alice.post("/_dash-update-component", body).status_code == 401


def test_another_worker_sends_it_too_and_nothing_that_somebody_put_there(
    app: Flask,
    settings: Settings,
    tmp_path: Path,
    sign_in: Callable[..., Caller],
    drawn: list[str | None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def worker() -> AnswerCache:
        cache = AnswerCache(app, replace(settings, cache_url=f"file:{tmp_path / 'cache'}"))
        monkeypatch.setitem(app.extensions, CACHE_EXTENSION, cache)
        return cache

    kept: list[tuple[str, Entry]] = []
    monkeypatch.setattr(worker().drawings, "put", lambda key, entry: kept.append((key, entry)))
    alice = sign_in("alice@acorn.test", "org_1")
    body = _body(alice)
    first = _ask(alice, body).get_data()
    worker()
    assert (_ask(alice, body).get_data(), len(drawn)) == (first, 1)
    ((key, entry),) = kept
    sealed = worker().read(key)
    assert sealed is not None
    assert sealed.body.endswith(entry.body)
    forged = sealed.body[:32] + b"dashboard\n" + gzip.compress(b"{}")
    for value in (Entry(key, entry.stamp, forged, entry.expires), entry):
        worker().share(key, value)
        assert _ask(alice, body).get_data() == first
    assert len(drawn) == 3
    assert alice.post("/financial/tags", {"name": "New"}).status_code == 201
    worker()
    _ask(alice, body)
    assert len(drawn) == 4
