"""Child processes that import, and how a test sees where they are without waiting by the clock."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import psycopg

from tests.conftest import SECRET

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 120  # only a failure waits so long


def _plain(database_url: str) -> str:
    return database_url.replace("+psycopg", "")


@contextmanager
def child(database_url: str, tmp_path: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """`flask ARGUMENTS` as a process of its own, gone afterwards."""
    kept = {name: value for name, value in os.environ.items() if name not in ("CACHE_URL", "DATABASE_OWNER_URL")}
    environment = {**kept, "DATABASE_URL": database_url, "VAR_DIR": str(tmp_path), "SECRET_KEY": SECRET}
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", *arguments],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def waiting(database_url: str, table: str) -> None:
    """Return when a statement on `table` waits for a lock."""
    _until(
        database_url,
        # By the lock where it is on the whole table, else by the statement, of which the server shows the beginning.
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        " AND (query ILIKE '%%' || %s || '%%' OR pid IN (SELECT l.pid FROM pg_locks l JOIN pg_class c ON c.oid ="
        " l.relation WHERE NOT l.granted AND c.relname = %s))",
        table,
        table,
        least=1,
    )


def until_done(database_url: str) -> None:
    """Return when nothing is left in the queue but what is always there."""
    _until(
        database_url,
        "SELECT count(*) FROM (SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE name IS DISTINCT FROM 'daily')"
        " AND %s) e",
        True,
        least=1,
    )


def killed(process: subprocess.Popen[bytes], database_url: str) -> None:
    """Kill it with its transaction open, and return when the server has noticed."""
    with psycopg.connect(_plain(database_url)) as connection:
        blocked = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        ).fetchall()
    process.send_signal(signal.SIGKILL)
    process.wait()
    for (pid,) in blocked:
        _until(database_url, "SELECT 1 - count(*) FROM pg_stat_activity WHERE pid = %s", pid, least=1)


def _until(database_url: str, question: str, *values: object, least: int) -> None:
    deadline = monotonic() + PATIENCE_SECONDS
    with psycopg.connect(_plain(database_url), autocommit=True) as connection:
        while monotonic() < deadline:
            row = connection.execute(question, values).fetchone()
            if row is not None and row[0] >= least:
                return
        standing = connection.execute(
            "SELECT state, wait_event_type, wait_event, left(query, 300) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    raise AssertionError("it did not come so far: " + "\n".join(map(str, standing)))
