"""Backups of the whole installation by PostgreSQL's own programs, as the role that owns the schema.

A dump is one moment of the database (pg_dump, custom format). A restore is one transaction: either the database
afterwards is that of the dump, or it is untouched. docs/operations.md says how to use them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess  # nosec B404
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from core.errors import Conflict, Unavailable
from data import schema
from data.away import readable_errors
from data.backup_files import verify, whole
from data.db import WEB_ROLE, normalise_url
from data.embedded_binaries import program_folders
from data.embedded_cluster import tail

Tell = Callable[[str], None]
_BLOCK: Final = 1 << 20
_POLL_SECONDS: Final = 0.5
_MOST_SAID: Final = 500
_HAS_TIMEOUT: Final = 17  # the first server that knows transaction_timeout
_TIMEOUT: Final = b"\nSET transaction_timeout = 0;"
_TABLES: Final = """
    SELECT coalesce(string_agg(format('%I', relname), ', '), '') FROM pg_class c
    WHERE relnamespace = to_regnamespace('public') AND relkind IN ('r', 'p')
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""
_OTHERS: Final = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'financial-dashboard' AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class _Client:
    """PostgreSQL's client programs, and where they connect to; the password is never among the arguments."""

    folder: Path
    place: str
    password: str
    server: int

    def command(self, name: str, *arguments: str) -> list[str]:
        return [str(self.folder / name), *arguments]

    @property
    def environment(self) -> dict[str, str]:
        given = {"PGPASSWORD": self.password} if self.password else {}
        return {**os.environ, **given, "PGAPPNAME": "financial-dashboard-backup"}


def dump(url: str, path: Path, tell: Tell) -> int:
    """Write the database at `url` (the owner's) to `path` and its checksum beside it; the size in bytes.

    `tell` hears now and then how far it is. `Unavailable` when pg_dump is missing, too old or fails.
    """
    client = _client(url)
    with whole(path) as new:
        command = client.command("pg_dump", "--format=custom", f"--file={new}", f"--dbname={client.place}")
        _run(client, command, lambda: tell(_megabytes(new.stat().st_size)))
        _run(client, client.command("pg_restore", "--list", str(new)))
    return path.stat().st_size


def restore(url: str, path: Path, tell: Tell, *, over_data: bool) -> list[str]:
    """Replace the tables at `url` (the owner's) by those of the dump; what the program then misses in the schema.

    `Conflict` when there are tenants and not `over_data`, or the product is running; `Invalid` for a damaged file.
    """
    verify(path)
    client = _client(url)
    tables = _look(url, over_data=over_data)
    schema.ensure_web_role(url)
    script = client.command("pg_restore", "--no-owner", "--no-comments", "--schema=public", "--file=-", str(path))
    with _psql(client) as write:
        write(b"BEGIN; SET LOCAL lock_timeout = '10s';\n")
        write(f"DROP TABLE {tables} CASCADE;\n".encode() if tables else b"")
        _pour(client, script, write, tell)
        write(f"GRANT USAGE ON SCHEMA public TO {WEB_ROLE};\nCOMMIT;\nANALYZE;\n".encode())
    return schema.check(url)


def _look(url: str, *, over_data: bool) -> str:
    """The tables that go; `Conflict` when they must not."""
    with readable_errors(), psycopg.connect(_plain(url)) as connection:
        (others,) = _row(connection, _OTHERS)
        if others:
            raise Conflict(f"The product is running ({others} connections): stop web servers and workers first")
        (there,) = _row(connection, "SELECT to_regclass('public.tenants') IS NOT NULL")
        (filled,) = _row(connection, "SELECT EXISTS (SELECT FROM public.tenants)") if there else (False,)
        if filled and not over_data:
            raise Conflict("There are tenants in the database: add --yes to replace all of it")
        (tables,) = _row(connection, _TABLES)
        return str(tables)


