"""The command line of `deploy/validate`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Final

from deploy.validation import begin, functions, isolation, load, regression
from deploy.validation.report import Result, State, as_json, passed, write_junit
from deploy.validation.site import PORTS, Failed, LeftOut, Person, Site

Check = Callable[[Site], str]
LEVELS: Final[dict[int, Sequence[tuple[str, Check]]]] = {
    1: begin.CONFIGURATION,
    2: begin.START,
    3: begin.CONNECTIVITY,
    4: functions.CHECKS,
    5: isolation.CHECKS,
    6: load.CHECKS,
    7: regression.CHECKS,
}
_DEMO: Final = "demo-demo-demo"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the levels asked for; 0 when nothing failed, 1 when something did, 2 for a wrong command line."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.url is None and options.environment is None:
        parser.error("say which: --environment NAME or --url URL")
    site = _site(options)
    results = []
    for result in check(site, options.level):
        results.append(result)
        print(result.line(), file=sys.stderr if options.json else sys.stdout, flush=True)
    if options.junit is not None:
        write_junit(options.junit, results)
    if options.json:
        print(as_json(site.url, results))
    return 0 if passed(results) else 1


def check(site: Site, levels: Iterable[int]) -> Iterator[Result]:
    """The results of these levels as they come. When one below 4 fails, what stands on it would fail too, slowly."""
    for level in levels:
        results = []
        for name, each in LEVELS[level]:
            results.append(_run(level, name, each, site))
            yield results[-1]
        if not passed(results) and level < 4:
            return


def _run(level: int, name: str, check: Check, site: Site) -> Result:
    began = perf_counter()
    state: State
    try:
        state, detail = "ok", check(site)
    except LeftOut as why:
        state, detail = "left out", str(why)
    except Failed as why:
        state, detail = "failed", str(why)
    except Exception as error:  # a check that stumbles over an answer has found something
        state, detail = "failed", f"{type(error).__name__}: {error}"
    return Result(level, name, state, round(perf_counter() - began, 3), detail)


def _levels(text: str) -> range:
    first, dash, last = text.partition("-")
    try:
        low, high = (int(first), int(last)) if dash else (1, int(first))
    except ValueError:
        low = 0
    if not 1 <= low <= high <= max(LEVELS):
        raise argparse.ArgumentTypeError("a level from 1 to 7, or some, as in 4-6")
    return range(low, high + 1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="deploy/validate",
        description="Check an installation: L1 configuration, L2 start, L3 connectivity, L4 functions, "
        "L5 integration and isolation, L6 performance, L7 regression. One line a check; exit code 1 when one fails.",
    )
    add = parser.add_argument
    add("--level", type=_levels, default=_levels("5"), help="all levels up to this one, or some: 4-6 (default: 5)")
    add("--environment", choices=sorted(PORTS), help="one of docker compose, with deploy/compose/NAME.yml")
    add("--url", help="where it is; by default where the environment is published")
    add("--internal-url", help="a web server behind the proxy, for /health/dashboard and /metrics")
    add("--metrics-token", help="METRICS_TOKEN of the installation (or in VALIDATE_METRICS_TOKEN)")
    add("--email", default="demo@example.org", help="who signs in (default: the demo's owner)")
    add("--tenant", help="in which tenant")
    add("--other-email", default="stranger@example.org", help="somebody of another tenant, for isolation")
    add("--ca", type=Path, help="certificate of the authority that signed the server's")
    add("--wait", type=float, default=60.0, help="seconds to wait for the first answer (default: 60)")
    add("--people", type=int, default=100, help="people at the same time in L6 (default: 100)")
    add("--seconds", type=float, default=10.0, help="how long they work (default: 10)")
    add("--read-only", action="store_true", help="leave out the checks that write (a tag, deleted again)")
    add("--baseline", type=Path, help="L7: answers must be those of this file")
    add("--record", type=Path, help="L7: write the answers to this file")
    add("--json", action="store_true", help="print one JSON object; the lines go to standard error")
    add("--junit", type=Path, help="write JUnit XML to this file")
    parser.epilog = "Passwords: VALIDATE_PASSWORD and VALIDATE_OTHER_PASSWORD; without them the demo's."
    return parser


def _site(options: argparse.Namespace) -> Site:
    given = os.environ.get
    return Site(
        url=(options.url or PORTS[options.environment]).rstrip("/"),
        person=Person(options.email, given("VALIDATE_PASSWORD", _DEMO), options.tenant),
        stranger=Person(options.other_email, given("VALIDATE_OTHER_PASSWORD", _DEMO)),
        environment=options.environment,
        internal=options.internal_url,
        metrics_token=options.metrics_token or given("VALIDATE_METRICS_TOKEN"),
        ca=options.ca,
        wait=options.wait,
        people=options.people,
        seconds=options.seconds,
        read_only=options.read_only,
        baseline=options.baseline,
        record=options.record,
    )
