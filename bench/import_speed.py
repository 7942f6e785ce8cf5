"""How fast a long CSV statement is imported, beside a bare COPY of the same rows, and how much memory it takes.

    .venv/bin/python -m bench.import_speed 100000 1000000

The import is everything: reading the file, duplicates, transfers (the tenant has a second account with 5,000 lines),
rollups, one commit. The COPY is PostgreSQL's own, as a superuser, of the finished rows into the same table with the
same indexes and foreign keys, in a twin of the database from before the import. Server settings are the product's.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from core.period import today_in
from data import schema
from data.commands import tenants
from data.commands.imports import ImportRequest, import_statement
from data.context import Actor, TenantContext
from data.db import Database
from data.directory import find_tenant
from data.embedded import Embedded
from web.state import utc_now

OTHER_LINES = 5_000
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


def write_statement(path: Path, rows: int, seed: int) -> None:
    """A bank's CSV with a running balance: 5,000 payees, purposes that differ, days in order."""
    chance, balance, first = random.Random(seed), 1_000_000, date(2021, 1, 1)
    with path.open("w", encoding="utf-8") as file:
        file.write("Date;Value date;Payee;IBAN;Purpose;Amount;Currency;Balance\n")
        for row in range(rows):
            day = first + timedelta(days=row * _DAYS // rows)
            amount = chance.randrange(-20_000, 20_000) or 5
            balance += amount
            iban = f"DE{chance.randrange(10**20):020d}"
            text = f"Shop {chance.randrange(5_000)};{iban};Invoice {row} thank you for your order"
            file.write(f"{day};{day};{text};{amount / 100:.2f};EUR;{balance / 100:.2f}\n")


def open_books(url: str) -> tuple[Database, TenantContext]:
    database = Database(url, pool_size=2)
    with database.directory() as session:
        tenant = find_tenant(session, "user_1")
    return database, TenantContext(database.tenant(tenant.id), tenant, Actor("bench"), today_in("UTC", utc_now()))


def take_in(context: TenantContext, path: Path) -> Any:
    return import_statement(context, ImportRequest(path.read_bytes(), path.name, create_accounts=True))


def memory(name: str) -> float:
    """A line of this process's status in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(name)) / 1024


def child(url: str, warm: Path, long: Path) -> None:
    """Import in a process of its own; prints seconds and MB as JSON."""
    database, context = open_books(url)
    take_in(context, warm)
    idle, began = memory("VmRSS"), time.perf_counter()
    result = take_in(context, long)
    seconds = time.perf_counter() - began
    database.dispose()
    print(json.dumps({"seconds": seconds, "mb": memory("VmHWM") - idle, "counts": result.counts.model_dump()}))


@contextmanager
def books(folder: Path) -> Iterator[str]:
    """A server with the tenant in it; the URL of its database."""
    with Embedded(folder / "postgres") as running:
        schema.upgrade(running.url)
        database = Database(running.url, pool_size=1)
        tenants.create(database, _VALUES)
        database.dispose()
        yield running.url


def copy_bare(url: str, folder: Path) -> float:
    """Seconds of a COPY of the imported rows into a twin that has none of them."""
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    file = folder / "rows"
    with psycopg.connect(plain, autocommit=True) as source:
        named = source.execute(
            "SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute "
            "WHERE attrelid = 'transactions'::regclass AND attnum > 0 AND NOT attisdropped"
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
        began = time.perf_counter()
        with file.open("rb") as rows, source.cursor().copy(f"COPY transactions ({columns}) FROM STDIN") as copy:
            while block := rows.read(1 << 20):
                copy.write(block)
        return time.perf_counter() - began


def measure(rows: int) -> None:
    with TemporaryDirectory(prefix="bench-", dir=".") as name:
        folder = Path(name)
        warm, long = folder / "other.csv", folder / "statement.csv"
        write_statement(warm, OTHER_LINES, seed=1)
        write_statement(long, rows, seed=2)
        with books(folder) as url:
            run = subprocess.run(
                [sys.executable, "-m", "bench.import_speed", "--child", url, str(warm), str(long)],
                stdout=subprocess.PIPE,
                check=True,
            )
            found = json.loads(run.stdout.splitlines()[-1])
            bare = copy_bare(url, folder)
    if found["counts"]["new"] != rows:
        raise RuntimeError(f"not all rows are new: {found['counts']}")
    seconds, mb = found["seconds"], found["mb"]
    ratio = bare / seconds
    print(f"| {rows:,} | {seconds:.1f} | {rows / seconds:,.0f} | {bare:.1f} | {ratio:.2f} | {mb:.0f} |", flush=True)


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
        return
    print("| rows | import s | rows/s | COPY s | ratio | MB over idle |\n|---|---|---|---|---|---|", flush=True)
    for size in sys.argv[1:]:
        measure(int(size))


if __name__ == "__main__":
    main()
