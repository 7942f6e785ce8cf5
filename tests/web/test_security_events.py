"""What is refused leaves one line that says what, to whom and where from, and nothing that was shown."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest
from flask import Flask

from tests.conftest import PASSWORD, Caller, Town
from tests.test_docs import _codes, _section, _text
from web.limits import Limits
from web.log_lines import JsonLines
from web.security_events import EVENTS
from web.state import State, attach, state_of

SHOWN = ("alice@acorn.test", "a wrong guess", "rubbish.rubbish.rubbish", "fd_nonsense", "a wrong word", "void-link")


class Lines(logging.Handler):
    """The lines that were written since the last look, read back from their JSON."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonLines())
        self.texts: list[str] = []
        self._seen = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record))

    def new(self) -> list[tuple[Any, ...]]:
        """Event, level, code, status, actor of each."""
        found = [orjson.loads(each) for each in self.texts[self._seen :]]
        self._seen = len(self.texts)
        return [tuple(each[name] for name in ("event", "level", "code", "status", "actor")) for each in found]


@pytest.fixture
def lines() -> Any:
    handler, logger = Lines(), logging.getLogger("dashboard.security")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


def test_each_refusal_is_one_line(
    app: Flask, acorn: Town, sign_in: Callable[..., Caller], lines: Lines, clock: list[Any]
) -> None:
    stranger, vera = app.test_client(), sign_in("vera@acorn.test", "org_1")
    wrong = {"email": "alice@acorn.test", "password": "a wrong guess"}
    stranger.post("/auth/login", json=wrong)
    stranger.post("/sign-in", data=wrong)
    refused = [("sign_in_refused", "warning", "wrong_credentials", 401, None)]
    assert lines.new() == refused * 2
    assert '"person":1,"shown":"password"' in lines.texts[0]
    stranger.get("/tenant/info")
    assert lines.new() == [("sign_in_missing", "info", "unauthorized", 401, None)]
    stranger.get("/")  # on the way to sign in: nobody is refused
    stranger.get("/financial/nothing", headers={"Authorization": "Bearer x"})  # there is nothing to be refused
    assert lines.new() == []
    for token in ("rubbish.rubbish.rubbish", "fd_nonsense"):
        Caller(stranger, token).get("/tenant/info")
    stranger.set_cookie("fd_session", "rubbish.rubbish.rubbish")
    stranger.get("/transactions")
    invalid = ("token_refused", "warning", "invalid_token", 401, None)
    assert lines.new() == [invalid, invalid, (*invalid[:3], 302, None)]
    stranger.get("/reset-password?token=void-link")
    assert lines.new() == [("token_refused", "warning", "not_found", 404, None)]
    vera.post("/financial/tags", {"name": "a"})
    vera.get("/financial/dashboard?period=never")
    assert lines.new() == [
        ("access_refused", "warning", "forbidden", 403, "person:3"),
        ("input_refused", "info", "invalid", 422, "person:3"),
    ]
    page = app.test_client()
    page.post("/sign-in", data={"email": "vera@acorn.test", "password": PASSWORD})
    page.post("/auth/logout", json={}, headers={"X-CSRF-Token": "a wrong word"})
    stranger.post("/sign-in", data=wrong, headers={"Origin": "https://evil.test"})
    assert lines.new() == [("check_refused", "warning", "csrf_failed", 403, None)] * 2
    few = replace(state_of(app).settings, rate_limit=1)
    attach(app, State(few, acorn.database, clock=lambda: clock[0]))
    assert isinstance(state_of(app).limits, Limits)
    for _ in range(2):
        vera.get("/tenant/info")
    assert lines.new() == [("limit_reached", "warning", "too_many_requests", 429, "person:3")]
    assert not [word for word in SHOWN if word in "".join(lines.texts)]


def test_a_line_names_its_request_and_all_is_explained(app: Flask, acorn: Town, lines: Lines) -> None:
    answer = app.test_client().get("/tenant/info")
    line = orjson.loads(lines.texts[0])
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert (line["endpoint"], line["method"], line["address"]) == ("/tenant/info", "GET", "127.0.0.1")
    explained = _codes(_section(_text("operations.md"), "Logs"))
    assert explained >= {*line, *EVENTS, "person", "shown", "missing", "reason", "cause"}
