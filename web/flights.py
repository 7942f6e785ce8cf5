"""One computation per question: of all threads of a worker, and of all workers that share a cache."""

from __future__ import annotations

import fcntl
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar
from zlib import crc32

T = TypeVar("T")
PATIENCE_SECONDS: Final = 5.0
"""How long to wait for another worker's computation before doing it oneself: it may be frozen."""
_FIRST_POLL, _LAST_POLL = 0.005, 0.05
_LOCK_SECONDS: Final = 60


class Flights:
    """One computation per key at a time within a worker; the others wait for it and then look again."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, tuple[threading.Lock, int]] = {}

    @contextmanager
    def one(self, key: str) -> Iterator[None]:
        with self._guard:
            lock, waiting = self._locks.get(key, (threading.Lock(), 0))
            self._locks[key] = (lock, waiting + 1)
        try:
            with lock:
                yield
        finally:
            with self._guard:
                lock, waiting = self._locks[key]
                if waiting == 1:
                    del self._locks[key]
                else:
                    self._locks[key] = (lock, waiting - 1)


class Turns(Protocol):
    """A lock between workers. `take` answers how to give it back, or None while another has it."""

    def take(self, key: str) -> Callable[[], None] | None: ...


def in_turn(turns: Turns, key: str, ready: Callable[[], T | None], compute: Callable[[], T]) -> tuple[T, bool]:
    """What `ready` finds, waiting while another worker computes it, else `compute`; whether it was found."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    pause = _FIRST_POLL
    give_back = turns.take(key)
    while give_back is None and time.monotonic() < deadline:
        time.sleep(pause)
        found = ready()
        if found is not None:
            return found, True
        pause = min(2 * pause, _LAST_POLL)
        give_back = turns.take(key)
    try:
        found = ready()
        return (found, True) if found is not None else (compute(), False)
    finally:
        if give_back is not None:
            give_back()


class NoTurns:
    """Workers that share nothing need no lock between them."""

    def take(self, key: str) -> Callable[[], None] | None:  # noqa: ARG002
        return lambda: None


class FileTurns:
    """Locked files: the system gives back what a killed worker held."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, key: str) -> Callable[[], None] | None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # A few hundred files that stay; two keys with one file wait for each other, no more.
            path = self._folder / f"{hash_of(key) % 256:02x}"
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            return lambda: None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return None
        return lambda: os.close(descriptor)


class RedisTurns:
    """Keys that expire, so that a killed worker's lock ends too. With Redis away everybody computes."""

    def __init__(self, client: Any, prefix: str) -> None:
        self._client = client
        self._prefix = prefix

    def take(self, key: str) -> Callable[[], None] | None:
        name, mine = f"{self._prefix}lock:{key}", secrets.token_bytes(8)
        try:
            taken = self._client.set(name, mine, nx=True, ex=_LOCK_SECONDS)
        except Exception as error:
            if is_of_redis(error):
                return lambda: None
            raise
        return (lambda: self._give_back(name, mine)) if taken else None

    def _give_back(self, name: str, mine: bytes) -> None:
        with suppress(Exception):  # it expires by itself
            if self._client.get(name) == mine:
                self._client.delete(name)


def is_of_redis(error: Exception) -> bool:
    """Whether the error is Redis' own: then it is away, or not well."""
    return type(error).__module__.startswith("redis")


def hash_of(key: str) -> int:
    """The same number for a key in every process; of all of the key, as most ask the same question of other books."""
    return crc32(key.encode())
