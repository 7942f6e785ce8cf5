"""Answers in memory, ready to be sent: the bytes as they go out, each compressed form made once."""

from __future__ import annotations

import gzip
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from typing import Final

import brotli
from werkzeug.http import parse_accept_header

SMALLEST_COMPRESSED: Final = 500
_OVERHEAD: Final = 1_000
"""Bytes an entry takes besides its body, about."""
Header = tuple[str, str]


class Entry:
    """An answer: for what it is valid, its JSON, the core of its entity tag, and the second at which it is too old."""

    __slots__ = ("_forms", "body", "expires", "size", "stamp", "tag")

    def __init__(self, key: str, stamp: bytes, body: bytes, expires: float) -> None:
        self.stamp = stamp
        self.body = body
        self.tag = blake2b(key.encode() + stamp, digest_size=16).hexdigest()
        self.expires = expires
        self.size = len(body) + _OVERHEAD
        self._forms: dict[str, tuple[bytes, list[Header]]] = {}

    def form(self, encoding: str) -> tuple[bytes, list[Header]]:
        """The body in a content coding (`""` for none), and the headers that belong to it."""
        found = self._forms.get(encoding)
        if found is None:
            found = self._forms[encoding] = self._made(encoding)
        return found

    def coding(self, accept: str) -> str:
        """The content coding to send to whom accepts `accept`."""
        return _negotiated(accept) if len(self.body) >= SMALLEST_COMPRESSED else ""

    def fits(self, stamp: bytes, now: float) -> bool:
        """Whether the answer is for exactly what `stamp` says, and not too old."""
        return self.stamp == stamp and self.expires > now

    def matches(self, if_none_match: str) -> bool:
        """Whether the asker has this answer already, in any coding (RFC 9110, 13.1.2: weak comparison)."""
        if if_none_match.strip() == "*":
            return True
        tags = (each.strip().removeprefix("W/").strip('"') for each in if_none_match.split(","))
        return any(each.partition(":")[0] == self.tag for each in tags)

    def _made(self, encoding: str) -> tuple[bytes, list[Header]]:
        body = _ENCODERS[encoding](self.body) if encoding else self.body
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            *self.validators(encoding),
        ]
        if encoding:
            headers.append(("Content-Encoding", encoding))
            self.size += len(body)
        return body, headers

    def validators(self, encoding: str) -> list[Header]:
        """The headers that a 304 carries too."""
        return [
            ("ETag", f'"{self.tag}:{encoding}"' if encoding else f'"{self.tag}"'),
            ("Cache-Control", "private, no-cache"),
            ("Vary", "Authorization, Cookie, Accept-Encoding"),
        ]


_ENCODERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "br": lambda data: brotli.compress(data, quality=5),
    "gzip": lambda data: gzip.compress(data, 6, mtime=0),
}


@lru_cache(256)
def _negotiated(accept: str) -> str:
    wanted = parse_accept_header(accept)
    return next((coding for coding in _ENCODERS if wanted.quality(coding) > 0), "")


class Shelf:
    """The answers of one worker, at most so many bytes; those that were asked for longest ago go first."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, tuple[Entry, int]] = OrderedDict()
        self.bytes = 0

    def get(self, key: str) -> Entry | None:
        with self._lock:
            found = self._entries.get(key)
            if found is None:
                return None
            self._entries.move_to_end(key)
            entry, counted = found
            if entry.size != counted:  # it was compressed since
                self._count(key, entry)
            return entry

    def put(self, key: str, entry: Entry) -> None:
        with self._lock:
            self._count(key, entry)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self.bytes = 0

    def _count(self, key: str, entry: Entry) -> None:
        _, before = self._entries.pop(key, (None, 0))
        self._entries[key] = (entry, entry.size)
        self.bytes += entry.size - before
        while self.bytes > self._most:
            _, (_, size) = self._entries.popitem(last=False)
            self.bytes -= size
