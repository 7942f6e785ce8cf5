"""The embedded PostgreSQL: a real server, started with the program and stopped with it.

Only TCP on 127.0.0.1, a free port at each start, SCRAM passwords. Why it is like this:
docs/decisions/0002-embedded-postgresql.md. Nothing here is used when DATABASE_URL names a server.

One rule carries the sharing: PostgreSQL inherits the open, locked file `lock`, so the lock is held for as long as a
start is under way or any process of the server lives, and is free at the very moment a new start is safe. The port is
read from PostgreSQL's own `postmaster.pid`; that the server found there is ours is proved by SCRAM, which
authenticates both sides, so a stale file or a reused process id or port is harmless.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import signal
import socket
import subprocess  # nosec B404
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from core.errors import Unavailable
from data.embedded_binaries import Programs, find_programs, run_as, with_parent
from data.embedded_cluster import (
    create_cluster,
    create_database,
    environment,
    explained,
    listening,
    read_password,
    running_url,
    server_url,
    tail,
)

__all__ = ["Embedded", "ensure", "running_url"]

START_SECONDS = 120.0  # recovery after a crash replays at most max_wal_size
STOP_SECONDS = 30.0
POLL_SECONDS = 0.01
DIES_WITH_PARENT = sys.platform == "linux"  # elsewhere signals are turned into an orderly exit

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "jit": "off",  # costs more than it gives on queries of milliseconds
    "timezone": "UTC",
    "log_timezone": "UTC",
}
THROWAWAY_SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class Embedded:
    """The server of one directory. `start` uses the one that runs already, whoever started it, else starts one.

    `throwaway=True` trades safety against a power cut for speed (tests). Use it from the main thread: the kernel stops
    the server when the thread that started it ends.
    """

    def __init__(self, directory: Path, *, throwaway: bool = False) -> None:
        self.directory = directory.absolute()
        self.throwaway = throwaway
        self.url = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    @property
    def owned(self) -> bool:
        """Whether this process started the server, so that it ends with this process."""
        return self._process is not None and self._owner == os.getpid() and self._process.poll() is None

    def start(self) -> str:
        """The superuser URL of a server that answers; its database exists. Raises `Unavailable` saying what to do."""
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("start the embedded PostgreSQL from the main thread: it ends with the thread")
        if self.owned:
            return self.url
        with explained(self.directory):
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                self.url = _wait_for_lock(lock, self.directory) or self._launch(lock)
            finally:
                os.close(lock)  # the server keeps its own copy
        return self.url

    def stop(self) -> None:
        """Stop the server if this process started it (sessions are ended, data is kept); else do nothing."""
        if not self.owned or self._process is None:
            return
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # fast, immediate, forced
            self._process.send_signal(how)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
                break
        self._process = None
        atexit.unregister(self.stop)

    def __enter__(self) -> Embedded:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _launch(self, lock: int) -> str:
        password = read_password(self.directory)
        data = self.directory / "data"
        programs = find_programs(int((data / "PG_VERSION").read_text()) if data.exists() else None)
        if not data.exists():
            create_cluster(self.directory, programs, lock, sync=not self.throwaway)
        command = [*run_as(data, programs), programs.path("postgres"), "-D", str(data)]
        for name, value in self._settings(programs).items():
            command += ["-c", f"{name}={value}"]
        for _ in range(3):  # another program may take the port between its choice and its use
            port = _free_port()
            try:
                if self._spawn([*command, "-p", str(port)], lock):
                    create_database(port, password)
                    return server_url(port, password)
            except BaseException:
                self.stop()
                raise
        raise Unavailable("The embedded PostgreSQL found no free port on 127.0.0.1. Try again, or set DATABASE_URL.")

    def _settings(self, programs: Programs) -> dict[str, str]:
        settings = SETTINGS | {"shared_buffers": f"{_buffers_mb()}MB"} | (THROWAWAY_SETTINGS if self.throwaway else {})
        if programs.has_library("pg_stat_statements"):
            settings["shared_preload_libraries"] = "pg_stat_statements"
        return settings

    def _spawn(self, command: list[str], lock: int) -> bool:
        """Start and wait until it accepts connections; False when the port was taken by another program."""
        log = self.directory / "server.log"
        if log.exists():
            log.replace(self.directory / "server.log.old")
        with log.open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603  # nosec B603
                with_parent(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment(),
                pass_fds=(lock,),
                start_new_session=True,  # Ctrl-C is for the program, which stops the server last
            )
        self._owner = os.getpid()
        atexit.register(self.stop)
        if not DIES_WITH_PARENT:
            _exit_on_signals()
        if _wait_until_ready(self._process, self.directory):
            return True
        text = log.read_text(errors="replace")
        if "Address already in use" in text:
            return False
        raise Unavailable(f"The embedded PostgreSQL did not start. The end of {log}:\n{tail(text)}")


@contextmanager
def ensure(directory: Path) -> Iterator[str]:
    """The URL of the running server; else of one started now and stopped at the end (for commands)."""
    with Embedded(directory) as server:
        yield server.url


def _wait_for_lock(lock: int, directory: Path) -> str | None:
    """None once the lock is ours (nothing runs: start); the URL when another process has a server running."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return None
        if url := running_url(directory):
            return url
        time.sleep(POLL_SECONDS)
    raise Unavailable(
        f"Another process uses the database directory {directory}, but its server does not answer here. Stop that "
        f"process (a container that shares the directory, perhaps), or set VAR_DIR to another directory."
    )


def _wait_until_ready(process: subprocess.Popen[bytes], directory: Path) -> bool:
    """True when it accepts connections, False when it ended or took too long (it is then stopped)."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None:
        server = listening(directory)
        if server is not None and server[0] == process.pid and server[2] == "ready":
            return True
        if time.monotonic() > deadline:
            process.kill()
        time.sleep(POLL_SECONDS)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _exit_on_signals() -> None:
    """Where the kernel does not stop the server: let a signal that would kill Python run `atexit` instead."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _exit)


def _exit(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _buffers_mb() -> int:
    """An eighth of the machine's memory, from 128 to 512 MB: a million transactions with their indexes are 600 MB."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(512, max(128, memory // 8 // 1_048_576))
