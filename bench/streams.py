"""What 500 open event streams cost one worker: memory, the time of other requests, of a change, of a stop.

`.venv/bin/python -m bench.streams` prints JSON. The bars: less than 30 MB more, `/health` under 20 ms at the 99th of
100, a change within a second.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any

from bench.support import Installation, Server, installation, server
from data import directory
from data.db import Database
from web import tokens
from web.live import PER_PERSON

STREAMS = 500
ASKED = 300
TENANT = "user_1"


def main(streams: int = STREAMS) -> dict[str, Any]:
    """Measure, print, and answer the figures."""
    with installation() as made, server(made, WEB_WORKERS="1", LOG_LEVEL="ERROR") as running:
        people = _people(made, -(-streams // PER_PERSON))
        _health(running, ASKED)
        (worker,) = running.workers()
        report: dict[str, Any] = {"health_before_ms": _health(running, ASKED)}
        before = _resident_kb(worker)
        with _opened(running, people, streams) as sockets:
            time.sleep(12)  # past a heartbeat
            report["streams"] = len(sockets)
            report["memory_mb"] = _more(worker, before)
            report["threads"] = len(list(Path(f"/proc/{worker}/task").iterdir()))
            report["health_ms"] = _health(running, ASKED)
            report["change_ms"] = [_change(running, sockets, number) for number in range(5)]
            report["memory_after_changes_mb"] = _more(worker, before)
            began = time.monotonic()
            os.kill(running.pid, signal.SIGTERM)
            report["streams_ended_s"] = _ended(sockets, began)
    print(json.dumps(report, indent=2))
    return report


def _people(made: Installation, count: int) -> list[str]:
    """Access tokens of so many people, all members of one tenant."""
    database = Database(made.url, pool_size=1)
    issued = []
    with database.directory() as session:
        place = directory.find_tenant(session, TENANT)
        for number in range(count):
            person = directory.create_person(session, f"bench{number}@example.org", "-")
            directory.set_role(session, person.id, place.id, "viewer")
            issued.append(person)
    found = [_token(place.id, person.id, person.epoch) for person in issued]
    database.dispose()
    return found


def _token(tenant_id: int, person_id: int, epoch: int) -> str:
    secret = "bench-bench-bench-bench-bench-bench-bench"
    return tokens.issue(
        secret, tokens.ACCESS, person_id=person_id, tenant_id=tenant_id, epoch=epoch, now=datetime.now(UTC)
    )[0]


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
                answer += each.recv(4096)
            if b" 200 " not in answer[:20]:
                raise RuntimeError(answer.decode())
            sockets.append(each)
        yield sockets


def _change(running: Server, sockets: list[socket.socket], number: int) -> dict[str, float]:
    """Milliseconds from the answer to a write until the first, the middle and the last stream had it."""
    for each in sockets:
        each.setblocking(False)
        while True:
            try:
                each.recv(65536)
            except BlockingIOError:
                break
    headers = {"Authorization": f"Bearer {running.token(TENANT)}"}
    began = time.monotonic()
    status, _, body = running.call("POST", "/financial/tags", {"name": f"bench {number}"}, headers)
    if status != 201:
        raise RuntimeError(body)
    times = sorted(when - began for when in _arrivals(sockets, b"event: change"))
    places = {"first": 0, "half": len(times) // 2, "last": -1}
    return {name: round(times[place] * 1000, 1) for name, place in places.items()}


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


def _ended(sockets: list[socket.socket], began: float) -> float:
    return round(max(_arrivals(sockets, b"")) - began, 2)


def _health(running: Server, times: int) -> dict[str, float]:
    """Milliseconds of `/health` on new connections: the median and the 99th of 100."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        running.call("GET", "/health")
        taken.append((time.perf_counter() - began) * 1000)
    hundredths = quantiles(taken, n=100)
    return {"p50": round(hundredths[49], 1), "p99": round(hundredths[98], 1)}


def _resident_kb(pid: int) -> dict[str, int]:
    """Resident memory, and the share of it that is the worker's alone when pages are split among processes."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    parts = {name.rstrip(":"): int(size) for name, size, *_ in map(str.split, lines)}
    return {"rss": parts["Rss"], "pss": parts["Pss"]}


def _more(pid: int, before: dict[str, int]) -> dict[str, float]:
    return {name: round((size - before[name]) / 1024, 1) for name, size in _resident_kb(pid).items()}


if __name__ == "__main__":
    main()
