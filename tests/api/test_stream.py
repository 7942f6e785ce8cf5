"""The stream of changes, through a real server: told within a second, nothing missed, nobody told too much."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest
from flask import Flask
from werkzeug.serving import make_server

from api import stream
from cli.processes import wait_until_healthy, web_server
from core.settings import Settings
from data import directory
from tests.conftest import PASSWORD, SECRET, Caller, Town, _plain
from web import live
from web.state import state_of

Open = Callable[..., "Reader"]


class Reader:
    """An event stream as a browser reads it."""

    def __init__(self, port: int, token: str, known: int | None = None, path: str = "/financial/stream") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        headers = {"Authorization": f"Bearer {token}"}
        if known is not None:
            headers["Last-Event-ID"] = str(known)
        self.connection.request("GET", path, headers=headers)
        self.answer = self.connection.getresponse()

    def block(self) -> dict[str, str]:
        """The fields up to the next blank line; {} at the end."""
        found: dict[str, str] = {}
        while (line := self.answer.readline().decode()) not in ("\n", ""):
            name, _, value = line.rstrip("\n").partition(": ")
            found[name] = value
        return found

    def event(self) -> tuple[str, dict[str, Any]]:
        """The next event, whatever comes before it."""
        while block := self.block():
            if "data" in block:
                return block["event"], json.loads(block["data"])
        raise EOFError

    def close(self) -> None:
        self.answer.close()
        self.connection.close()


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    state_of(app).live.stop()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def listen(port: int) -> Iterator[Open]:
    readers: list[Reader] = []

    def start(caller: Caller, known: int | None = None, path: str = "/financial/stream") -> Reader:
        readers.append(Reader(port, caller.token, known, path))
        return readers[-1]

    yield start
    for reader in readers:
        reader.close()


def tag(caller: Caller, name: str) -> int:
    """Add a tag; the version since then."""
    answer = caller.post("/financial/tags", {"name": name})
    assert answer.status_code == 201
    return int(answer.headers["ETag"].strip('"'))


def test_a_change_is_told_to_its_tenant_alone(alice: Caller, charlie: Caller, listen: Open) -> None:
    mine, theirs = listen(alice), listen(charlie)
    assert mine.answer.getheader("Content-Type", "").startswith("text/event-stream")
    assert mine.block() == {"retry": "1000", "id": "0"}
    tag(charlie, "cedar")
    assert theirs.event() == ("change", {"version": 1, "kinds": ["tag"]})
    version = tag(alice, "acorn")
    assert mine.event() == ("change", {"version": version, "kinds": ["tag"]})


def test_who_comes_back_is_told_what_was_missed(alice: Caller, listen: Open) -> None:
    tag(alice, "a")
    alice.post("/financial/accounts", {"name": "Giro"})
    version = tag(alice, "b")
    assert listen(alice, known=1).event() == ("change", {"version": version, "kinds": ["account", "tag"]})
    assert listen(alice, path="/financial/stream?since=2").event()[1]["kinds"] == ["tag"]
    assert listen(alice, known=version).block()["id"] == str(version)
    assert listen(alice, known=99).event()[1]["version"] == version
    assert listen(alice, path="/financial/stream?since=x").answer.status == 422


def test_alerts_are_events_of_their_own(alice: Caller, listen: Open) -> None:
    food = alice.post("/financial/categories", {"name": "Food", "kind": "expense"}).get_json()["id"]
    giro = alice.post("/financial/accounts", {"name": "Giro"}).get_json()["id"]
    budget = alice.post("/financial/budgets", {"name": "Food", "category_ids": [food], "amount": "10.00"}).get_json()
    reader = listen(alice)
    reader.block()
    new = {"account_id": giro, "category_id": food, "booked_on": "2026-06-03", "amount": "-20.00"}
    alice.post("/financial/transactions", new)
    kind, alert = reader.event()
    assert (kind, alert["budget_id"]) == ("alert", budget["id"])
    assert alert == alice.get(f"/financial/alerts/{alert['id']}").get_json()
    kind, change = reader.event()
    assert kind == "change"
    assert set(change["kinds"]) == {"alert", "transaction"}


def test_who_signs_out_is_cut_off(alice: Caller, sign_in: Any, acorn: Town, listen: Open) -> None:
    reader, other = listen(alice), listen(vera := sign_in("vera@acorn.test", "org_1"))
    reader.block()
    other.block()
    assert alice.post("/auth/logout", {"everywhere": True}).status_code == 204
    assert reader.block() == {}
    with acorn.database.directory() as session:
        person = directory.find_person(session, "vera@acorn.test")
        assert person
        directory.set_role(session, person.id, directory.find_tenant(session, "org_1").id, "editor")
    tag(vera, "still")
    assert other.event()[1]["version"] == 1


def test_a_lost_connection_to_the_database_loses_nothing(alice: Caller, listen: Open, database_url: str) -> None:
    reader = listen(alice)
    reader.block()
    tag(alice, "first")
    assert reader.event()[1]["version"] == 1
    with psycopg.connect(_plain(database_url), autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
    version = tag(alice, "while deaf")
    assert reader.event() == ("change", {"version": version, "kinds": ["tag"]})


def test_a_heartbeat_comes_and_the_stream_ends_by_itself(
    alice: Caller, listen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr(stream, "LIFE_SECONDS", 0.2)
    reader = listen(alice)
    reader.block()
    assert reader.block() == {":": ""}
    while reader.block():
        pass


def test_so_many_and_no_more(app: Flask, alice: Caller, sign_in: Any, listen: Open, port: int) -> None:
    for _ in range(live.PER_PERSON):
        assert listen(alice).answer.status == 200
    refused = listen(alice).answer
    assert (refused.status, refused.getheader("Retry-After")) == (429, "10")
    here = state_of(app)
    object.__setattr__(here, "settings", replace(here.settings, web_threads=live.PER_PERSON * 2))
    refused = listen(sign_in("vera@acorn.test", "org_1")).answer
    assert (refused.status, refused.getheader("Retry-After")) == (503, "5")
    assert json.loads(refused.read())["code"] == "too_many_streams"
    assert alice("HEAD", "/financial/stream").status_code == 503
    assert here.live.open_streams == live.PER_PERSON


def test_what_was_never_read_gives_its_place_back(app: Flask, alice: Caller) -> None:
    alice("HEAD", "/financial/stream").close()
    alice.get("/financial/stream", buffered=False).close()
    assert state_of(app).live.open_streams == 0


@contextmanager
def gunicorn(url: str, var_dir: Path, port: int) -> Iterator[Any]:
    told = {"APP_ENV": "testing", "DATABASE_URL": url, "PORT": str(port), "VAR_DIR": str(var_dir)}
    told |= {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    told |= {"SECRET_KEY": SECRET, "CACHE_URL": f"file:{var_dir / 'cache'}", "WEB_WORKERS": "1", "LOG_LEVEL": "ERROR"}
    with web_server(told) as process:
        assert wait_until_healthy(process, Settings.load(told))
        yield process


def test_open_streams_do_not_hold_up_a_stop(acorn: Town, database_url: str, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free_port = probe.getsockname()[1]
    with gunicorn(database_url, tmp_path, free_port) as process:
        connection = http.client.HTTPConnection("127.0.0.1", free_port, timeout=20)
        body = json.dumps({"email": "alice@acorn.test", "password": PASSWORD, "tenant": "org_1"})
        connection.request("POST", "/auth/login", body, {"Content-Type": "application/json"})
        token = json.loads(connection.getresponse().read())["access_token"]
        connection.close()
        reader = Reader(free_port, token)
        reader.block()
        process.send_signal(signal.SIGTERM)
        assert reader.block() == {}
        reader.close()
