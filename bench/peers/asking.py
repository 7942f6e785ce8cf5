"""What the comparisons share: our own server and its owner's books, one timed question, and waiting for a server."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg

from bench.many_books import Seat
from bench.peers.journal import Line, lines
from bench.support import Installation, Server
from bench.trouble import plain_url


@dataclass(frozen=True)
class Ours:
    """Our server, asked as the owner of the books."""

    running: Server
    seat: Seat

    def get(self, path: str) -> Any:
        """The answer, and whether it was ready (`_cache`: hit or miss)."""
        _, headers, body = self.running.call("GET", path, headers=self._bearer)
        cache = next((word for word in ("hit", "miss") if word in headers.get("Server-Timing", "")), "")
        return {**json.loads(body), "_cache": cache}

    def book(self) -> None:
        """One more transaction, before all others."""
        entry = {
            "account_id": str(self.seat.account), "booked_on": "2020-01-01", "amount": "-1.00", "payee": "One more",
        }  # fmt: skip
        status, _, body = self.running.call("POST", "/financial/transactions", entry, self._bearer)
        if status != 201:
            raise RuntimeError(body)

    @property
    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.seat.token}"}


def ledger(made: Installation) -> list[Line]:
    """All lines of the books that `make_many` made first."""
    with psycopg.connect(plain_url(made.url)) as connection:
        row = connection.execute("SELECT id FROM tenants WHERE key = 'user_1000'").fetchone()
        return lines(connection, row[0] if row else 0)


def timed(run: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    run()
    return (time.perf_counter() - began) * 1000


def wait(ask: Callable[[], object]) -> None:
    """Until a server that was just started answers; at most two minutes."""
    deadline = time.monotonic() + 120
    while True:
        try:
            ask()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
