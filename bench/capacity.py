"""`make capacity`: what a request and a tenant cost, measured, and what many tenants need; writes docs/capacity.md.

CPU time is that of all web workers and of all processes of PostgreSQL, from /proc, so it depends little on what else
the machine does. One asker asks one thing after another.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from bench.steady import Account, call, sign_in
from bench.support import ROOT, Installation, Server, installation, server
from cli.demo import OWNER, PASSWORD
from data import schema
from data.commands import tenants
from data.embedded import Embedded, running_url
from data.embedded_cluster import listening

REPEATS = 60
EMPTY_TENANTS = 200
TICKS = os.sysconf("SC_CLK_TCK")
SIZES = (100, 10_000, 1_000_000)
LINES = 10_000
"""Assumed transactions of a tenant."""
AT_WORK = 0.05
"""Assumed share of the tenants that have somebody at work in the busiest minute."""
ASKS = 0.2
"""Assumed requests a second of somebody at work: a page with its figures every half minute."""
MIX = {"hit": 0.6, "fresh": 0.15, "page": 0.1, "list": 0.1, "write": 0.05}
USED = 0.5
"""Share of a core that is planned with; the rest is for bursts."""
SLOTS = 131_072


@dataclass(frozen=True)
class Cost:
    """CPU milliseconds of one request."""

    web: float
    database: float

    @property
    def both(self) -> float:
        return self.web + self.database


def main() -> int:
    parser = argparse.ArgumentParser(prog="make capacity")
    parser.add_argument("--report", type=Path, default=ROOT / "docs" / "capacity.md")
    options = parser.parse_args()
    tenant_bytes = per_tenant()
    with installation() as made:
        line_bytes = per_line(made)
        with server(made, WEB_WORKERS="1") as web:
            account = sign_in(web.url(""), OWNER, PASSWORD, "org_2", "Capacity")
            costs = {name: measured(made, web, act) for name, act in kinds(web, account).items()}
            worker, backend = memory(web.workers()[0]), memory(max(_descendants(_postgres(made)), key=memory))
    text = _report(costs, line_bytes, tenant_bytes, worker, backend)
    options.report.write_text(text, encoding="utf-8")
    print(text)
    return 0


def kinds(web: Server, account: Account) -> dict[str, Callable[[int], object]]:
    """What is measured; each is told how often it was done before."""
    bearer = {"Authorization": f"Bearer {account.token}"}
    url = web.url("")

    def write(number: int) -> None:
        body = {"account_id": account.id, "booked_on": "2026-06-01", "amount": "-1.00", "payee": f"Capacity {number}"}
        data = json.dumps(body).encode()
        call(url, "POST", "/financial/transactions", {**bearer, "Content-Type": "application/json"}, data)

    def fresh(number: int) -> None:
        """Another period each time, so that nothing is ready."""
        begin = f"2024-{1 + number % 12:02}-{1 + number // 12 % 28:02}"
        call(url, "GET", f"/financial/dashboard?from={begin}&to=2026-06-30", bearer)

    return {
        "hit": lambda _: call(url, "GET", "/financial/dashboard?period=last_month", bearer),
        "fresh": fresh,
        "page": lambda _: call(url, "GET", "/", {"Cookie": account.cookie}),
        "list": lambda _: call(url, "GET", "/financial/transactions?limit=50", bearer),
        "write": write,
    }


def measured(made: Installation, web: Server, act: Callable[[int], object]) -> Cost:
    """The CPU time of one, as the mean of many."""
    for number in range(3):
        act(1_000 + number)
    before = _spent(web.workers()), _spent(_descendants(_postgres(made)))
    for number in range(REPEATS):
        act(number)
    after = _spent(web.workers()), _spent(_descendants(_postgres(made)))
    found = [(then - now) * 1000 / TICKS / REPEATS for now, then in zip(before, after, strict=True)]
    return Cost(*found)


def per_line(made: Installation) -> float:
    """Bytes on disk of one transaction with everything that is kept beside it: indexes, sums, links."""
    with _asking(made.url) as ask:
        full, lines = ask("SELECT pg_database_size(current_database())"), ask("SELECT count(*) FROM transactions")
    return (full - _empty_bytes()) / lines


def per_tenant() -> float:
    """Bytes on disk of a tenant without books."""
    from data.board import Board
    from data.db import Database

    with TemporaryDirectory(prefix="capacity-") as name, Embedded(Path(name) / "postgres", throwaway=True) as running:
        schema.upgrade(running.url)
        with _asking(running.url) as ask:
            before = ask("SELECT pg_database_size(current_database())")
            database = Database(running.url, pool_size=1)
            shape = {"type": "organization", "currency": "EUR", "timezone": "UTC", "locale": "en-IE"}
            for number in range(EMPTY_TENANTS):
                key = f"org_{number + 100}"
                tenants.create(database, {"key": key, "name": key, "match_by_amount": False, **shape})
            database.dispose()
            board = Board.of(running.url)
            if board is not None:
                board.path.unlink(missing_ok=True)
            return (ask("SELECT pg_database_size(current_database())") - before) / EMPTY_TENANTS


def _empty_bytes() -> float:
    with TemporaryDirectory(prefix="capacity-") as name, Embedded(Path(name) / "postgres", throwaway=True) as running:
        schema.upgrade(running.url)
        with _asking(running.url) as ask:
            return ask("SELECT pg_database_size(current_database())")


@contextmanager
def _asking(url: str) -> Iterator[Callable[[Any], float]]:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:

        def ask(question: Any) -> float:
            row = connection.execute(question).fetchone()
            return float(row[0]) if row else 0.0

        yield ask


def memory(pid: int) -> float:
    """MiB that a process has for itself, plus its share of what it shares (Pss)."""
    text = _read(pid, "smaps_rollup")
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0) / 1024


def _read(pid: int, name: str) -> str:
    """A file of /proc; empty when the process has ended."""
    try:
        return Path(f"/proc/{pid}/{name}").read_text(encoding="utf-8")
    except OSError:
        return ""


def _postgres(made: Installation) -> int:
    found = listening(made.folder / "postgres")
    if found is None or running_url(made.folder / "postgres") is None:
        raise RuntimeError("PostgreSQL does not run")
    return found[0]


def _descendants(pid: int) -> list[int]:
    found = _read(pid, f"task/{pid}/children").split()
    return [pid, *(each for child in found for each in _descendants(int(child)))]


def _spent(pids: list[int]) -> int:
    """Clock ticks of these processes, and of their children that have ended."""
    total = 0
    for pid in pids:
        fields = _read(pid, "stat").rpartition(")")[2].split()
        total += sum(int(each) for each in fields[11:15])
    return total


def _report(costs: dict[str, Cost], line_bytes: float, tenant_bytes: float, worker: float, backend: float) -> str:
    mixed = Cost(
        sum(share * costs[name].web for name, share in MIX.items()),
        sum(share * costs[name].database for name, share in MIX.items()),
    )
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    tenant_disk = LINES * line_bytes + tenant_bytes
    rows = "\n".join(_row(count, mixed, tenant_disk) for count in SIZES)
    return (
        (ROOT / "bench" / "capacity_report.md")
        .read_text(encoding="utf-8")
        .format(
            day=datetime.now(UTC).date(),
            machine=f"{os.cpu_count()} cores, {gib:.0f} GB, Python {platform.python_version()}",
            load=f"{os.getloadavg()[0]:.1f}",
            repeats=REPEATS,
            **{
                f"{name}_{part}": f"{getattr(cost, part):.1f}"
                for name, cost in costs.items()
                for part in ("web", "database")
            },
            lines=f"{line_bytes * 10_000 / 2**20:.1f}",
            tenant=f"{tenant_bytes / 1024:.1f}",
            worker=f"{worker:.0f}",
            backend=f"{backend:.0f}",
            mix=", ".join(f"{share:.0%} {name}" for name, share in MIX.items()),
            mixed=f"{mixed.both:.1f}",
            at_work=f"{AT_WORK:.0%}",
            asks=ASKS,
            used=f"{USED:.0%}",
            own_lines=f"{LINES:,}",
            slots=f"{SLOTS:,}",
            rows=rows,
        )
    )


def _row(count: int, mixed: Cost, tenant_disk: float) -> str:
    rate = count * AT_WORK * ASKS
    web, database = (rate * cost / 1000 / USED for cost in (mixed.web, mixed.database))
    cells = (f"{count:,}", f"{rate:,.0f}", _cores(web), _cores(database), f"{count * tenant_disk / 2**30:,.0f} GB")
    return f"| {' | '.join(cells)} |"


def _cores(number: float) -> str:
    return "less than 1" if number < 1 else f"{number:,.0f}"


if __name__ == "__main__":
    sys.exit(main())