def _row(connection: psycopg.Connection[Any], statement: Any) -> tuple[Any, ...]:
    found: tuple[Any, ...] | None = connection.execute(statement).fetchone()
    return found or (None,)


@contextmanager
def _psql(client: _Client) -> Iterator[Callable[[bytes], object]]:
    """psql, which is fed statements. It is killed when the block fails, so that nothing is committed by accident."""
    command = client.command("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={client.place}")
    with TemporaryFile() as messages:
        process = subprocess.Popen(  # noqa: S603  # nosec B603
            command, env=client.environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=messages
        )
        if process.stdin is None:
            raise RuntimeError("psql has no standard input")
        ended = False
        try:
            yield process.stdin.write
            process.stdin.close()
            ended = True
        except BrokenPipeError:
            ended = True  # it says below why it left
        finally:
            if not ended:
                process.kill()
            with suppress(BrokenPipeError):
                process.stdin.close()
            code = process.wait()
        _raise_unless(code == 0, command, messages)


def _pour(client: _Client, script: list[str], write: Callable[[bytes], object], tell: Tell) -> None:
    """Everything that pg_restore writes; `Unavailable` when it does not end well."""
    done, first = 0, True
    with TemporaryFile() as messages:
        process = subprocess.Popen(  # noqa: S603  # nosec B603
            script, env=client.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=messages
        )
        if process.stdout is None:
            raise RuntimeError("pg_restore has no standard output")
        try:
            while block := process.stdout.read(_BLOCK):
                write(block.replace(_TIMEOUT, b"", 1) if first and client.server < _HAS_TIMEOUT else block)
                first, done = False, done + len(block)
                tell(_megabytes(done))
        except BaseException:
            process.kill()
            raise
        finally:
            process.stdout.close()
            code = process.wait()
        _raise_unless(code == 0, script, messages)


def _run(client: _Client, command: list[str], tick: Callable[[], None] | None = None) -> None:
    with TemporaryFile() as messages:
        process = subprocess.Popen(  # noqa: S603  # nosec B603
            command, env=client.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=messages
        )
        try:
            while process.poll() is None:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_POLL_SECONDS)
                if tick is not None:
                    tick()
        except BaseException:
            process.kill()
            process.wait()
            raise
        _raise_unless(process.returncode == 0, command, messages)


def _raise_unless(well: bool, command: list[str], messages: IO[bytes]) -> None:
    if not well:
        messages.seek(0)
        said = tail(messages.read(_BLOCK).decode(errors="replace"))[:_MOST_SAID] or "it said nothing"
        raise Unavailable(f"{Path(command[0]).name} failed:\n{said}")


def _client(url: str) -> _Client:
    """The programs of the server's own version, else the oldest newer ones. `Unavailable` when there are none."""
    with readable_errors(), psycopg.connect(_plain(url)) as connection:
        server = connection.info.server_version // 10_000
    on_path = shutil.which("pg_dump")
    folders = [*program_folders(), *([Path(on_path).resolve().parent] if on_path else [])]
    found = {version: folder for folder in reversed(folders) if (version := _version(folder)) >= server}
    if not found:
        raise Unavailable(
            f"No pg_dump for PostgreSQL {server} was found: install the client programs of that version or a newer one"
        )
    parts = {name: str(value) for name, value in conninfo_to_dict(_plain(url)).items()}
    password = parts.pop("password", "")
    return _Client(found[min(found)], make_conninfo("", **parts), password, server)


def _version(folder: Path) -> int:
    """The major version of all three programs in a folder; 0 when one is missing or does not run here."""
    if not all((folder / name).is_file() for name in ("pg_dump", "pg_restore", "psql")):
        return 0
    try:
        done = subprocess.run(  # noqa: S603  # nosec B603
            [str(folder / "pg_dump"), "--version"], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.search(r"\) (\d+)", done.stdout)
    return int(found[1]) if found else 0


def _plain(url: str) -> str:
    return normalise_url(url).replace("postgresql+psycopg://", "postgresql://", 1)


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
