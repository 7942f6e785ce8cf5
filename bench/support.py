"""What the measurements share: a throwaway installation with the demo in it, its web servers, and wrk."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cli.demo import OWNER, PASSWORD, load_demo
from data import schema
from data.board import Board
from data.db import Database
from data.embedded import Embedded

ROOT = Path(__file__).resolve().parent.parent
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_BAD = re.compile(r"Non-2xx or 3xx responses: (\d+)")


@dataclass(frozen=True)
class Installation:
    """A database with the demo's books, and a folder for what else the product keeps."""

    url: str
    folder: Path

    def database(self) -> Database:
        return Database(self.url, pool_size=2, board=Board.of(self.url))


@contextmanager
def installation() -> Iterator[Installation]:
    """One that is gone afterwards."""
    with TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        with Embedded(folder / "postgres", throwaway=True) as running:
            schema.upgrade(running.url)
            made = Installation(running.url, folder)
            database = made.database()
            load_demo(database)
            database.dispose()
            board = Board.of(running.url)
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

    def token(self, tenant: str = "user_1") -> str:
        _, _, body = self.call("POST", "/auth/login", {"email": OWNER, "password": PASSWORD, "tenant": tenant})
        return str(json.loads(body)["access_token"])

    def workers(self) -> list[int]:
        """The process ids of its workers."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii")
        return [int(each) for each in children.split()]


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
        "SECRET_KEY": "bench-bench-bench-bench-bench-bench-bench",
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
            _wait(found, process)
            yield found
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(found: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if found.call("GET", "/health")[0] == 200:
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("the server does not answer")


def wrk(url: str, connections: int, headers: Mapping[str, str], seconds: int = 2) -> float:
    """Requests per second; an error when one of them failed."""
    program = shutil.which("wrk")
    if program is None:
        raise RuntimeError("this measurement needs wrk: apt-get install wrk")
    command = [program, "-t1", f"-c{connections}", f"-d{seconds}s"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    text = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    bad = _BAD.search(text)
    if bad:
        raise RuntimeError(f"{bad.group(1)} requests failed at {url}")
    found = _RATE.search(text)
    if found is None:
        raise RuntimeError(text)
    return float(found.group(1))
