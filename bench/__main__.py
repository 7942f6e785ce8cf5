"""`make bench`: the parts one after the other, one report.

.venv/bin/python -m bench --sizes 10000 1000000 --parts hits cold
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
import traceback
from dataclasses import fields
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.harness.machine import load, machine
from bench.harness.options import Options
from bench.harness.report import figures, load_report, write_report

PARTS = ("hits", "cold", "crowd", "staleness", "stampede", "streams", "imports", "learning", "felt")
_HERE = Path(__file__).resolve().parent


def main() -> int:
    """Run what was asked for; 1 when a part could not be measured. A missed bar is a finding, not a failure."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # in good order: servers end, folders go
    given = _arguments()
    options = Options(**{each.name: getattr(given, each.name) for each in fields(Options)})
    report = load_report(given.out / "report.json")
    report["machine"] = machine()
    failed = False
    for name in given.parts or PARTS:
        part = measured(name, options)
        failed = failed or "failed" in part
        report["parts"][name] = part
        report["parts"] = {each: report["parts"][each] for each in PARTS if each in report["parts"]}
        write_report(given.out, report)
        _say(name, part)
    print(f"The report is {given.out / 'report.md'}.")
    return int(failed)


def measured(name: str, options: Options) -> dict[str, Any]:
    """One part as it stands in the report."""
    module = import_module(f"bench.parts.{name}")
    print(f"{name}: {module.TITLE} ...", flush=True)
    part: dict[str, Any] = {"title": module.TITLE, "began": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"}
    before, began = load(), time.monotonic()
    try:
        part |= module.run(options).as_json()
    except Exception as error:  # the other parts are still wanted
        traceback.print_exc()
        part |= {"figures": [], "notes": [], "series": {}, "failed": f"{type(error).__name__}: {error}"[:300]}
    return part | {"seconds": round(time.monotonic() - began), "load": [before, load()]}


def _say(name: str, part: dict[str, Any]) -> None:
    for each in figures(part):
        if each.bar is not None:
            print(f"  {each.name}: {each.judged.median:.4g} ({each.bar.sign} {each.bar.limit:g}) {each.verdict}")
    print(f"  {name} took {part['seconds']} s", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the product beside its floors.")
    add = parser.add_argument
    add("--parts", nargs="*", choices=PARTS, help="all, if none is named")
    add("--sizes", nargs="*", type=int, default=[10_000, 1_000_000], help="transactions of one tenant (cold, felt)")
    add("--data", type=Path, help="a folder of real files, for imports and learning (as ../shared/data)")
    add("--rounds", type=int, default=5, help="runs of each thing (hits)")
    add("--seconds", type=int, default=1, help="seconds of each run (hits)")
    add("--tenants", type=int, default=1_000, help="tenants (crowd)")
    add("--tenant-size", type=int, default=2_000, help="transactions of each (crowd)")
    add("--people", type=int, default=100, help="people at once (crowd)")
    add("--pairs", type=int, default=10_000, help="writes with reads after each (staleness)")
    add("--streams", type=int, default=500, help="open streams of one worker")
    add("--lines", type=int, default=1_000_000, help="lines of the imported statement")
    add("--out", type=Path, default=_HERE, help="where the report goes")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
