"""Speed as a person feels it: a Chromium on the overview, with the demo's books and with the largest ledger.

A first visit has an empty cache, a warm one comes right after it. Each visit of a size takes its turn with the others;
times are the page's own (`bench.felt_pages`). A quarter is Chromium's own throttling of the page's processor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from playwright.sync_api import Browser

from bench.felt_pages import Change, Person, Visit, chromium
from bench.harness.figures import Bar, Figure, Findings, plain
from bench.harness.options import Options
from bench.many_books import make_many
from bench.support import SECRET_KEY, TENANT, Installation, Server, installation, issued, server
from cli.demo import OWNER, load_demo
from data import directory
from web import tokens

TITLE = "the overview in a browser"
ROUNDS: Final = 3
CHANGES: Final = 6
QUARTER: Final = 4
_Cookies = dict[str, str]


@dataclass(slots=True)
class _Felt:
    """What was measured with one size of books."""

    first: list[Visit] = field(default_factory=list)
    slow: list[Visit] = field(default_factory=list)
    warm: list[Visit] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    months: list[Change] = field(default_factory=list)
    pressed: list[float] = field(default_factory=list)
    pressed_slow: list[float] = field(default_factory=list)


def run(options: Options) -> Findings:
    """Visits, changes of the period, presses."""
    size, people = max(options.sizes), dict[str, _Cookies]()
    with installation(lambda made: people.update(_prepared(made, size))) as made, server(made) as running:
        felt = {name: _Felt() for name in people}
        with chromium() as browser:
            for round_ in range(-1, ROUNDS):  # the first one, which warms the server, does not count
                for name, cookies in people.items():
                    _once(browser, running, cookies, _Felt() if round_ < 0 else felt[name], round_ + 1)
    figures = [figure for name, each in felt.items() for figure in _figures(name, each)]
    text = (
        f"{ROUNDS} rounds; of each {CHANGES} changes to a period that nobody had asked for: a year that cuts months,"
        " and a whole month. A press is on a key figure."
    )
    return Findings(figures, [text])


def _prepared(made: Installation, size: int) -> dict[str, _Cookies]:
    """The demo and a ledger of `size`; what names the books, and the cookies of their owner."""
    database = made.database()
    load_demo(database)
    with database.directory() as session:
        person, tenant = directory.find_person(session, OWNER), directory.find_tenant(session, TENANT)
    if person is None:
        raise RuntimeError("the demo has no owner")
    signed, claims = issued(database, tokens.SESSION, person, tenant.id)
    database.dispose()
    (seat,) = make_many(made, 1, size)
    return {
        "demo": {"fd_session": signed, "fd_csrf": tokens.csrf_token(SECRET_KEY, claims.jti)},
        f"{size:,} transactions": {"fd_session": seat.cookie.partition("=")[2], "fd_csrf": seat.csrf},
    }


def _once(browser: Browser, running: Server, cookies: _Cookies, felt: _Felt, round_: int) -> None:
    person = Person(browser, running, cookies)
    felt.first.append(person.visit())
    felt.warm.append(person.visit())
    for first, last in _periods(round_):
        felt.changes.append(person.change(first, last))
    for first, last in _months(round_):
        felt.months.append(person.change(first, last))
    felt.pressed.append(person.press())
    person.leave()
    slow = Person(browser, running, cookies, QUARTER)
    felt.slow.append(slow.visit())
    felt.pressed_slow.append(slow.press())
    slow.leave()


def _periods(round_: int) -> Iterator[tuple[str, str]]:
    """Spans of about a year, none of them twice in a run."""
    for number in range(CHANGES):
        last = datetime.now(UTC).date() - timedelta(days=30 * number + round_ + 1)
        yield (last - timedelta(days=365)).isoformat(), last.isoformat()


def _months(round_: int) -> Iterator[tuple[str, str]]:
    """Single months that are over, none of them twice in a run: what the presets lead to."""
    month = datetime.now(UTC).date().replace(day=1)
    for number in range(CHANGES * (round_ + 1)):
        last = month - timedelta(days=1)
        month = last.replace(day=1)
        if number >= CHANGES * round_:
            yield month.isoformat(), last.isoformat()


def _figures(name: str, felt: _Felt) -> list[Figure]:
    visits = (("", felt.first, 1.5, 2.5), (", a quarter of the processor", felt.slow, 4, 6))
    found = [plain(f"{name}: first visit", "kB", [each.kilobytes for each in felt.first], Bar("<=", 850))]
    for how, each, figures, charts in visits:
        found.append(plain(f"{name}: key figures{how}", "s", [one.figures for one in each], Bar("<=", figures)))
        found.append(plain(f"{name}: last chart{how}", "s", [one.charts for one in each], Bar("<=", charts)))
    found += [
        plain(f"{name}: warm visit", "kB", [each.kilobytes for each in felt.warm], Bar("<=", 30)),
        plain(f"{name}: key figures, warm", "s", [each.figures for each in felt.warm]),
        plain(f"{name}: last chart, warm", "s", [each.charts for each in felt.warm]),
        plain(f"{name}: another period, all charts", "ms", [each.total for each in felt.changes], Bar("<=", 250)),
        plain(f"{name}: of that the server", "ms", [each.server for each in felt.changes]),
        plain(f"{name}: of that the browser", "ms", [each.total - each.server for each in felt.changes]),
        plain(f"{name}: another month, all charts", "ms", [each.total for each in felt.months], Bar("<=", 250)),
        plain(f"{name}: of that month the server", "ms", [each.server for each in felt.months]),
        plain(f"{name}: a press answered", "s", felt.pressed, Bar("<=", 1.5)),
        plain(f"{name}: a press, a quarter", "s", felt.pressed_slow, Bar("<=", 4)),
    ]
    return found
