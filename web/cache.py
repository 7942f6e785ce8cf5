"""Answers kept ready: flask-caching in front of the reports.

A key is `dashboard:<tenant key>:<view>:<hash of query and lock>`; the tenant comes first, always. A value is bytes of
JSON behind a line that says for what it is valid: tenant version, tenant-local date, release, feature flags. A
stored answer is used only while that line equals the present one, so no write can be followed by an old figure.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any, Final

from cachelib.serializers import BaseSerializer
from flask import Flask
from flask_caching import Cache
from pydantic import BaseModel

from core.errors import Unavailable
from core.settings import Settings
from web.identity import Identity
from web.json import dumps
from web.state import RELEASE

_ENTRIES = 20_000
_PREFIX: Final = "dashboard:"
_PATIENCE: Final = 2
"""Seconds to wait for a cache: a computed answer is there sooner."""


class BytesOnly(BaseSerializer):
    """Stores bytes (and the counter that the file cache keeps) as they are, never pickles.

    Whoever can write to the cache can change figures but can run nothing.
    """

    def dumps(self, value: bytes | int, protocol: int = 0) -> bytes:  # noqa: ARG002
        return b"i%d" % value if isinstance(value, int) else b"b" + value

    def loads(self, bvalue: bytes | None) -> bytes | int | None:
        kind, data = (bvalue or b"")[:1], (bvalue or b"")[1:]
        if kind == b"i":
            return int(data)
        return data if kind == b"b" else None

    def dump(self, value: bytes | int, f: IO[bytes], protocol: int = 0) -> None:  # noqa: ARG002
        f.write(self.dumps(value))

    def load(self, f: IO[bytes]) -> bytes | int | None:
        return self.loads(f.read())


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer's JSON and its entity tag; `hit` says whether it was ready."""

    body: bytes
    etag: str
    hit: bool


class _Flights:
    """One computation per key at a time; the others wait for it and read its result."""

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


class AnswerCache:
    """The cache of one application."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._cache = Cache(app, config=_configuration(settings))
        self._flights = _Flights()

    def ask(self, view: str, identity: Identity, question: str, compute: Callable[[], BaseModel]) -> Answer:
        """The answer to `question` (a canonical text) of `view`; `compute` gives the `Envelope` if it is not."""
        tenant = identity.tenant
        key = f"{tenant.key}:{view}:{_hash(question)}"
        wanted = validity(identity, identity.version, identity.context.today)
        ready = self._read(key, wanted)
        if ready is not None:
            return Answer(ready, _etag(key, wanted), hit=True)
        with self._flights.one(key):
            ready = self._read(key, wanted)
            if ready is not None:
                return Answer(ready, _etag(key, wanted), hit=True)
            envelope: Any = compute()
            body = dumps(envelope)
            found = validity(identity, envelope.version, envelope.as_of)
            self._write(key, found, body)
            return Answer(body, _etag(key, found), hit=False)

    def ping(self) -> None:
        """Ask the cache for a sign of life; `Unavailable` when it does not keep what it is given."""
        try:
            self._cache.set("health", b"ok", timeout=10)
            alive = self._cache.get("health") == b"ok"
        except Exception as error:
            raise Unavailable("The cache cannot be reached", code="cache_unavailable") from error
        if not alive:
            raise Unavailable("The cache does not keep what it is given", code="cache_unavailable")

    def clear(self) -> None:
        """Forget all answers, and in a Redis that others use nothing else."""
        self._cache.clear()

    def _read(self, key: str, wanted: bytes) -> bytes | None:
        stored = self._guarded(lambda: self._cache.get(key))
        if not isinstance(stored, bytes):
            return None
        stamp, _, body = stored.partition(b"\n")
        return body if stamp == wanted else None

    def _write(self, key: str, stamp: bytes, body: bytes) -> None:
        self._guarded(lambda: self._cache.set(key, stamp + b"\n" + body))

    @staticmethod
    def _guarded(action: Callable[[], Any]) -> Any:
        """A cache that is away makes answers slower, not wrong and not impossible."""
        try:
            return action()
        except (ConnectionError, TimeoutError, OSError):
            return None
        except Exception as error:
            if type(error).__module__.startswith("redis"):
                return None
            raise


def validity(identity: Identity, version: int, day: date) -> bytes:
    """For what an answer is valid, as one line."""
    flags = ",".join(f"{name}={on}" for name, on in sorted(identity.seat.features.items()))
    return f"{version}|{day.isoformat()}|{RELEASE}|{flags}".encode()


def _hash(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _etag(key: str, stamp: bytes) -> str:
    return f'"{blake2b(key.encode() + stamp, digest_size=16).hexdigest()}"'


def _configuration(settings: Settings) -> dict[str, Any]:
    common: dict[str, Any] = {
        "CACHE_DEFAULT_TIMEOUT": settings.cache_ttl,
        "CACHE_THRESHOLD": _ENTRIES,
        "CACHE_KEY_PREFIX": _PREFIX,
        "CACHE_SERIALIZER": BytesOnly(),
    }
    url = settings.cache_url
    if url is None:
        return {**common, "CACHE_TYPE": "SimpleCache"}
    if url.startswith("file:"):
        return {**common, "CACHE_TYPE": "FileSystemCache", "CACHE_DIR": str(Path(url.removeprefix("file:")))}
    patience = {"socket_timeout": _PATIENCE, "socket_connect_timeout": _PATIENCE}
    return {**common, "CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": url, "CACHE_OPTIONS": patience}
