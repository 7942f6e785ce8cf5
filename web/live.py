"""What this worker hears of changes and whom it tells: one listening connection for all its open streams.

The connection is opened for the first stream and closed after the last one. Notices are not stored by the database, so
whenever it is opened anew all streams are told to look by themselves what they missed.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Final

from core.errors import TooManyRequests, Unavailable
from data.db import Database
from data.notices import CHANNEL, ChangeNotice, read_notice

PER_PERSON: Final = 20
"""How many streams a person may have open in one worker."""
_TICK_SECONDS: Final = 0.25
_PROBE_SECONDS: Final = 15.0
_DEAF_SECONDS: Final = 1.0
_MOST_WAITING: Final = 256
_LOG: Final = logging.getLogger("dashboard.live")


@dataclass(slots=True)
class Heard:
    """What a stream has to act on: a version with its kinds, and whether to look or to check by itself."""

    version: int = 0
    kinds: set[str] = field(default_factory=set)
    look: bool = False
    """Notices may have been missed: read what changed."""
    check: bool = False
    """The directory changed: whoever watches may not be allowed to any more."""
    end: bool = False


_LOOK: Final = "look"
_CHECK: Final = "check"
_END: Final = "end"
_Word = ChangeNotice | str


class Watch:
    """One open stream of a tenant."""

    def __init__(self, live: Live, tenant_id: int, person_id: int) -> None:
        self.tenant_id = tenant_id
        self.person_id = person_id
        self._live = live
        self._words: SimpleQueue[_Word] = SimpleQueue()

    def tell(self, word: _Word) -> None:
        """Called by the listener. A stream whose reader does not keep up is ended: it comes again and looks."""
        if self._words.qsize() < _MOST_WAITING:
            self._words.put(word)
        elif self._words.qsize() == _MOST_WAITING:
            self._words.put(_END)

    def next(self, seconds: float) -> Heard | None:
        """Wait for news; several as one. None when there are none in that time."""
        try:
            word = self._words.get(timeout=seconds)
        except Empty:
            return None
        heard = Heard()
        while True:
            _add(heard, word)
            try:
                word = self._words.get_nowait()
            except Empty:
                return heard

    def close(self) -> None:
        """The stream has ended; may be said again."""
        self._live.forget(self)


def _add(heard: Heard, word: _Word) -> None:
    if isinstance(word, ChangeNotice):
        heard.version = max(heard.version, word.version)
        heard.kinds.update(word.kinds)
    else:
        setattr(heard, word, True)


class Live:
    """One per application and worker. `stop` may be called from a signal handler."""

    def __init__(self) -> None:
        self.stopping = False
        self._lock = threading.Lock()
        self._watches: dict[int, set[Watch]] = {}
        self._persons: dict[int, int] = {}
        self._open = 0
        self._listening = False

    def watch(self, database: Database, tenant_id: int, person_id: int, most: int) -> Watch:
        """Open a stream; `Unavailable` when the worker has `most`, `TooManyRequests` when the person has many."""
        with self._lock:
            if self.stopping or self._open >= most:
                raise Unavailable(
                    "No more streams can be opened just now", code="too_many_streams", headers={"Retry-After": "5"}
                )
            if self._persons.get(person_id, 0) >= PER_PERSON:
                raise TooManyRequests(f"You have {PER_PERSON} streams open already", 10)
            watch = Watch(self, tenant_id, person_id)
            self._open += 1
            self._persons[person_id] = self._persons.get(person_id, 0) + 1
            self._watches.setdefault(tenant_id, set()).add(watch)
            if not self._listening:
                self._listening = True
                threading.Thread(target=self._listen, args=(database,), name="live", daemon=True).start()
        return watch

    def forget(self, watch: Watch) -> None:
        """A stream has ended."""
        with self._lock:
            watches = self._watches.get(watch.tenant_id, set())
            if watch not in watches:
                return
            watches.remove(watch)
            if not watches:
                del self._watches[watch.tenant_id]
            self._open -= 1
            self._persons[watch.person_id] -= 1
            if not self._persons[watch.person_id]:
                del self._persons[watch.person_id]

    @property
    def open_streams(self) -> int:
        return self._open

    def stop(self) -> None:
        """Let all streams end within a moment, and open no more. Takes no lock: a signal may come while it is held."""
        self.stopping = True

    # The thread that listens

    def _listen(self, database: Database) -> None:
        while self._wanted():
            try:
                with database.listening(CHANNEL) as connection:
                    self._tell(_LOOK)
                    self._hear(connection)
            except Exception as error:  # the database may be away for a while
                _LOG.warning("changes cannot be heard: %s", error)
                time.sleep(_DEAF_SECONDS)

    def _wanted(self) -> bool:
        """Whether anybody watches; when not, the thread ends, and the next stream begins another one."""
        with self._lock:
            self._listening = bool(self._watches) and not self.stopping
            if not self._listening:
                for watches in self._watches.values():
                    for watch in watches:
                        watch.tell(_END)
            return self._listening

    def _hear(self, connection: Any) -> None:
        probed = time.monotonic()
        while self._wanted():
            for notice in connection.notifies(timeout=_TICK_SECONDS, stop_after=1):
                heard = read_notice(notice.payload)
                self._tell(_CHECK if heard is None else heard)
            if time.monotonic() - probed > _PROBE_SECONDS:  # or a connection that was cut silently stays deaf
                connection.execute("SELECT 1")
                probed = time.monotonic()

    def _tell(self, word: _Word) -> None:
        with self._lock:
            if isinstance(word, ChangeNotice):
                told = list(self._watches.get(word.tenant_id, ()))
            else:
                told = [watch for watches in self._watches.values() for watch in watches]
        for watch in told:
            watch.tell(word)
