"""How the product starts and ends: real processes, real signals, a database of its own."""

from __future__ import annotations

import http.client
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import psycopg
import pytest

from cli.processes import check_port
from core.errors import Unavailable
from data.embedded_cluster import listening, running_url

ROOT = Path(__file__).resolve().parent.parent
WAIT_SECONDS = 120
SETTINGS = ("DATABASE_URL", "DATABASE_OWNER_URL", "CACHE_URL", "SECRET_KEY", "APP_ENV", "LOG_LEVEL", "HOST")


@pytest.fixture(scope="module")
def var_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data directory for the module: the tests are runs of the same installation, one after another."""
    return tmp_path_factory.mktemp("var")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(var_dir: Path, **changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return {**kept, "VAR_DIR": str(var_dir), "WEB_WORKERS": "1", "WEB_THREADS": "4", **changes}


def flask(var_dir: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flask", *arguments],
        cwd=ROOT,
        env=environment(var_dir, **changes),
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
        check=False,
    )


def validate(port: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "deploy/validate", "--url", f"http://127.0.0.1:{port}", "--json", *arguments],
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
        check=False,
    )


class Serving:
    """A running `flask serve`."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process, self.port, self.printed = process, port, ""

    def wait_until_printed(self, words: str) -> None:
        assert self.process.stdout is not None
        while words not in self.printed:
            assert select.select([self.process.stdout], [], [], WAIT_SECONDS)[0], self.printed
            some = os.read(self.process.stdout.fileno(), 4096)  # no buffer that select does not see
            assert some, f"it ended: {self.printed}"
            self.printed += some.decode()

    def ask(self, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        found = answer.status, json.loads(answer.read())
        connection.close()
        return found

    def children(self) -> list[int]:
        """Process descriptors of the web server, its workers and the database."""
        found, parents = [], [self.process.pid]
        while parents:
            text = Path(f"/proc/{parents[0]}/task/{parents[0]}/children").read_text()
            pids = [int(pid) for pid in text.split()]
            found += [os.pidfd_open(pid) for pid in pids]
            parents = parents[1:] + pids
        return found


@contextmanager
def serving(var_dir: Path, **changes: str) -> Iterator[Serving]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "flask", "serve"],
        cwd=ROOT,
        env=environment(var_dir, PORT=str(port), **changes),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
    )
    try:
        serving = Serving(process, port)
        serving.wait_until_printed("Ctrl-C stops it")
        yield serving
    finally:
        process.terminate()
        process.communicate(timeout=WAIT_SECONDS)


def all_end(descriptors: list[int]) -> bool:
    """Whether all these processes end in time."""
    try:
        return all(select.select([each], [], [], WAIT_SECONDS)[0] for each in descriptors)
    finally:
        for each in descriptors:
            os.close(each)


def test_the_first_run_makes_everything_and_ends_in_order(var_dir: Path) -> None:
    with serving(var_dir) as product:
        assert f"http://127.0.0.1:{product.port}" in product.printed
        assert "demo@example.org" in product.printed
        credentials = {"email": "demo@example.org", "password": "demo-demo-demo"}
        status, signed_in = product.ask("POST", "/auth/login", credentials)
        assert status == 200
        assert [seat["key"] for seat in signed_in["tenants"]] == ["org_2", "user_1"]
        # A command finds the running database by itself.
        token = flask(var_dir, "token", "issue", "demo@example.org", "--tenant", "user_1").stdout.strip()
        status, answer = product.ask("GET", "/financial/dashboard/budgets", token=token)
        assert (status, answer["tenant"]) == (200, "user_1")
        assert {row["name"]: row["status"] for row in answer["data"]}["Restaurants"] == "over"
        children = product.children()
        assert len(children) >= 3
        product.process.send_signal(signal.SIGINT)
        assert product.process.wait(WAIT_SECONDS) == 0
        assert all_end(children)
    assert listening(var_dir / "postgres") is None


