"""The directory of an embedded PostgreSQL: making it, finding the server that runs on it, its password and URL.

It holds `data/` (the cluster), `password` (0600), `lock`, `server.log` (of this start) and `server.log.old`.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess  # nosec B404
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import errors

from core.errors import Unavailable
from data.embedded_binaries import Programs, run_as, with_parent

DATABASE = "dashboard"
SUPERUSER = "postgres"


def running_url(directory: Path) -> str | None:
    """The superuser URL of the server that runs for this directory, whoever started it; None when there is none.

    The database is created when somebody dropped it.
    """
    server = listening(directory)
    if server is None or server[2] != "ready":
        return None
    try:
        password = (directory / "password").read_text()
        create_database(server[1], password)
    except (OSError, psycopg.Error):
        return None
    return server_url(server[1], password)


def listening(directory: Path) -> tuple[int, int, str] | None:
    """(process id, port, state) from PostgreSQL's own lock file; None when there is none or it is half written."""
    try:
        lines = (directory / "data" / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), int(lines[3]), lines[7].strip()
    except (OSError, IndexError, ValueError):
        return None


def create_cluster(directory: Path, programs: Programs, lock: int, *, sync: bool) -> None:
    """initdb beside the final place, then rename: a start that is cut off leaves nothing half made.

    `lock` is the open lock file, held until initdb has ended even if this process is killed. Raises `Unavailable`.
    """
    new = directory / "data.new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    command = [*run_as(new, programs), programs.path("initdb"), "-D", str(new), "-U", SUPERUSER, "-E", "UTF8"]
    command += ["-A", "scram-sha-256", "--pwfile", str(directory / "password"), *_locale(programs)]
    done = subprocess.run(  # noqa: S603  # nosec B603
        with_parent(command if sync else [*command, "--no-sync"]),
        capture_output=True,
        text=True,
        errors="replace",
        env=environment(),
        pass_fds=(lock,),
        start_new_session=True,
        check=False,
    )
    if done.returncode != 0:
        shutil.rmtree(new, ignore_errors=True)
        raise Unavailable(f"The database could not be created in {directory}:\n{tail(done.stderr or done.stdout)}")
    new.rename(directory / "data")


def _locale(programs: Programs) -> list[str]:
    """Sorting by code point, the same everywhere; letters by Unicode, which pg_trgm takes from LC_CTYPE."""
    letters = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if programs.major >= 17 else []
    return [*builtin, "--locale=C", f"--lc-ctype={letters}"]


def read_password(directory: Path) -> str:
    """The superuser's password, made at the first start."""
    path = directory / "password"
    if path.exists():
        return path.read_text()
    if (directory / "data").exists():
        raise Unavailable(f"{path} is missing, so the database beside it cannot be opened. Put it back from a backup.")
    password = secrets.token_urlsafe(24)
    new = directory / "password.new"  # renamed when whole: a full disk must not leave an empty password
    with open(new, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(password)
    new.rename(path)
    return password


def create_database(port: int, password: str) -> None:
    """Create the database when it is missing. Raises psycopg's errors; a stranger on the port never sees a password."""
    with psycopg.connect(
        host="127.0.0.1",
        port=port,
        user=SUPERUSER,
        password=password,
        dbname="postgres",
        sslmode="disable",
        require_auth="scram-sha-256",
        connect_timeout=10,
        autocommit=True,
    ) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
            with suppress(errors.DuplicateDatabase, errors.UniqueViolation):  # another process was faster
                connection.execute(f"CREATE DATABASE {DATABASE}")


def server_url(port: int, password: str) -> str:
    return f"postgresql+psycopg://{SUPERUSER}:{password}@127.0.0.1:{port}/{DATABASE}"


def environment() -> dict[str, str]:
    """Without PGDATA, PGPORT and the like, which are meant for other servers."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def tail(text: str, lines: int = 15) -> str:
    return "\n".join(text.strip().splitlines()[-lines:])


@contextmanager
def explained(directory: Path) -> Iterator[None]:
    """Turn what the file system or the server refuses into one sentence that says what to do."""
    try:
        yield
    except psycopg.Error as error:
        raise Unavailable(
            f"The embedded PostgreSQL of {directory} started but refused its own program: {error}. "
            f"Look into {directory / 'server.log'}, or set DATABASE_URL."
        ) from error
    except OSError as error:
        raise Unavailable(
            f"The database directory {directory} cannot be used: {error.strerror or error} "
            f"({error.filename or directory}). Make it writable, free some space, or set VAR_DIR or DATABASE_URL."
        ) from error
