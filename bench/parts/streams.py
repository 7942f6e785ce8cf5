"""What 500 open event streams cost one worker: memory, the time of other requests, of a change, of a stop.

Memory is what the worker has more than before the first stream: just opened, and after changes were told to all.
Before, it has answered and written once: what any first request loads is not the streams' cost.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Final

from bench.harness.figures import Bar, Figure, Findings, plain
from bench.harness.machine import resident_mb
from bench.harness.options import Options
from bench.support import TENANT, Server, installation, members, server
from web.live import PER_PERSON

TITLE = "open event streams on one worker"
ASKED: Final = 300
CHANGES: Final = 5
_SETTLED_SECONDS: Final = 12
"""Past a heartbeat."""


def run(options: Options) -> Findings:
    """Open them, look, tell them of changes, look again, stop."""
    with installation() as made, server(made, WEB_WORKERS="1", LOG_LEVEL="ERROR") as running:
        people = members(made, TENANT, -(-options.streams // PER_PERSON))
        _health(running, ASKED)
        _write(running, running.token(), "bench")
        (worker,) = running.workers()
        calm = [_health(running, ASKED) for _ in range(3)]
        before = resident_mb(worker)
        with _opened(running, people, options.streams) as sockets:
            time.sleep(_SETTLED_SECONDS)
            opened = resident_mb(worker)
            threads = len(list(Path(f"/proc/{worker}/task").iterdir()))
            busy = [_health(running, ASKED) for _ in range(3)]
            told = [_change(running, sockets, number) for number in range(CHANGES)]
            changed = resident_mb(worker)
            began = time.monotonic()
            os.kill(running.pid, signal.SIGTERM)
            ended = max(_arrivals(sockets, b"")) - began
    figures = [
        plain("more memory, just opened", "MB", [opened["rss"] - before["rss"]], Bar("<", 30)),
        plain("more memory, after changes", "MB", [changed["rss"] - before["rss"]], Bar("<", 30)),
        plain("/health with the streams open, 99th of 100", "ms", [p99 for _, p99 in busy], Bar("<", 20)),
        *_others(calm, busy, told, ended),
    ]
    return Findings(figures, [f"{len(sockets)} streams, {threads} threads, {len(people)} people."])


def _others(
    calm: list[tuple[float, float]], busy: list[tuple[float, float]], told: list[tuple[float, float]], ended: float
) -> list[Figure]:
    return [
        plain("/health before, 99th of 100", "ms", [p99 for _, p99 in calm]),
        plain("/health with the streams open, median", "ms", [p50 for p50, _ in busy]),
        plain("a change, until half of the streams had it", "ms", [half for half, _ in told]),
        plain("a change, until the last stream had it", "ms", [last for _, last in told]),
        plain("a stop, until the last stream had ended", "s", [ended]),
    ]


@contextmanager
def _opened(running: Server, people: list[str], streams: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        sockets = []
        for number in range(streams):
            each = stack.enter_context(socket.create_connection(("127.0.0.1", running.port), timeout=30))
            head = f"GET /financial/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {people[number // PER_PERSON]}"
            each.sendall(f"{head}\r\n\r\n".encode())
            answer = b""
            while b"id: " not in answer:
                more = each.recv(4096)
                answer += more
                if b" 200 " not in answer[:20] or not more:
                    raise RuntimeError(answer.decode())
            sockets.append(each)
        yield sockets


def _change(running: Server, sockets: list[socket.socket], number: int) -> tuple[float, float]:
    """Milliseconds from before a write until half of the streams, and the last one, had heard of it."""
    for each in sockets:
        each.setblocking(False)
        while True:
            try:
                each.recv(65536)
            except BlockingIOError:
                break
    token = running.token()
    began = time.monotonic()
    _write(running, token, f"bench {number}")
    times = sorted(when - began for when in _arrivals(sockets, b"event: change"))
    if len(times) < len(sockets):
        raise RuntimeError(f"only {len(times)} streams heard of a change")
    return times[len(times) // 2] * 1000, times[-1] * 1000


def _write(running: Server, token: str, name: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    status, _, body = running.call("POST", "/financial/tags", {"name": name}, headers)
    if status != 201:
        raise RuntimeError(body)


def _arrivals(sockets: list[socket.socket], wanted: bytes) -> list[float]:
    """When each socket had `wanted` (or its end, for nothing wanted)."""
    selector = selectors.DefaultSelector()
    for each in sockets:
        selector.register(each, selectors.EVENT_READ)
    found: list[float] = []
    deadline = time.monotonic() + 30
    while len(found) < len(sockets) and time.monotonic() < deadline:
        for key, _ in selector.select(1):
            data = key.fileobj.recv(65536)  # type: ignore[union-attr]
            if (wanted and wanted in data) or not data or data.endswith(b"0\r\n\r\n"):
                found.append(time.monotonic())
                selector.unregister(key.fileobj)
    selector.close()
    return found


def _health(running: Server, times: int) -> tuple[float, float]:
    """Milliseconds of `/health` on new connections: the median and the 99th of 100."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        running.call("GET", "/health")
        taken.append((time.perf_counter() - began) * 1000)
    hundredths = quantiles(taken, n=100)
    return hundredths[49], hundredths[98]
