"""Rollouts on plain processes: nginx in front of two gunicorns, and people at work who must not notice."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from bench.proxy import Proxy
from bench.steady import Account, call, lost_and_doubled, post, sign_in, steady, stored
from data.board import Board
from deploy.rolling.processes import Processes
from tests.conftest import PASSWORD, SECRET, Town
from tests.proxies import behind_nginx
from tests.test_start import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 120
PERSON = ("--email", "alice@acorn.test", "--tenant", "org_1")


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    with behind_nginx(tmp_path / "nginx", ["127.0.0.1:1"]) as running:
        yield running


@pytest.fixture
def described(tmp_path: Path, database_url: str, proxy: Proxy) -> Iterator[Path]:
    """The file that describes an installation with nothing running in it."""
    path = tmp_path / "rollout.json"
    given = {
        "url": proxy.url,
        "ports": {"blue": [free_port()], "green": [free_port()]},
        "upstream": str(proxy.upstream),
        "nginx": proxy.command,
        "worker": False,
        "environment": {
            "DATABASE_URL": database_url,
            "SECRET_KEY": SECRET,
            "VAR_DIR": str(tmp_path / "var"),
            "CACHE_URL": f"file:{tmp_path / 'cache'}",
            "TRUSTED_PROXIES": "1",
            "WEB_WORKERS": "1",
            "APP_ENV": "testing",
        },
    }
    path.write_text(json.dumps(given))
    yield path
    driver = Processes(path)
    driver.stop("blue")
    driver.stop("green")
    board = Board.of(database_url)
    if board is not None:
        board.path.unlink(missing_ok=True)


def rollout(described: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "deploy/rollout", *arguments, "--processes", described],
        env={**os.environ, "VALIDATE_PASSWORD": PASSWORD},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def well(done: subprocess.CompletedProcess[str]) -> str:
    """What a rollout that went well printed."""
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def history(described: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (described.parent / "rollout/history.jsonl").read_text().splitlines()]


class Listener:
    """An open event stream."""

    def __init__(self, url: str, account: Account, known: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {account.token}"} | ({"Last-Event-ID": known} if known else {})
        self._connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=SECONDS)
        self._connection.request("GET", "/financial/stream", headers=headers)
        self._answer = self._connection.getresponse()
        assert self._answer.status == 200
        self.known = known

    def until(self, words: str | None) -> bool:
        """Read until a line has these words; False when the stream ends before. None: until it ends."""
        until = monotonic() + SECONDS
        while line := self._answer.readline().decode():
            assert monotonic() < until
            if line.startswith("id: "):
                self.known = line[4:].strip()
            if words is not None and words in line:
                return True
        self.close()
        return False

    def close(self) -> None:
        self._answer.close()
        self._connection.close()


def test_nobody_notices_a_switch_and_a_rollback(town: Town, acorn: Town, described: Path, proxy: Proxy) -> None:
    told = described.parent / "told"
    notify = ("--notify", f"{sys.executable} -c \"import sys; open('{told}', 'a').write(sys.stdin.read() + chr(10))\"")
    well(rollout(described, "deploy", str(ROOT), "--level", "3", *PERSON, *notify))
    assert [json.loads(line)["outcome"] for line in told.read_text().splitlines()] == ["began", "done"]
    account = sign_in(proxy.url, "alice@acorn.test", PASSWORD, "org_1", "Current")
    assert "send people to green" in well(rollout(described, "deploy", str(ROOT), "--dry-run"))
    assert rollout(described, "switch").stderr.startswith("nothing waits in green")

    with steady(proxy.url, [account], people=6, pause=0.1) as record:
        assert "ok        L4" in well(rollout(described, "blue-green", str(ROOT), *PERSON))
        well(rollout(described, "switch", "--level", "2", "--keep", *PERSON))
        stream = Listener(proxy.url, account)
        assert stream.until("id: ")
        assert well(rollout(described, "status")).splitlines()[1].split() == ["green", str(ROOT), "people"]
        well(rollout(described, "rollback", "--level", "2", "--drain", "0.5", *PERSON))

    assert record.failures() == []
    assert len(record.seen) > 50
    assert record.tried == record.acknowledged  # each was answered by the end
    assert lost_and_doubled(record, stored(proxy.url, [account], record)) == (0, 0)

    # The token and the session from before the switch still count, and the stream that was cut hears what it missed.
    assert call(proxy.url, "GET", "/", {"Cookie": account.cookie})[0] == 200
    assert not stream.until(None)
    post(proxy.url, "/financial/accounts", {"name": "Later", "type": "checking", "currency": "EUR"}, account.token)
    again = Listener(proxy.url, account, stream.known)
    assert again.until("account")
    again.close()
    assert [(each["command"], each["outcome"], each["active"]) for each in history(described)] == [
        ("deploy", "done", "blue"),
        ("blue-green", "done", "blue"),
        ("switch", "done", "green"),
        ("rollback", "done", "blue"),
    ]
