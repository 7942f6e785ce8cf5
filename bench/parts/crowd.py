"""100 people at once over 1,000 tenants: hits, times, errors, and what the workers hold in memory afterwards.

The people are in a process of their own (`bench.crowd_driver`, which says what they do). The same people then read a
bare Flask route with as many bytes, which is the floor of what this machine can do at that moment.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from statistics import quantiles
from typing import Any, Final

from bench.crowd_driver import DASHBOARD, PAGE, WRITE
from bench.harness.figures import Bar, Figure, Findings, plain
from bench.harness.machine import cpu_seconds, resident_mb
from bench.harness.options import Options
from bench.harness.overview import overview_call
from bench.many_books import Seat, make_many
from bench.support import ROOT, Installation, Server, installation, server

TITLE = "people at once over many tenants"
SEED: Final = 11
ZIPF: Final = 1.1
PAUSE: Final = 1.0
"""Seconds that a person pauses between two actions, on average (exponential)."""
WARM, SECONDS, FLOOR_SECONDS = 20, 60, 15
_SHARES: Final = (50.0, 20.0, 10.0, 5.0, 2.0, 1.0, 0.5)


def run(options: Options) -> Findings:
    """Make the tenants, let the people in, look at the workers."""
    seats: list[Seat] = []
    with ExitStack() as stack:
        made = stack.enter_context(
            installation(lambda new: seats.extend(make_many(new, options.tenants, options.tenant_size)))
        )
        with server(made) as running:
            plan = _plan(running, seats, options)
            before = cpu_seconds(running.workers())
            found = _let_in(made, plan)
            work = (cpu_seconds(running.workers()) - before) / found["counts"]["sent"]
            memory = [resident_mb(pid) for pid in running.workers()]
            crowded = _let_in(made, {**plan, "pause": 0, "open_all": False, "warm": 2, "seconds": FLOOR_SECONDS})
            (made.folder / "bodies").mkdir()
            (made.folder / "bodies" / "bare").write_bytes(_dashboard(running, seats[0]))
        with server(made, "bench.bare:server", BENCH_BODIES=str(made.folder / "bodies")) as bare:
            floor = _let_in(made, {**plan, "port": bare.port, "bare": True, "warm": 2, "seconds": FLOOR_SECONDS})
    figures = [*_hits(found["counts"]), *_times(found, floor, crowded), *_memory(memory)]
    figures.append(plain("processor time of the workers a request", "ms", [work * 1000], note="the opening included"))
    return Findings(figures, _notes(options, found), _series(found["times"]))


def _plan(running: Server, seats: list[Seat], options: Options) -> dict[str, Any]:
    return {
        "port": running.port,
        "seats": [asdict(seat) for seat in seats],
        "people": options.people,
        "overview": json.dumps(_overview(running, seats[0])),
        "today": datetime.now(UTC).date().isoformat(),
        "seed": SEED,
        "zipf": ZIPF,
        "pause": PAUSE,
        "open_all": True,
        "bare": False,
        "warm": WARM,
        "seconds": SECONDS,
    }


def _overview(running: Server, seat: Seat) -> dict[str, Any]:
    """What a browser posts for the overview's figures."""
    cookie = {"Cookie": seat.cookie}
    running.call("GET", "/_dash-layout", headers=cookie)
    return overview_call(json.loads(running.call("GET", "/_dash-dependencies", headers=cookie)[2]))


def _let_in(made: Installation, plan: Mapping[str, Any]) -> dict[str, Any]:
    """What the people saw; an error when an answer was not what it should be."""
    file = made.folder / "plan.json"
    file.write_text(json.dumps(plan), encoding="utf-8")
    command = [sys.executable, "-m", "bench.crowd_driver", str(file)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _dashboard(running: Server, seat: Seat) -> bytes:
    return running.call("GET", DASHBOARD, headers={"Authorization": f"Bearer {seat.token}"})[2]


def _hits(counts: Mapping[str, int]) -> list[Figure]:
    reads, writes = counts["reads"], counts["writes"]
    bound = reads / (reads + writes)
    return [
        plain("hits among reads of a key computed for its validity", "", [counts["ready hits"] / counts["ready"]],
              Bar(">", 0.98), f"{counts['ready']:,} reads"),
        plain("hits among all reads", "", [counts["hits"] / reads], Bar(">", 0.8),
              f"{reads:,} reads, {writes:,} writes: at most {bound:.3f}"),
    ]  # fmt: skip


def _times(found: Mapping[str, Any], floor: Mapping[str, Any], crowded: Mapping[str, Any]) -> list[Figure]:
    times = found["times"]
    every = [value for each in times.values() for value in each]
    pauseless = [value for each in crowded["times"].values() for value in each]
    bare = [value for each in floor["times"].values() for value in each]
    return [
        plain("95th of 100 requests", "ms", [_slowest(every, 5)], Bar("<", 100)),
        plain("failed requests", "", [found["failed"]], Bar("<=", 0), "; ".join(found["errors"])),
        *(plain(f"95th of 100, {kind}", "ms", [_slowest(each, 5)], note=f"{len(each):,}")
          for kind, each in _kinds(times).items()),
        plain("95th of 100, the same people on a bare route", "ms", [_slowest(bare, 5)]),
        plain("requests a second", "", [len(every) / SECONDS]),
        plain("without a pause: requests a second", "", [len(pauseless) / FLOOR_SECONDS]),
        plain("without a pause: 95th of 100", "ms", [_slowest(pauseless, 5)], note=f"{crowded['failed']} failed"),
    ]  # fmt: skip


def _memory(workers: list[dict[str, float]]) -> list[Figure]:
    worst = max(each["rss"] for each in workers)
    return [
        plain("memory of a worker after the load", "MB", [worst], Bar("<=", 160), "resident, the larger worker"),
        plain(
            "the same, shared pages split",
            "MB",
            [max(each["pss"] for each in workers)],
            Bar("<=", 160),
            "what a worker adds to the machine",
        ),
    ]


def _kinds(times: Mapping[str, list[float]]) -> dict[str, list[float]]:
    """Endpoints together; a page's two requests and writes apart."""
    apart = {f"{PAGE}'s document", f"{PAGE}'s figures", WRITE}
    found = {"endpoints": [value for kind, each in times.items() if kind not in apart for value in each]}
    return found | {kind: times[kind] for kind in sorted(apart) if kind in times}


def _slowest(values: list[float], percent: float) -> float:
    """The time that so many percent of the requests exceed."""
    return quantiles(values, n=1000, method="inclusive")[round(999 - 10 * percent)]


def _series(times: Mapping[str, list[float]]) -> dict[str, list[tuple[float, float]]]:
    return {kind: [(share, _slowest(each, share)) for share in _SHARES] for kind, each in _kinds(times).items()}


def _notes(options: Options, found: Mapping[str, Any]) -> list[str]:
    asked = sum(map(len, found["times"].values()))
    return [
        f"{options.people} people, {options.tenants:,} tenants of {options.tenant_size:,} transactions drawn by Zipf "
        f"(s = {ZIPF}, seed {SEED}), pauses of {PAUSE:g} s on average; {asked:,} requests in {SECONDS} s, after each "
        f"tenant's overview was opened once and {WARM} s of the same."
    ]
