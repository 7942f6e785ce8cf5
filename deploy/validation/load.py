"""L6: how fast it answers when many people use it at once."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from itertools import product
from typing import Final

from deploy.validation.site import ENDPOINTS, Failed, Site, exchange, expect

_PAGE_SECONDS: Final = 0.200
_API_SECONDS: Final = 0.100
_HIT_RATIO: Final = 0.8
_SHARE: Final = 0.95
_THINKING: Final = (0.5, 1.5)  # seconds: each person asks for about one thing a second
_PERIODS: Final = ("this_month", "last_month", "last_12_months", "this_year")
_QUERIES: Final = tuple(f"{path}?period={period}" for path, period in product(ENDPOINTS, _PERIODS))
_PAGES: Final = 5  # every so many requests of a person is for a page


@dataclass(slots=True)
class _Seen:
    """What all people saw; seconds."""

    pages: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    hits: int = 0
    asked_before: int = 0
    failures: list[str] = field(default_factory=list)


_of: Final[dict[int, _Seen]] = {}


def people(site: Site) -> str:
    """Everybody gets what they ask for. Each thing is asked once before: those misses count for the hit ratio alone."""
    credentials = [(site.token(each), site.cookie(each)) for each in (site.person, site.stranger)]
    seen = _of[id(site)] = _Seen()
    for (token, cookie), query in product(credentials, _QUERIES):
        expect(site.ask("GET", "/", Cookie=cookie), 200)
        expect(site.ask("GET", query, token=token), 200)
        seen.asked_before += 1
    until = time.monotonic() + site.seconds
    threads = [
        threading.Thread(target=_work, args=(site, *credentials[n % 2], n, until, seen)) for n in range(site.people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if seen.failures:
        raise Failed(f"{len(seen.failures)} requests failed, the first: {seen.failures[0]}")
    count = len(seen.pages) + len(seen.answers)
    return f"{site.people} people, {count} requests, {count / site.seconds:.0f} a second"


def _work(site: Site, token: str, cookie: str, number: int, until: float, seen: _Seen) -> None:
    """One person, on one connection as a browser keeps it."""
    chance = random.Random(number)  # noqa: S311  # nosec B311
    connection = site.connect()
    time.sleep(chance.uniform(0, _THINKING[1]))
    step = number
    while time.monotonic() < until:
        step += 1
        is_page = step % _PAGES == 0
        path = "/" if is_page else chance.choice(_QUERIES)
        headers = {"Cookie": cookie} if is_page else {"Authorization": f"Bearer {token}"}
        try:
            answer = exchange(connection, "GET", path, None, headers)
        except Failed as error:
            seen.failures.append(str(error))
            connection.close()
            continue
        (seen.pages if is_page else seen.answers).append(answer.seconds)
        seen.hits += 'desc="hit"' in answer.headers.get("Server-Timing", "")
        if answer.status != 200:
            seen.failures.append(f"{path}: status {answer.status}")
        time.sleep(chance.uniform(*_THINKING))
    connection.close()


def page(site: Site) -> str:
    """95 of 100 pages come within 200 ms."""
    return _within(_seen(site).pages, _PAGE_SECONDS)


def api(site: Site) -> str:
    """95 of 100 answers of the API come within 100 ms."""
    return _within(_seen(site).answers, _API_SECONDS)


def hits(site: Site) -> str:
    """More than 80 of 100 answers were ready."""
    seen = _seen(site)
    ratio = seen.hits / (len(seen.answers) + seen.asked_before) if seen.answers else 0.0
    if ratio <= _HIT_RATIO:
        raise Failed(f"{ratio:.3f}")
    return f"{ratio:.3f}"


def _seen(site: Site) -> _Seen:
    return _of.get(id(site), _Seen())


def _within(seconds: list[float], most: float) -> str:
    if not seconds:
        raise Failed("nothing was answered")
    ordered = sorted(seconds)
    middle, slow = ordered[len(ordered) // 2], ordered[int(len(ordered) * _SHARE)]
    told = f"median {middle * 1000:.1f} ms, 95 of 100 within {slow * 1000:.1f} ms"
    if slow >= most:
        raise Failed(told)
    return told


CHECKS: Final = (
    ("many people at once are served", people),
    ("pages come within 200 ms", page),
    ("the API answers within 100 ms", api),
    ("more than 80 of 100 answers are ready", hits),
)
