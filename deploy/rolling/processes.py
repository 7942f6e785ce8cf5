"""Plain processes of one machine behind its nginx: a file says where, a release is a folder with the product in it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess  # nosec B404
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from deploy.rolling.driver import COLOURS, Colour, other, upstream
from deploy.validation.site import Failed, Person, Site

_START_SECONDS: Final = 120.0
_STOP_SECONDS: Final = 20.0
_POLL_SECONDS: Final = 0.05
_SURE_SECONDS: Final = 1.0
_GUNICORN: Final = ("gunicorn", "-c", "deploy/gunicorn.conf.py", "app:server")
_WORKER: Final = ("flask", "worker")
_NOBODY: Final = Person("", "")
_LISTENS: Final = "127.0.0.1"


class Processes:
    """The driver. The file is JSON:

    `url` (as people reach it), `ports` ({"blue": [8001], "green": [8002]}), `upstream` (the file that nginx includes),
    `nginx` (its command with the options that it runs with), `environment` (what all processes are told),
    `worker` (whether rollouts run `flask worker`, too). Paths are relative to the file.
    """

    def __init__(self, path: Path) -> None:
        self._base = path.resolve().parent
        self.folder = self._base / "rollout"
        try:
            given: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            self._url: str = given["url"]
            self._ports: Mapping[str, Sequence[int]] = {colour: given["ports"][colour] for colour in COLOURS}
            self._upstream = self._base / given["upstream"]
            self._nginx: list[str] = given["nginx"]
        except (OSError, ValueError, KeyError) as error:
            raise Failed(f"{path} does not say where the product runs: {type(error).__name__}: {error}") from error
        self._environment: dict[str, str] = given.get("environment", {})
        self._worker: bool = given.get("worker", True)

    def find(self, release: str) -> None:
        if not (self._place(release) / "deploy" / "gunicorn.conf.py").is_file():
            raise Failed(f"{self._place(release)} is no folder with the product in it")

    def serving(self, *, adopt: bool) -> tuple[Colour, str] | None:  # noqa: ARG002
        return None

    def fits(self, release: str) -> bool:
        return self._flask(release, "db", "check").returncode == 0

    def migrate(self, release: str) -> None:
        done = self._flask(release, "db", "upgrade")
        if done.returncode != 0:
            raise Failed(f"flask db upgrade: {done.stderr.strip()[-300:]}")

    def start(self, colour: Colour, release: str) -> None:
        self.stop(colour)
        for port in self._ports[colour]:
            self._spawn(f"{colour}-{port}", release, _GUNICORN, PORT=str(port), HOST=_LISTENS)
        for port in self._ports[colour]:
            self._wait(f"{colour}-{port}", port)

    def stop(self, colour: Colour) -> None:
        for port in self._ports[colour]:
            self._end(f"{colour}-{port}")

    def runs(self, colour: Colour) -> bool:
        return all(self._pid(f"{colour}-{port}") for port in self._ports[colour])

    def direct(self, colour: Colour) -> None:
        waiting = other(colour) if self.runs(other(colour)) else colour
        before = self._upstream.read_text(encoding="utf-8")
        text = upstream(colour, self._addresses(colour), self._addresses(waiting))
        self._upstream.write_text(text, encoding="utf-8")
        tried = self._run([*self._nginx, "-t", "-q"])
        if tried.returncode != 0:
            self._upstream.write_text(before, encoding="utf-8")
            raise Failed(f"nginx refuses: {tried.stderr.strip()[-300:]}")
        reloaded = self._run([*self._nginx, "-s", "reload"])
        if reloaded.returncode != 0:
            raise Failed(f"nginx -s reload: {reloaded.stderr.strip()[-300:]}")
        self._taken_up(colour)

    def work(self, colour: Colour, release: str) -> None:  # noqa: ARG002 - one worker, whichever colour
        if self._worker:
            self._end("worker")
            self._spawn("worker", release, _WORKER)

    def site(self, colour: Colour, *, public: bool) -> Site:
        own = f"http://{_LISTENS}:{self._ports[colour][0]}"
        return Site(self._url if public else own, _NOBODY, _NOBODY, internal=own if public else None)

    def _taken_up(self, colour: Colour) -> None:
        """Return when new connections meet only workers of nginx that know it, for a second: for a moment old and new
        ones take them."""
        until = time.monotonic() + _STOP_SECONDS
        old_at = time.monotonic()
        while time.monotonic() - old_at < _SURE_SECONDS:
            if time.monotonic() > until:
                raise Failed(f"nginx does not take up {self._upstream}: does it run with deploy/nginx/nginx.conf?")
            answer = self.site(colour, public=True).ask("GET", "/nginx-health")
            if answer.headers.get("X-Served") != colour:
                old_at = time.monotonic()
            time.sleep(_POLL_SECONDS / 5)

    # Processes

    def _addresses(self, colour: Colour) -> list[str]:
        return [f"{_LISTENS}:{port}" for port in self._ports[colour]]

    def _place(self, release: str) -> Path:
        return self._base / release

    def _python(self, release: str) -> str:
        own = self._place(release) / ".venv" / "bin" / "python"
        return str(own) if own.exists() else sys.executable

    def _spawn(self, name: str, release: str, module: Sequence[str], **more: str) -> None:
        """Start it for good: it outlives this command. Its log and its process id lie beside the state."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603  # nosec B603
                [self._python(release), "-m", *module],
                cwd=self._place(release),
                env=self._told(**more),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        (self.folder / f"{name}.pid").write_text(f"{process.pid} {_started(process.pid)}", encoding="ascii")

    def _pid(self, name: str) -> int | None:
        """Its process id while it runs; a number that another program has got by now does not count."""
        try:
            pid, started = (self.folder / f"{name}.pid").read_text(encoding="ascii").split()
        except (OSError, ValueError):
            return None
        return int(pid) if _started(int(pid)) == started else None

    def _end(self, name: str) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            pid, until = self._pid(name), time.monotonic() + _STOP_SECONDS
            if pid is not None:
                os.kill(pid, number)
            while self._pid(name) is not None and time.monotonic() < until:
                time.sleep(_POLL_SECONDS)

    def _wait(self, name: str, port: int) -> None:
        until = time.monotonic() + _START_SECONDS
        while not _answers(port):
            if self._pid(name) is None or time.monotonic() > until:
                log = (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")
                raise Failed(f"{name} does not answer: {log.strip()[-300:]}")
            time.sleep(_POLL_SECONDS)

    def _told(self, **more: str) -> dict[str, str]:
        """No process counts its requests with another's."""
        kept = {name: value for name, value in os.environ.items() if name != "PROMETHEUS_MULTIPROC_DIR"}
        return {**kept, **self._environment, **more}

    def _flask(self, release: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._run([self._python(release), "-m", "flask", *arguments], cwd=self._place(release))

    def _run(self, command: Sequence[str], cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(  # noqa: S603  # nosec B603
                command,
                cwd=cwd or self._base,
                env=self._told(),
                capture_output=True,
                text=True,
                timeout=600,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Failed(str(error)) from error


def _started(pid: int) -> str | None:
    """When the process began, in ticks since the machine did (proc_pid_stat(5), field 22): with its number, its own
    from the fork on. None when it has ended."""
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return fields[18] if state != "Z" else None


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(_LISTENS, port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
