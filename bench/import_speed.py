"""How fast a long CSV statement is imported, beside a bare COPY of the same rows, and how much memory it takes.

    .venv/bin/python -m bench.import_speed 100000 1000000

The import is everything: reading the file, duplicates, rules, learned categories, transfers (the tenant has a second
account with 5,000 lines, each categorised, which is what is learned from), rollups, recurring payments, one commit. The
COPY is PostgreSQL's own, as a superuser, of the finished rows into the same table with the same indexes and foreign
keys, in a twin of the database from before the import. Server settings are the product's.

Beside the time of the clock stands that of the processors, of this process and the server's together: it is the same
whatever else the machine does.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from sqlalchemy import text

from core.period import today_in
from data import schema
from data.commands import tenants
from data.commands.categories import create_category
from data.commands.imports import ImportRequest, import_statement
from data.commands.rules import create_rule
from data.context import Actor, TenantContext
from data.db import Database
from data.directory import find_tenant
from data.embedded import Embedded
from data.schemas.ledger import CategoryIn
from data.schemas.rules import RuleIn
from web.state import utc_now

OTHER_LINES = 5_000
CATEGORIES = 12
_DAYS = 1_800
_VALUES = {
    "key": "user_1",
    "type": "user",
    "name": "Bench",
    "currency": "EUR",
    "timezone": "Europe/Berlin",
    "locale": "en-IE",
    "match_by_amount": True,
}


def write_statement(path: Path, rows: int, seed: int, payees: int = 5_000, *, categorised: bool = False) -> None:
    """A bank's CSV with a running balance: payees with an account each, purposes that differ, days in order."""
    chance, balance, first = random.Random(seed), 1_000_000, date(2021, 1, 1)
    with path.open("w", encoding="utf-8") as file:
        file.write("Date;Value date;Payee;IBAN;Purpose;Amount;Currency;Balance")
        file.write(";Category\n" if categorised else "\n")
        for row in range(rows):
            day = first + timedelta(days=row * _DAYS // rows)
            amount = chance.randrange(-20_000, 20_000) or 5
            balance += amount
            shop = chance.randrange(payees)
            iban = f"DE{shop * 7_919:020d}"
            texts = f"Shop {shop};{iban};Invoice {row} thank you for your order"
            file.write(f"{day};{day};{texts};{amount / 100:.2f};EUR;{balance / 100:.2f}")
            file.write(f";Kind {shop % CATEGORIES}\n" if categorised else "\n")


def open_books(url: str) -> tuple[Database, TenantContext]:
    database = Database(url, pool_size=2)
    with database.directory() as session:
        tenant = find_tenant(session, "user_1")
    return database, TenantContext(database.tenant(tenant.id), tenant, Actor("bench"), today_in("UTC", utc_now()))


def furnish(context: TenantContext) -> None:
    """Categories that lines are learned to be of, and three rules."""
    ids = [create_category(context, CategoryIn(name=f"Kind {n}"))[0].id for n in range(CATEGORIES)]
    for n in range(3):
        condition = {"field": "payee", "operator": "contains", "value": f"Shop {n}77"}
        action = {"type": "set_category", "category_id": ids[n]}
        create_rule(context, RuleIn.model_validate({"conditions": [condition], "actions": [action]}))


def take_in(context: TenantContext, path: Path) -> Any:
    return import_statement(context, ImportRequest(path.read_bytes(), path.name, create_accounts=True))


def memory(name: str) -> float:
    """A line of this process's status in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(name)) / 1024


def server_seconds(folder: Path) -> float:
    """Processor time of the server's processes, those that ended included (proc(5), fields 14 to 17 of stat)."""
    first = int(next(folder.rglob("postmaster.pid")).read_text(encoding="ascii").split()[0])
    others = Path(f"/proc/{first}/task/{first}/children").read_text(encoding="ascii").split()
    ticks = sum(sum(_ticks(int(pid))[:2]) for pid in others) + sum(_ticks(first))
    return ticks / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> list[int]:
    """utime, stime, cutime, cstime of a process; nothing when it has just ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return []
    return [int(field) for field in stat.rpartition(")")[2].split()[11:15]]


def child(url: str, folder: Path) -> None:
    """Import in a process of its own; prints seconds and MB as JSON."""
    database, context = open_books(url)
    furnish(context)
    take_in(context, folder / "other.csv")
    idle, began = memory("VmRSS"), time.perf_counter()
    work = time.process_time() + server_seconds(folder)
    result = take_in(context, folder / "statement.csv")
    seconds = time.perf_counter() - began
    work = time.process_time() + server_seconds(folder) - work
    with context.db.reading() as session:
        learned = session.execute(text("SELECT count(*) FROM transactions WHERE category_source = 'learned'")).scalar()
    mb = memory("VmHWM") - idle
    database.dispose()
    found = {"seconds": seconds, "work": work, "mb": mb, "learned": learned}
    print(json.dumps({**found, "new": result.counts.new}))


@contextmanager
def books(folder: Path) -> Iterator[str]:
    """A server with the tenant in it; the URL of its database."""
    with Embedded(folder / "postgres") as running:
        schema.upgrade(running.url)
        database = Database(running.url, pool_size=1)
        tenants.create(database, _VALUES)
        database.dispose()
        yield running.url


def copy_bare(url: str, folder: Path) -> tuple[float, float]:
    """Seconds, and seconds of processors, of a COPY of the imported rows into a twin that has none of them."""
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    file = folder / "rows"
    with psycopg.connect(plain, autocommit=True) as source:
        named = source.execute(
            "SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute "
            "WHERE attrelid = 'transactions'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"
        ).fetchone()
        columns = str(named[0]) if named else ""
        values = columns.replace("transfer_id", "NULL")
        with (
            file.open("wb") as out,
            source.cursor().copy(
                f"COPY (SELECT {values} FROM transactions WHERE import_id IS NOT NULL ORDER BY id) TO STDOUT"
            ) as copy,
        ):
            for block in copy:
                out.write(block)
        source.execute("DELETE FROM splits")
        source.execute("TRUNCATE transactions CASCADE")
        source.execute("VACUUM FULL transactions")
        source.execute("CHECKPOINT")
        began, work = time.perf_counter(), server_seconds(folder)
        with file.open("rb") as rows, source.cursor().copy(f"COPY transactions ({columns}) FROM STDIN") as copy:
            while block := rows.read(1 << 20):
                copy.write(block)
        return time.perf_counter() - began, server_seconds(folder) - work


@dataclass(frozen=True, slots=True)
class Measured:
    """An import beside the COPY: seconds of the clock, seconds of processors, MB over idle."""

    seconds: float
    copy_seconds: float
    work: float
    copy_work: float
    mb: float
    learned: int


def measure(rows: int) -> Measured:
    """Import so many generated lines, then COPY what came of them."""
    with TemporaryDirectory(prefix="bench-", dir=".") as name:
        folder = Path(name)
        warm, long = folder / "other.csv", folder / "statement.csv"
        write_statement(warm, OTHER_LINES, seed=1, payees=1_000, categorised=True)
        write_statement(long, rows, seed=2)
        with books(folder) as url:
            run = subprocess.run(
                [sys.executable, "-m", "bench.import_speed", "--child", url, str(folder)],
                stdout=subprocess.PIPE,
                check=True,
            )
            found = json.loads(run.stdout.splitlines()[-1])
            bare, bare_work = copy_bare(url, folder)
    if found["new"] != rows:
        raise RuntimeError(f"not all rows are new: {found}")
    return Measured(found["seconds"], bare, found["work"], bare_work, found["mb"], found["learned"])


def main() -> None:
    """A row of the table in `bench/import.md` for each size."""
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], Path(sys.argv[3]))
        return
    print("| rows | import s | COPY s | ratio | import CPU s | COPY CPU s | CPU ratio | MB over idle | learned |")
    print(f"|{'---|' * 9}", flush=True)
    for size in map(int, sys.argv[1:]):
        one = measure(size)
        cells = [f"{size:,}", f"{one.seconds:.1f}", f"{one.copy_seconds:.1f}", f"{one.copy_seconds / one.seconds:.2f}"]
        cells += [f"{one.work:.1f}", f"{one.copy_work:.1f}", f"{one.copy_work / one.work:.2f}"]
        print(f"| {' | '.join([*cells, f'{one.mb:.0f}', f'{one.learned:,}'])} |", flush=True)


if __name__ == "__main__":
    main()
