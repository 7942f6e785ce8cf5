"""200 askers at once of an answer that nobody has computed: how often it is computed, and what `/health` does.

Each round asks for another period, so the answer is cold; the servers count hits and misses themselves.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Final

from bench.harness.figures import Bar, Findings, plain
from bench.harness.options import Options
from bench.support import Server, installation, server

TITLE = "many askers of one cold answer"
ASKERS: Final = 200
_PERIODS: Final = ("this_month", "last_month", "last_3_months", "this_year", "last_year")


def run(_options: Options) -> Findings:
    """A round for each period."""
    computed, seconds, health = [], [], []
    with installation() as made, server(made, WEB_WORKERS="4") as running:
        token = running.token()
        for period in _PERIODS:
            counts, took, slowest = _round(running, token, f"/financial/dashboard?period={period}")
            if counts["hit"] + counts["miss"] != ASKERS:
                raise RuntimeError(f"not all were answered: {dict(counts)}")
            computed.append(counts["miss"])
            seconds.append(took * 1000)
            health.append(slowest)
    figures = [
        plain(
            "computations for 200 askers at once, 4 workers", "", [max(computed)], Bar("<=", 1), "the most of 5 rounds"
        ),
        plain("until all 200 had the answer", "ms", seconds),
        plain("/health meanwhile, the slowest", "ms", health),
    ]
    return Findings(figures)


def _round(running: Server, token: str, path: str) -> tuple[Counter[str], float, float]:
    """What the askers were told of the cache, the seconds until the last had it, and the slowest `/health` in ms."""
    counts: Counter[str] = Counter()
    gate, over = threading.Barrier(ASKERS + 1), threading.Event()
    health: list[float] = []

    def ask() -> None:
        gate.wait()
        status, headers, _ = running.call("GET", path, headers={"Authorization": f"Bearer {token}"})
        timing = headers.get("Server-Timing", "")
        counts[next((word for word in ("hit", "miss") if word in timing), str(status))] += 1

    def watch() -> None:
        while not over.is_set():
            began = time.monotonic()
            running.call("GET", "/health")
            health.append((time.monotonic() - began) * 1000)

    threads = [threading.Thread(target=ask) for _ in range(ASKERS)]
    watcher = threading.Thread(target=watch)
    for each in (*threads, watcher):
        each.start()
    gate.wait()
    began = time.monotonic()
    for each in threads:
        each.join()
    took = time.monotonic() - began
    over.set()
    watcher.join()
    return counts, took, max(health)
