"""The web server and the worker as child processes: a free port, started, seen alive, stopped."""

from __future__ import annotations

import http.client
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

from core.errors import Unavailable
from core.settings import Settings
from data.embedded_binaries import with_parent

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 120.0
STOP_SECONDS = 15.0  # more than gunicorn's own graceful timeout
_POLL_SECONDS = 0.05
_AGAIN_SECONDS = 1.0  # before what ended by itself is started anew
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 # nosec B104


def reachable_host(host: str) -> str:
    """The address under which this machine reaches a server bound to `host`."""
    return _ANYWHERE.get(host, host)


def check_port(host: str, port: int) -> None:
    """`Unavailable`, naming HOST or PORT, when a server could not listen there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise Unavailable(f"HOST {host} is no address of this machine ({error.strerror})") from None
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise Unavailable(
                f"Port {port} of {host} cannot be used ({error.strerror}). Stop what uses it, or take another one: "
                f"PORT={port + 1} make run"
            ) from None


def check_writable(folder: Path) -> None:
    """`Unavailable`, naming VAR_DIR, when no file can be made in `folder`."""
    probe = folder / f".probe-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Unavailable(
            f"{folder} cannot be written ({error.strerror}). Make it writable, or set VAR_DIR to another folder."
        ) from None


@contextmanager
def web_server(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """gunicorn in a session of its own (Ctrl-C is for the supervisor); the kernel ends it when this process dies."""
    process = _start(["gunicorn", "-c", "deploy/gunicorn.conf.py", "app:server"], environment)
    try:
        yield process
    finally:
        _stop(process)


@contextmanager
def worker(environment: dict[str, str]) -> Iterator[None]:
    """`flask worker` in the same way; when it ends by itself another one is started."""
    command = ["flask", "worker"]
    processes = [_start(command, environment)]
    stopping = threading.Event()

    def keep() -> None:
        while not stopping.is_set():
            processes[-1].wait()
            if not stopping.wait(_AGAIN_SECONDS):
                processes.append(_start(command, environment))

    keeper = threading.Thread(target=keep, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        while keeper.is_alive():
            _stop(processes[-1])
            keeper.join(_POLL_SECONDS)


def _start(module: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    command = with_parent([sys.executable, "-m", *module])
    return subprocess.Popen(  # noqa: S603  # nosec B603
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    for how in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            process.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
            return


def wait_until_healthy(process: subprocess.Popen[bytes], settings: Settings) -> bool:
    """True once `/health` answers; False when the process ended before. `Unavailable` when neither happens in time."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None:
        if _healthy(settings):
            return True
        if time.monotonic() > deadline:
            raise Unavailable(f"The web server does not answer after {START_SECONDS:.0f} seconds")
        time.sleep(_POLL_SECONDS)
    return False


def _healthy(settings: Settings) -> bool:
    connection = http.client.HTTPConnection(reachable_host(settings.host), settings.port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def exit_code(process: subprocess.Popen[bytes]) -> int:
    """The code to end with for a process that ended, as a shell would give it."""
    code = process.wait()
    return code if code >= 0 else 128 - code
