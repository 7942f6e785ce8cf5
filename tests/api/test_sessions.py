"""Sessions: seen one by one, ended one by one or all others, and over when unused or too old."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from core.browsers import short_name
from data.db import Database
from tests.api.test_dashboard import assert_problem
from tests.conftest import NOW, PASSWORD, Caller, Town
from web.state import State, attach, state_of

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many sign-ins, none about passwords: argon2 is slow on purpose."""
    monkeypatch.setattr("web.signing_in.password_fits", lambda given, stored: bool(stored) and given == PASSWORD)


def login(app: Flask, **more: Any) -> dict[str, Any]:
    body = {"email": "alice@acorn.test", "password": PASSWORD, "tenant": "org_1", **more}
    found: dict[str, Any] = app.test_client().post("/auth/login", json=body).get_json()
    return found


def browser(app: Flask, email: str = "alice@acorn.test") -> FlaskClient:
    """A browser that is signed in."""
    client = app.test_client()
    form = {"email": email, "password": PASSWORD}
    assert client.post("/sign-in", data=form, headers={"User-Agent": FIREFOX}).status_code == 303
    return client


def csrf(client: FlaskClient) -> dict[str, str]:
    return {"X-CSRF-Token": client.get("/auth/csrf").get_json()["csrf_token"]}


