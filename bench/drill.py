"""`make drill`: harm is done to a running installation while people work; writes docs/reliability.md.

    python -m bench.drill [--people 100] [--report docs/reliability.md]

Each case has a bar. When one is missed the report says so and the command fails; it ends within twelve minutes.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.drill_town import Town, children, town
from bench.steady import Record, lost_and_doubled, steady, stored
from bench.support import ROOT

SETTLE_SECONDS = 4.0
AFTER_SECONDS = 8.0
PAUSE_SECONDS = 1.0
SLOW_SECONDS = 1.0
TINY_MB = 1
MOST_SECONDS = 720
"""Something that hangs must not look like work: after this the drill fails, with the case that it was at."""


@dataclass(frozen=True)
class Case:
    """One harm: what is done, and whether no request at all may fail."""

    name: str
    harm: Callable[[Town], object]
    none: bool = False
    before: Callable[[Town], object] | None = None
    after: float = AFTER_SECONDS


@dataclass(frozen=True)
class Outcome:
    """What was seen of a case. Seconds; `slow` counts answers that took longer than a second."""

    case: Case
    requests: int
    failed: int
    in_flight: int
    slow: int
    longest: float
    recovery: float
    writes: int
    lost: int
    doubled: int
    kinds: str

    @property
    def passed(self) -> bool:
        fine = self.failed == 0 if self.case.none else self.failed <= self.in_flight
        return fine and not self.lost and not self.doubled


def switch(here: Town) -> None:
    here.rollout("switch", "--level", "2", "--drain", "3")


def rollback(here: Town) -> None:
    here.rollout("rollback", "--level", "2", "--drain", "3")


def wait_beside(here: Town) -> None:
    here.rollout("blue-green", str(ROOT), "--level", "3")


def kill_worker(here: Town) -> None:
    os.kill(children(here.replicas()[0])[0], signal.SIGKILL)


def freeze(here: Town) -> None:
    pid = here.replicas()[0]
    for each in (pid, *children(pid)):
        os.kill(each, signal.SIGSTOP)


def cache_on_tiny_disk(here: Town) -> None:
    """A release whose cache is a folder on a disk of its own, which is not full yet."""
    place = here.folder / "tiny"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={TINY_MB}m", "tmpfs", str(place)], check=True)
    here.tell(CACHE_URL=f"file:{place / 'cache'}", CACHE_MEMORY_MB="0")
    here.rollout("deploy", str(ROOT), "--level", "3", "--drain", "1")


def fill_disk(here: Town) -> None:
    with suppress(OSError), (here.folder / "tiny" / "full").open("wb") as file:
        while True:
            file.write(b"x" * 4096)
            file.flush()


CASES = (
    Case("Blue-green switch to another release", switch, none=True, before=wait_beside),
    Case("Rollback to the release before, which is started again for it", rollback, none=True),
    Case("A worker killed with `kill -9`", kill_worker),
    Case("PostgreSQL restarted", Town.restart_postgres),
    Case("Redis restarted, away for a second", Town.restart_redis),
    Case("The disk of the cache is full", fill_disk, before=cache_on_tiny_disk),
    Case("A web server frozen (`SIGSTOP`) for good", freeze, after=40.0),
)


def play(here: Town, case: Case, people: int) -> Outcome:
    """One case under load, and what the books say afterwards."""
    if case.before is not None:
        case.before(here)
    accounts = here.accounts(case.name)
    with steady(here.proxy.url, accounts, people, PAUSE_SECONDS) as record:
        time.sleep(SETTLE_SECONDS)
        began = time.monotonic()
        case.harm(here)
        time.sleep(case.after)
    lost, doubled = lost_and_doubled(record, stored(here.proxy.url, accounts, record))
    return _outcome(case, record, began, lost, doubled)


def _outcome(case: Case, record: Record, began: float, lost: int, doubled: int) -> Outcome:
    failures = record.failures()
    troubled = [each for each in record.seen if each.ended >= began and (each.wrong or _slow(each.began, each.ended))]
    return Outcome(
        case,
        requests=len(record.seen),
        failed=len(failures),
        in_flight=max(sum(each.began <= began <= each.ended for each in record.seen), len(_together(record, began))),
        slow=sum(_slow(each.began, each.ended) for each in record.seen),
        longest=max(each.ended - each.began for each in record.seen),
        recovery=max((each.ended - began for each in troubled), default=0.0),
        writes=len(record.acknowledged),
        lost=lost,
        doubled=doubled,
        kinds=", ".join(sorted({f"{each.kind}: {each.wrong}" for each in failures})),
    )


def _together(record: Record, began: float) -> set[int]:
    """Requests that were under way when the first one failed: what a harm can have cut."""
    first = min((each.ended for each in record.failures() if each.ended >= began), default=None)
    if first is None:
        return set()
    return {number for number, each in enumerate(record.seen) if each.began <= first <= each.ended}


def _slow(began: float, ended: float) -> bool:
    return ended - began > SLOW_SECONDS


def main() -> int:
    parser = argparse.ArgumentParser(prog="make drill")
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--report", type=Path, default=ROOT / "docs" / "reliability.md")
    parser.add_argument("--only", help="cases whose name has this word; no report is written")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(MOST_SECONDS)
    cases = [case for case in CASES if not options.only or options.only.lower() in case.name.lower()]
    outcomes = _played(cases, options.people)
    signal.alarm(0)
    if not options.only:
        options.report.write_text(_report(outcomes, options.people), encoding="utf-8")
    missed = [each.case.name for each in outcomes if not each.passed]
    if missed:
        print(f"the bar was missed: {'; '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


def _played(cases: Sequence[Case], people: int) -> list[Outcome]:
    """All cases in one installation, which is gone afterwards. What cannot be played fails with its name."""
    outcomes: list[Outcome] = []
    with TemporaryDirectory(prefix="drill-") as name, town(Path(name)) as here:
        Path(name).chmod(0o755)
        try:
            here.rollout("deploy", str(ROOT), "--level", "3")
            for case in cases:
                print(f"{case.name} ...", file=sys.stderr, flush=True)
                outcomes.append(play(here, case, people))
                print(_line(outcomes[-1]), outcomes[-1].kinds, flush=True)
        finally:
            if (here.folder / "tiny").is_mount():
                subprocess.run(["umount", "-l", str(here.folder / "tiny")], check=False)
    return outcomes


def _too_long(_number: int, _frame: object) -> None:
    raise SystemExit(f"the drill is not done after {MOST_SECONDS} seconds: the case named last hangs")


def _line(each: Outcome) -> str:
    bar = "none" if each.case.none else f"{each.in_flight} in flight"
    cells = (
        each.case.name, f"{each.requests:,}", f"{each.failed} ({bar} allowed)", each.slow, f"{each.longest:.1f} s",
        f"{each.recovery:.1f} s", f"{each.writes:,}", each.lost, each.doubled, "yes" if each.passed else "**no**",
    )  # fmt: skip
    return "| " + " | ".join(map(str, cells)) + " |"


def _report(outcomes: list[Outcome], people: int) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.release().split('-')[0]}"
    programs = f"Python {platform.python_version()}, {_version('nginx')}, PostgreSQL and Valkey from their wheels"
    return (
        (ROOT / "bench" / "drill_report.md")
        .read_text(encoding="utf-8")
        .format(
            people=people,
            machine=f"{machine}; {programs}",
            day=datetime.now(UTC).date(),
            load=f"{os.getloadavg()[2]:.1f}",
            rows="\n".join(map(_line, outcomes)),
        )
    )


def _version(program: str) -> str:
    path = shutil.which(program, path="/usr/sbin:/usr/bin:/usr/local/bin")
    return subprocess.run([path or program, "-v"], capture_output=True, text=True).stderr.strip().split(": ")[-1]


if __name__ == "__main__":
    sys.exit(main())
