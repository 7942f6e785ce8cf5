"""What the measurements share: a throwaway installation with the demo in it, and its web servers."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cli.demo import OWNER, PASSWORD, load_demo
from data import directory, schema
from data.board import Board
from data.db import Database
from data.embedded import Embedded
from web import tokens
from web.keys import signing_secret

ROOT = Path(__file__).resolve().parent.parent
SECRET_KEY = "bench-bench-bench-bench-bench-bench-bench"
TENANT = "user_1"


@dataclass(frozen=True)
class Installation:
    """A database with the demo's books, and a folder for what else the product keeps."""

    url: str
    folder: Path

    def database(self) -> Database:
        return Database(self.url, pool_size=2, board=Board.of(self.url))


@contextmanager
def installation(prepare: Callable[[Installation], object] | None = None) -> Iterator[Installation]:
    """One that is gone afterwards, with the demo in it, or what `prepare` puts there.

    A throwaway server is filled; with `prepare` the measurements then have one that keeps what it was told.
    """
    (ROOT / "var").mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench-", dir=ROOT / "var") as name:
        folder = Path(name)
        with Embedded(folder / "postgres", throwaway=True) as running:
            schema.upgrade(running.url)
            made = Installation(running.url, folder)
            if prepare is None:
                _load_demo(made)
                with _swept(made):
                    yield made
                return
            prepare(made)
        os.sync()
        with Embedded(folder / "postgres") as running, _swept(Installation(running.url, folder)) as made:
            yield made


def _load_demo(made: Installation) -> None:
    database = made.database()
    load_demo(database)
    database.dispose()


@contextmanager
def _swept(made: Installation) -> Iterator[Installation]:
    """Take the board away afterwards."""
    board = Board.of(made.url)
    yield made
    if board is not None:
        board.path.unlink(missing_ok=True)


@dataclass(frozen=True)
class Server:
    """A running web server."""

    port: int
    pid: int

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def call(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Ask on a new connection, so that any worker may answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            sent = {"Content-Type": "application/json", **(headers or {})}
            connection.request(method, path, None if body is None else json.dumps(body), sent)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def token(self, tenant: str = TENANT) -> str:
        _, _, body = self.call("POST", "/auth/login", {"email": OWNER, "password": PASSWORD, "tenant": tenant})
        return str(json.loads(body)["access_token"])

    def workers(self) -> list[int]:
        """The process ids of its workers."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii")
        return [int(each) for each in children.split()]


def members(made: Installation, tenant: str, count: int) -> list[str]:
    """Access tokens of so many new people, all viewers of one tenant."""
    database = made.database()
    with database.directory() as session:
        place = directory.find_tenant(session, tenant)
        people = [directory.create_person(session, f"bench{number}@example.org", "-") for number in range(count)]
        for person in people:
            directory.set_role(session, person.id, place.id, "viewer")
    found = [issued(database, tokens.ACCESS, person, place.id)[0] for person in people]
    database.dispose()
    return found


def issued(
    database: Database, purpose: tokens.Purpose, person: directory.PersonInfo, tenant_id: int
) -> tuple[str, tokens.Claims]:
    """A token as the servers here sign it, without a sign-in, and what it says."""
    with database.directory() as session:
        secret = signing_secret(session, SECRET_KEY)
    now = datetime.now(UTC)
    return tokens.issue(secret, purpose, person_id=person.id, tenant_id=tenant_id, epoch=person.epoch, now=now)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(made: Installation, application: str = "app:server", **settings: str) -> Iterator[Server]:
    """gunicorn with the product's own configuration; the log is written, to a file."""
    port = free_port()
    folder = made.folder / f"var-{port}"
    environment = {
        **os.environ,
        "DATABASE_URL": made.url,
        "VAR_DIR": str(folder),
        "CACHE_URL": f"file:{folder / 'cache'}",
        "SECRET_KEY": SECRET_KEY,
        "PORT": str(port),
        "LOG_LEVEL": "INFO",
        **settings,
    }
    environment.pop("PROMETHEUS_MULTIPROC_DIR", None)
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", application]
    with (made.folder / f"log-{port}").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log, stdout=log)
        try:
            found = Server(port, process.pid)
            _wait(found, process, made.folder / f"log-{port}")
            yield found
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(found: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if found.call("GET", "/health")[0] == 200:
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"the server does not answer: {log.read_text(encoding='utf-8')[-500:]}")
