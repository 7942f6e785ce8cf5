"""What the workers share: where flask-caching keeps answers, as bytes, and whose turn it is to compute one."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any, Final

from cachelib.serializers import BaseSerializer

from core.settings import Settings
from web.flights import FileTurns, NoTurns, RedisTurns, Turns

_ENTRIES: Final = 20_000
_PREFIX: Final = "dashboard:"
_WAITING: Final[dict[str, Any]] = {"socket_timeout": 2, "socket_connect_timeout": 2}
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


def turns(settings: Settings) -> Turns:
    """One computation for a key, by what the cache offers for it."""
    url = settings.cache_url
    if url is None:
        return NoTurns()
    if url.startswith("file:"):
        folder = Path(url.removeprefix("file:"))
        return FileTurns(folder.with_name(f"{folder.name}-locks"))
    import redis

    return RedisTurns(redis.from_url(url, **_WAITING), _PREFIX)


def configuration(settings: Settings) -> dict[str, Any]:
    """flask-caching's."""
    url = settings.cache_url
    if url is None:
        return {"CACHE_TYPE": "NullCache", "CACHE_NO_NULL_WARNING": True}
    common: dict[str, Any] = {
        "CACHE_DEFAULT_TIMEOUT": settings.cache_ttl,
        "CACHE_THRESHOLD": _ENTRIES,
        "CACHE_KEY_PREFIX": _PREFIX,
        "CACHE_SERIALIZER": BytesOnly(),
    }
    if url.startswith("file:"):
        return {**common, "CACHE_TYPE": "FileSystemCache", "CACHE_DIR": str(Path(url.removeprefix("file:")))}
    return {**common, "CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": url, "CACHE_OPTIONS": _WAITING}
