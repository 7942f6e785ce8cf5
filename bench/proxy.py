"""nginx with the product's own configuration in a folder of its own, for drills and tests."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.rolling.driver import upstream

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ROOT / "deploy" / "nginx"
_START_SECONDS = 20.0


@dataclass(frozen=True)
class Proxy:
    """A running nginx: where it listens, the file with its upstreams, and how it is told something."""

    port: int
    upstream: Path
    command: tuple[str, ...]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def nginx(folder: Path, port: int, servers: Sequence[str]) -> Iterator[Proxy]:
    """In front of these servers; `RuntimeError` when there is no nginx."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
    if program is None:
        raise RuntimeError("nginx is not installed")
    _write(folder, port)
    made = Proxy(port, folder / "upstream" / "web.conf", (program, "-p", str(folder), "-c", str(folder / "nginx.conf")))
    made.upstream.write_text(upstream("web", servers, servers), encoding="utf-8")
    with (folder / "start.log").open("wb") as log:
        command = [*made.command, "-g", "daemon off;"]
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            _wait(port, process, folder)
            yield made
        finally:
            process.terminate()
            process.wait(20)


def _write(folder: Path, port: int) -> None:
    """The settings as they are, but for the places that only a container has."""
    for name in ("upstream", "extra", "spool"):
        (folder / name).mkdir(parents=True)
    for name in ("proxied.conf", "static.conf"):
        shutil.copy(SETTINGS / name, folder)
    (folder / "listen.conf").write_text(f"listen 127.0.0.1:{port};\n", encoding="utf-8")
    (folder / "mime.types").write_text("types { text/html html; }\n", encoding="utf-8")
    text = (SETTINGS / "nginx.conf").read_text(encoding="utf-8")
    for place, instead in {
        "/etc/nginx/mime.types": "mime.types",
        "/tmp/nginx.pid": "nginx.pid",
        "/dev/stderr": "error.log",
        "/var/cache/nginx/spool": "spool",
    }.items():
        if place not in text:
            raise RuntimeError(f"nginx.conf does not name {place} any more")
        text = text.replace(place, str(folder / instead))
    user = "user root;\n" if (folder.stat().st_uid == 0) else ""  # its workers write into the folder, too
    (folder / "nginx.conf").write_text(user + text, encoding="utf-8")


def _wait(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"nginx does not start: {(folder / 'start.log').read_text(encoding='utf-8')}")