def test_a_second_run_keeps_the_data_and_survives_the_database(var_dir: Path) -> None:
    made = flask(var_dir, "tenant", "create", "org_7", "--name", "A", "--currency", "EUR", "--timezone", "UTC")
    assert made.returncode == 0, made.stderr
    with serving(var_dir) as product:
        url = running_url(var_dir / "postgres")
        assert url is not None
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            keys = connection.execute("SELECT key FROM tenants ORDER BY key").fetchall()
        assert [key for (key,) in keys] == ["org_2", "org_3", "org_7", "user_1"]
        sound = validate(product.port, "--level", "5", "--junit", str(var_dir / "validate.xml"))
        assert sound.returncode == 0, sound.stderr
        checks = json.loads(sound.stdout)["checks"]
        assert {each["level"] for each in checks if each["state"] == "ok"} == {1, 2, 3, 4, 5}
        assert len(checks) == len(ElementTree.parse(var_dir / "validate.xml").findall(".//testcase"))
        server = listening(var_dir / "postgres")
        assert server is not None
        gone = os.pidfd_open(server[0])
        os.kill(server[0], signal.SIGINT)
        assert all_end([gone])
        assert product.ask("GET", "/health")[0] == 200
        assert product.ask("GET", "/health/dashboard")[0] == 503
        ill = validate(product.port, "--level", "7")
        failed = [each["name"] for each in json.loads(ill.stdout)["checks"] if each["state"] == "failed"]
        assert (ill.returncode, failed[0]) == (1, "the database is healthy")
        assert product.process.poll() is None
        product.process.send_signal(signal.SIGTERM)
        assert product.process.wait(WAIT_SECONDS) == 0


def test_a_killed_supervisor_leaves_nothing_behind(var_dir: Path) -> None:
    with serving(var_dir) as product:
        children = product.children()
        product.process.kill()
        assert all_end(children)
        with pytest.raises(ConnectionRefusedError):
            product.ask("GET", "/health")


def test_it_ends_with_the_web_servers_code(var_dir: Path) -> None:
    with serving(var_dir) as product:
        text = Path(f"/proc/{product.process.pid}/task/{product.process.pid}/children").read_text()
        (web,) = (int(pid) for pid in text.split() if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes())
        children = product.children()
        os.kill(web, signal.SIGKILL)
        assert product.process.wait(WAIT_SECONDS) == 128 + signal.SIGKILL
        assert all_end(children)


def test_a_port_in_use_is_said_at_once(var_dir: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = flask(var_dir, "serve", PORT=str(port))
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith(f"Error: Port {port} of 127.0.0.1 cannot be used")
    assert f"PORT={port + 1} make run" in result.stderr


def test_a_folder_that_cannot_be_written_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = flask(tmp_path / "file" / "var", "serve", PORT=str(free_port()), SECRET_KEY="x" * 32)
    assert result.returncode == 1
    assert "VAR_DIR" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_host_of_another_machine_is_said_at_once() -> None:
    with pytest.raises(Unavailable, match=r"203\.0\.113\.7"):
        check_port("203.0.113.7", 8000)
    with pytest.raises(Unavailable, match=r"HOST no\.such\.host\.invalid"):
        check_port("no.such.host.invalid", 8000)


def test_validation_says_that_nothing_is_there() -> None:
    gone = validate(free_port(), "--wait", "0", "--level", "2")
    assert gone.returncode == 1
    assert "failed    L2" in gone.stderr
    assert validate(1, "--level", "8").returncode == 2


def test_production_loads_no_demo(database_url: str, tmp_path: Path) -> None:
    changes = {"APP_ENV": "production", "SECRET_KEY": "x" * 32, "DATABASE_URL": database_url}
    with serving(tmp_path, **changes) as product:
        assert "demo@example.org" not in product.printed
    assert len(flask(tmp_path, "tenant", "list", **changes).stdout.splitlines()) == 1
    refused = flask(tmp_path, "demo", "load", **changes)
    assert (refused.returncode, "--yes" in refused.stderr) == (2, True)
