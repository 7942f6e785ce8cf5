"""The command line of `deploy/rollout`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from deploy.rolling import hook
from deploy.rolling.compose import PREVIEW_PORTS, Compose
from deploy.rolling.driver import COLOURS, Driver
from deploy.rolling.plan import Planner, Step, Wishes, follow
from deploy.rolling.processes import Processes
from deploy.rolling.store import State, Store, now, who
from deploy.validation.command import check
from deploy.validation.site import Failed, Person, Site

_DEMO: Final = "demo-demo-demo"
_COMMANDS: Final = {
    "deploy": "bring RELEASE into use: beside the present one, checked, switched to, checked again",
    "promote": "deploy the release that --from runs, when it is well there",
    "blue-green": "start and check RELEASE beside the present one, and leave people where they are",
    "switch": "send people to the release that waits",
    "rollback": "send people back to the release before; the schema stays as it is",
    "hotfix": "the short way for a RELEASE with the same schema",
    "status": "which release runs where, and what was done",
}
_WITH_RELEASE: Final = ("deploy", "blue-green", "hotfix")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do the command; 0 when all went well, 1 when it failed and what was begun is put right, 2 for wrong words."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command in _WITH_RELEASE and options.release is None:
        parser.error(f"{options.command} RELEASE: which one?")
    signal.signal(signal.SIGTERM, _end)
    try:
        driver: Driver = Compose(options.environment) if options.processes is None else Processes(options.processes)
        if options.command == "status":
            return _status(driver, options.most)
        return _act(options, driver, Store(driver.folder))
    except Failed as error:
        print(error, file=sys.stderr)
        return 1


def _end(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def _act(options: argparse.Namespace, driver: Driver, store: Store) -> int:
    if options.command == "promote":
        options.release = _release_of(options)
    if options.dry_run:
        steps = _steps(options, driver, store, _state(driver, store, adopt=False))
        print("\n".join(f"{number}. {step.words}" for number, step in enumerate(steps, 1)))
        return 0
    with store.locked(options.command) as left:
        if left is not None:
            _say(f"the last rollout was killed: {left}; look at its log and at status")
        state = _state(driver, store, adopt=True)
        steps = _steps(options, driver, store, state)
        return _follow(options, store, state, steps)


def _follow(options: argparse.Namespace, store: Store, state: State, steps: list[Step]) -> int:
    entry: dict[str, Any] = {"at": now(), "command": options.command, "release": options.release, "by": who()}
    entry["from"] = state.releases.get(str(state.active))
    _tell(options, {**entry, "outcome": "began"})
    began, outcome = perf_counter(), {"outcome": "done"}
    try:
        follow(steps, _say)
    except BaseException as error:
        outcome = {"outcome": "failed", "detail": str(error) or type(error).__name__}
        raise
    finally:
        entry["release"] = entry["release"] or state.releases.get(str(state.active))
        entry |= {"active": state.active, "seconds": round(perf_counter() - began, 1), **outcome}
        store.note(entry)
        _tell(options, entry)
    return 0


def _state(driver: Driver, store: Store, *, adopt: bool) -> State:
    """The state; before the first rollout that of what runs already."""
    state = store.read()
    if state.active is None:
        found = driver.serving(adopt=adopt)
        if found is not None:
            state = State(found[0], {found[0]: found[1]})
    return state


def _steps(options: argparse.Namespace, driver: Driver, store: Store, state: State) -> list[Step]:
    wishes = Wishes(options.level, options.drain, options.keep, partial(_known, options))
    planner = Planner(driver, store, state, wishes, lambda result: _say(f"  {result.line()}"))
    if options.command in ("deploy", "promote"):
        return planner.deploy(options.release)
    if options.command == "blue-green":
        return planner.blue_green(options.release)
    if options.command == "hotfix":
        return planner.hotfix(options.release)
    return planner.switch() if options.command == "switch" else planner.rollback()


def _release_of(options: argparse.Namespace) -> str:
    """The release that people use in the environment that it is promoted from."""
    if options.source is None:
        raise Failed("promote --from ENVIRONMENT: which one?")
    source: Driver = Processes(Path(options.source)) if options.processes is not None else Compose(options.source)
    state = Store(source.folder).read()
    if state.active is None:
        raise Failed(f"{options.source} has no release that was rolled out")
    site = _known(options, source.site(state.active, public=True))
    for result in check(site, range(1, options.level + 1)):
        _say(f"  {result.line()}")
        if result.state == "failed":
            raise Failed(f"{options.source} is not well: L{result.level} {result.name}: {result.detail}")
    return state.releases[state.active]


def _known(options: argparse.Namespace, site: Site) -> Site:
    """The site with the people who sign in for the checks."""
    given = os.environ.get
    return replace(
        site,
        person=Person(options.email, given("VALIDATE_PASSWORD", _DEMO), options.tenant),
        stranger=Person(options.other_email, given("VALIDATE_OTHER_PASSWORD", _DEMO)),
        metrics_token=given("VALIDATE_METRICS_TOKEN"),
        ca=options.ca,
    )


def _status(driver: Driver, most: int) -> int:
    store = Store(driver.folder)
    state = store.read()
    for colour in COLOURS:
        release = state.releases.get(colour)
        mark = "people" if colour == state.active else "runs" if release and driver.runs(colour) else "stopped"
        print(f"{colour:<6} {release or '-':<30} {mark if release else ''}".rstrip())
    if store.busy():
        print(f"a rollout is going on: {store.holder()}")
    elif store.holder() is not None:
        print(f"the last rollout was killed: {store.holder()}")
    for entry in store.history(most):
        detail = f": {entry['detail']}" if "detail" in entry else ""
        print(
            f"{entry['at']} {entry['command']:<10} {entry['from'] or '-'} -> {entry['release'] or '-'} "
            f"{entry['outcome']} in {entry['seconds']} s by {entry['by']}{detail}"
        )
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


def _tell(options: argparse.Namespace, entry: dict[str, Any]) -> None:
    trouble = hook.tell(options.notify, entry)
    if trouble is not None:
        _say(trouble)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="deploy/rollout",
        description="Bring releases into use without anybody noticing, and back.",
        epilog="Commands: " + "; ".join(f"{name}: {words}" for name, words in _COMMANDS.items()) + ". "
        "A RELEASE is a tag of the image financial-dashboard, or with --processes a folder.",
    )
    add = parser.add_argument
    add("command", choices=_COMMANDS)
    add("release", nargs="?")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--environment", choices=sorted(PREVIEW_PORTS), help="one of docker compose")
    where.add_argument("--processes", type=Path, metavar="FILE", help="plain processes, as this file says")
    add("--from", dest="source", help="promote: the environment (with --processes: the file) that it comes from")
    add("--dry-run", action="store_true", help="print the steps, and do nothing")
    add("--level", type=int, choices=range(1, 8), default=4, help="check up to this level of validation (default: 4)")
    add("--drain", type=float, default=30.0, help="seconds for requests to end before the old one stops (default: 30)")
    add("--keep", action="store_true", help="leave the old release running, for a rollback within a second")
    add("--notify", default=os.environ.get("ROLLOUT_NOTIFY"), help="command or address that is told (ROLLOUT_NOTIFY)")
    add("--email", default="demo@example.org", help="who signs in for the checks")
    add("--tenant", help="in which tenant")
    add("--other-email", default="stranger@example.org", help="somebody of another tenant, from level 5")
    add("--ca", type=Path, help="certificate of the authority that signed the server's")
    add("--most", type=int, default=10, help="status: how many entries of the history (default: 10)")
    return parser