def listed(caller: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.get("/auth/sessions").get_json()["data"]
    return found


def refresh(app: Flask, token: str, **more: Any) -> Any:
    return app.test_client().post("/auth/refresh", json={"refresh_token": token, **more})


def test_each_sign_in_is_seen_and_ended_alone(
    app: Flask, alice: Caller, charlie: Caller, clock: list[datetime]
) -> None:
    page, program = browser(app), login(app)
    other = Caller(app.test_client(), program["access_token"])
    shown = listed(alice)
    assert [(each["kind"], each["current"]) for each in shown] == [
        ("program", False), ("page", False), ("program", True)
    ]  # fmt: skip
    assert (shown[1]["browser"], shown[1]["address"], shown[1]["started_at"]) == (
        "Firefox, Linux", "127.0.0.1", "2026-06-17T10:30:00Z"
    )  # fmt: skip
    assert [each["id"] for each in listed(other) if each["current"]] == [shown[0]["id"]]
    for path in (f"/auth/sessions/{shown[1]['id']}", "/auth/sessions/999"):
        assert_problem(charlie.get(path), 404)
        assert_problem(charlie.delete(path), 404)
    assert alice.delete(f"/auth/sessions/{shown[1]['id']}").status_code == 204
    assert page.get("/").headers["Location"].startswith("/sign-in")
    assert other.get("/tenant/info").status_code == 200
    assert_problem(alice.delete(f"/auth/sessions/{shown[1]['id']}"), 404)
    assert alice.delete(f"/auth/sessions/{shown[0]['id']}").status_code == 204
    assert assert_problem(other.get("/tenant/info"), 401)["code"] == "session_ended"
    assert_problem(refresh(app, program["refresh_token"]), 401)
    assert len(listed(alice)) == 1


def test_all_others_end_and_this_one_goes_on(app: Flask, alice: Caller, charlie: Caller) -> None:
    page, program = browser(app), login(app)
    assert page.delete("/auth/sessions", headers=csrf(page)).status_code == 204
    assert page.get("/tenant/info").status_code == 200
    assert_problem(alice.get("/tenant/info"), 401)
    assert_problem(refresh(app, program["refresh_token"]), 401)
    assert charlie.get("/tenant/info").status_code == 200
    assert [each["current"] for each in listed(page)] == [True]


def test_a_session_goes_on_through_refreshes_and_other_tenants(app: Flask, acorn: Town) -> None:
    first = login(app)
    second = refresh(app, first["refresh_token"], tenant="user_1").get_json()
    assert len(listed(Caller(app.test_client(), second["access_token"]))) == 1
    page = browser(app)
    old = page.get_cookie("fd_session")
    assert old is not None
    page.post("/switch-tenant", data={"tenant": "org_1", "csrf_token": csrf(page)["X-CSRF-Token"]})
    assert page.get("/tenant/info").get_json()["key"] == "org_1"
    assert [each["kind"] for each in listed(page)] == ["page", "program"]
    page.post("/sign-out", data={"csrf_token": csrf(page)["X-CSRF-Token"]})
    copy = app.test_client()
    copy.set_cookie("fd_session", old.value)  # of the other tenant, from the same session
    assert_problem(copy.get("/tenant/info"), 401)


def test_signing_out_ends_the_refresh_tokens_too(app: Flask, acorn: Town) -> None:
    given = login(app)
    caller = Caller(app.test_client(), given["access_token"])
    assert caller.post("/auth/logout").status_code == 204
    assert_problem(caller.get("/tenant/info"), 401)
    assert_problem(refresh(app, given["refresh_token"]), 401)


def test_a_refresh_token_used_twice_ends_the_whole_session(app: Flask, acorn: Town) -> None:
    given = login(app)
    caller = Caller(app.test_client(), refresh(app, given["refresh_token"]).get_json()["access_token"])
    assert caller.get("/tenant/info").status_code == 200
    assert_problem(refresh(app, given["refresh_token"]), 401)
    assert_problem(caller.get("/tenant/info"), 401)


@pytest.fixture
def short(app: Flask, acorn: Town) -> Flask:
    """Sessions end after 2 days without use, and after 5 in any case."""
    own = state_of(app)
    settings = replace(own.settings, session_idle_days=2, session_max_days=5)
    attach(app, State(settings, own.database, own.clock))
    return app


def test_what_is_unused_or_too_old_ends(short: Flask, clock: list[datetime]) -> None:
    page, idle, token = browser(short), browser(short), login(short)["refresh_token"]
    for day in range(1, 5):
        clock[0] = NOW + timedelta(days=day)
        assert page.get("/tenant/info").status_code == 200, day
        state_of(short).usage.settle()
        token = refresh(short, token).get_json()["refresh_token"]
        if day == 1:
            assert idle.get("/tenant/info").status_code == 200
            state_of(short).usage.settle()
    assert assert_problem(idle.get("/tenant/info"), 401)["code"] == "session_ended"
    assert [each["kind"] for each in listed(page)] == ["program", "page"]
    assert listed(page)[1]["last_used_at"] == "2026-06-21T10:30:00Z"
    clock[0] = NOW + timedelta(days=5)
    assert_problem(page.get("/tenant/info"), 401)
    assert_problem(refresh(short, token), 401)


def test_a_refresh_token_ends_after_days_without_use(short: Flask, clock: list[datetime]) -> None:
    token = login(short)["refresh_token"]
    clock[0] = NOW + timedelta(days=2)
    assert_problem(refresh(short, token), 401)


def test_a_sign_in_from_before_there_were_sessions_gets_one(app: Flask, acorn: Town, database: Database) -> None:
    tokens = [login(app)["refresh_token"] for _ in range(2)]
    with database.directory() as session:
        session.execute(text("DELETE FROM sessions"))
        session.execute(text("UPDATE refresh_tokens SET created_at = :at"), {"at": NOW})
    first = refresh(app, tokens[0]).get_json()
    caller = Caller(app.test_client(), first["access_token"])
    assert len(listed(caller)) == 1
    assert caller.delete("/auth/sessions").status_code == 204
    assert caller.get("/tenant/info").status_code == 200


def test_a_use_is_noted_without_a_word_to_the_directory(
    app: Flask, alice: Caller, clock: list[datetime], sign_in: Callable[..., Caller]
) -> None:
    page = browser(app)
    page.get("/tenant/info")
    version = directory_version(app)
    clock[0] = NOW + timedelta(minutes=10)
    assert page.get("/tenant/info").status_code == 200
    state_of(app).usage.settle()
    assert listed(page)[0]["last_used_at"] == "2026-06-17T10:40:00Z"
    sign_in("alice@acorn.test")
    assert directory_version(app) == version


def directory_version(app: Flask) -> int:
    with state_of(app).database.directory() as session:
        told = "SELECT value->>'version' FROM installation WHERE name = 'directory'"
        return int(session.execute(text(told)).scalar_one())


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (FIREFOX, "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iPhone"),
        ("python-requests/2.32", "python-requests"),
        ("", None),
        ("<script>", None),
    ],
)
def test_browsers_are_told_in_short(agent: str, told: str | None) -> None:
    assert short_name(agent) == told
