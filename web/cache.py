"""Answers kept ready: in each worker's memory, and by flask-caching in what the workers share.

A key is `dashboard:<tenant key>:<view>:<hash of query and lock>`; the tenant comes first, always. A value is bytes of
JSON behind a line that says for what it is valid (`web.seats.validity_line`) and one that says until when it may be
kept. A stored answer is used only while the first line equals the present one: no write is followed by an old figure.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from flask import Flask
from flask_caching import Cache
from pydantic import BaseModel

from core.errors import Unavailable
from core.settings import Settings
from web.answers import Entry, Shelf
from web.asker import Asker
from web.flights import Flights, NoTurns, in_turn, is_of_redis
from web.json import dumps
from web.seats import Kept, validity_line
from web.shared_cache import configuration, turns

_REST_SECONDS: Final = 5.0
"""How long a cache that failed is left alone."""
_LONGEST_QUERY: Final = 2_000


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer ready to be sent; `hit` says whether it was so before."""

    entry: Entry
    hit: bool

    @property
    def body(self) -> bytes:
        """Its JSON."""
        return self.entry.body


class Whole(NamedTuple):
    """A view that has all that another one says: `part` takes that out of its JSON, or answers None."""

    view: str
    part: Callable[[bytes], bytes | None]


class AnswerCache:
    """The cache of one application."""

    def __init__(self, app: Flask, settings: Settings, cleared: Callable[[], int] = lambda: 0) -> None:
        """`cleared` rises when another process emptied the cache (`data.board.Board.cleared`)."""
        cache = Cache(app, config=configuration(settings))
        with app.app_context():
            self._shared = cache.cache
        self._turns = turns(settings)
        self._memory_only = settings.cache_url is None
        self.ttl = settings.cache_ttl
        self._shelf = Shelf(settings.cache_memory_mb * 1024 * 1024)
        self._drawings = Shelf(settings.cache_memory_mb * 1024 * 1024 // 4)
        self._flights = Flights()
        self._questions: Kept[str, str] = Kept()
        self._rest_until = 0.0
        self._cleared = cleared
        self._cleared_at = 0

    def ask(
        self, view: str, asker: Asker, question: str, compute: Callable[[], BaseModel], whole: Whole | None = None
    ) -> Answer:
        """The answer to `question` (a canonical text) of `view`, maybe out of that of a `whole`; `compute` gives the
        `Envelope` if it is not there."""
        key = key_of(asker.tenant.key, view, hash_of(question))
        wanted = asker.standing.validity(asker.context.today)
        ready = self.find(key, wanted)
        if ready is None and whole is not None:
            ready = self._taken_out(key, whole, key_of(asker.tenant.key, whole.view, hash_of(question)), wanted)
        if ready is not None:
            return Answer(ready, hit=True)
        began = time.time()
        lasting = asker.standing.lasting
        with self._flights.one(key):
            entry, hit = in_turn(
                NoTurns() if self._resting() else self._turns,
                key,
                lambda: self.find(key, wanted, began),
                lambda: self._computed(key, lasting, compute),
            )
        return Answer(entry, hit)

    def find(self, key: str, wanted: bytes, began: float | None = None) -> Entry | None:
        """The answer that is valid for `wanted`; with `began`, also a newer one that was computed since then."""
        now = time.time()
        self._follow()
        entry = self._shelf.get(key)
        if entry is not None and self._good(entry, wanted, now, began):
            return entry
        entry = self.read(key)
        if entry is None or not self._good(entry, wanted, now, began):
            return None
        self._shelf.put(key, entry)
        return entry

    def _taken_out(self, key: str, whole: Whole, of: str, wanted: bytes) -> Entry | None:
        """The answer as a part of the one kept under `of`: as valid, and as old."""
        found = self.find(of, wanted)
        body = None if found is None else whole.part(found.body)
        if found is None or body is None:
            return None
        entry = Entry(key, found.stamp, body, found.expires)
        self._shelf.put(key, entry)
        self.share(key, entry)  # to take it out is dearer than to read it
        return entry

    @property
    def drawings(self) -> Shelf:
        """What `web.drawn` keeps."""
        self._follow()
        return self._drawings

    def _follow(self) -> None:
        """Forget everything if another process said so."""
        cleared = self._cleared()
        if cleared != self._cleared_at:
            self._cleared_at = cleared
            self._shelf.clear()
            self._drawings.clear()

    def _good(self, entry: Entry, wanted: bytes, now: float, began: float | None) -> bool:
        if entry.fits(wanted, now):
            return True
        # A write came in between: an answer computed after the question was asked is right if it is not older.
        return began is not None and entry.expires - self.ttl >= began and not_older(entry.stamp, wanted)

    def question(self, query_string: str) -> str | None:
        """The hash of the question that this query string asks, if it was asked before."""
        return self._questions.get(query_string)

    def learn(self, query_string: str, question: str) -> None:
        """Note what a query string asks: the same for every tenant and day, as it is only parsed."""
        if len(query_string) <= _LONGEST_QUERY and self._questions.get(query_string) is None:
            self._questions.put(query_string, hash_of(question))

    def ping(self) -> None:
        """Ask the cache for a sign of life; `Unavailable` when it does not keep what it is given."""
        try:
            self._shared.set("health", b"ok", timeout=10)
            alive = self._shared.get("health") == b"ok" or self._memory_only
        except Exception as error:
            raise Unavailable("The cache cannot be reached", code="cache_unavailable") from error
        if not alive:
            raise Unavailable("The cache does not keep what it is given", code="cache_unavailable")

    def clear(self) -> None:
        """Forget all answers, and in a Redis that others use nothing else."""
        self._shelf.clear()
        self._drawings.clear()
        self._shared.clear()

    def _computed(self, key: str, lasting: bytes, compute: Callable[[], BaseModel]) -> Entry:
        envelope: Any = compute()
        stamp = validity_line(envelope.version, envelope.rates_version, envelope.as_of, lasting)
        expires = time.time() + self.ttl
        entry = Entry(key, stamp, dumps(envelope), expires)
        self._shelf.put(key, entry)
        self.share(key, entry)
        return entry

    def share(self, key: str, entry: Entry) -> None:
        """Let the other workers have it."""
        self._guarded(lambda: self._shared.set(key, entry.stamp + b"\n%.3f\n" % entry.expires + entry.body))

    def read(self, key: str) -> Entry | None:
        """What the workers share, valid or not; it may be anybody's who can write to the cache."""
        stored = self._guarded(lambda: self._shared.get(key))
        if not isinstance(stored, bytes):
            return None
        parts = stored.split(b"\n", 2)
        try:
            return Entry(key, parts[0], parts[2], float(parts[1]))
        except (IndexError, ValueError):
            return None

    def _resting(self) -> bool:
        return time.monotonic() < self._rest_until

    def _guarded(self, action: Callable[[], Any]) -> Any:
        """A cache that is away makes answers slower, not wrong and not impossible; it is not asked at every turn."""
        if self._resting():
            return None
        try:
            return action()
        except Exception as error:
            if isinstance(error, OSError) or is_of_redis(error):
                self._rest_until = time.monotonic() + _REST_SECONDS
                return None
            raise


def not_older(stamp: bytes, wanted: bytes) -> bool:
    """Whether an answer with this validity is of the same day, release, flags and settings, and not of older books."""
    version, rates, rest = stamp.split(b"|", 2)
    wanted_version, wanted_rates, wanted_rest = wanted.split(b"|", 2)
    return rest == wanted_rest and int(version) >= int(wanted_version) and int(rates) >= int(wanted_rates)


def key_of(tenant_key: str, view: str, question: str) -> str:
    """The key of an answer, without the prefix."""
    return f"{tenant_key}:{view}:{question}"


def hash_of(question: str) -> str:
    """A question as it stands in a key."""
    return blake2b(question.encode(), digest_size=16).hexdigest()
