"""What a worker remembers of who asks: verified tokens until they expire, and seats until something changes.

A seat is true for as long as the board shows the tokens under which it was read; without a board it is held against
the versions in the database, one message a request. So a sign-out, another role, a flag acts at the next request.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import blake2b, sha256
from typing import Final, Generic, TypeVar

from core.errors import Unauthorized
from core.release import RELEASE
from data import directory
from data.changes import Tokens
from data.db import Database
from data.directory import Seat
from web import tokens
from web.tokens import Claims, Purpose

_MOST_KEPT: Final = 20_000
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """A dictionary that holds so many entries and no more; the oldest goes first. For many threads."""

    def __init__(self, most: int = _MOST_KEPT) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._entries: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        return self._entries.get(key)

    def put(self, key: K, value: V) -> None:
        with self._lock:
            self._entries.pop(key, None)
            self._entries[key] = value
            if len(self._entries) > self._most:
                del self._entries[next(iter(self._entries))]

    def drop(self, key: K) -> None:
        with self._lock:
            self._entries.pop(key, None)


@dataclass(frozen=True, slots=True)
class Standing:
    """A seat as it was read, under which tokens of the board, and the part of an answer's validity that follows."""

    seat: Seat
    tokens: Tokens | None
    lasting: bytes

    def validity(self, day: date) -> bytes:
        """For what an answer to this seat is valid now."""
        return validity_line(self.seat.version, self.seat.rates_version, day, self.lasting)


def lasting_part(seat: Seat) -> bytes:
    """Release, feature flags and the tenant's settings: the part of a validity that seldom changes."""
    flags = ",".join(f"{name}={on}" for name, on in sorted(seat.features.items()))
    settings = blake2b(repr(seat.tenant).encode(), digest_size=8).hexdigest()
    return f"{RELEASE}|{flags}|{settings}".encode()


def validity_line(version: int, rates_version: int, day: date, lasting: bytes) -> bytes:
    """Tenant version, global rates' version, tenant-local day, and the lasting part, as one line."""
    return b"%d|%d|%s|%s" % (version, rates_version, day.isoformat().encode(), lasting)


class Memory:
    """What one application's worker remembers. Start with an empty one for another database."""

    def __init__(self) -> None:
        self._claims: Kept[bytes, Claims] = Kept()
        self._standings: Kept[tuple[int, int], Standing] = Kept()

    def claims(self, secret: str, purpose: Purpose, token: str, now: datetime) -> Claims:
        """What a token says; its signature is checked once. Remembered by its hash, never as itself."""
        found = self.known_claims(purpose, token, now)
        if found is None:
            found = tokens.read(secret, purpose, token, now)
            self._claims.put(_token_key(purpose, token), found)
        return found

    def known_claims(self, purpose: Purpose, token: str, now: datetime) -> Claims | None:
        """What a token says, if it was verified before and has not expired."""
        found = self._claims.get(_token_key(purpose, token))
        return found if found is not None and found.expires_at > now else None

    def standing(self, database: Database, claims: Claims) -> Standing:
        """The present standing of a token's person in its tenant; `Unauthorized` when there is none any more."""
        found = self.known_standing(database, claims) or self._read(database, claims.person_id, claims.tenant_id)
        if found is None or found.seat.person.epoch != claims.epoch:
            raise Unauthorized("The session has ended: sign in again", code="session_ended")
        return found

    def known_standing(self, database: Database, claims: Claims) -> Standing | None:
        """The standing remembered, if it is still true: by the board, else by the versions in the database."""
        key = (claims.person_id, claims.tenant_id)
        kept = self._standings.get(key)
        if kept is None:
            return None
        seen = database.changes.tokens(claims.tenant_id)
        if seen is not None and kept.tokens == seen:
            return kept
        # First the tokens, then the question: what is read after them is true under them.
        seen = database.tokens(claims.tenant_id)
        versions = database.versions(claims.tenant_id)
        if versions is None or versions[0] != kept.seat.directory:
            return None
        kept = Standing(replace(kept.seat, version=versions[1]), seen, kept.lasting)
        self._standings.put(key, kept)
        return kept

    def _read(self, database: Database, person_id: int, tenant_id: int) -> Standing | None:
        """Read the seat, after the tokens as in `known_standing`."""
        seen = database.tokens(tenant_id)
        with database.directory_of(tenant_id) as session:
            seat = directory.seat(session, person_id, tenant_id)
        key = (person_id, tenant_id)
        if seat is None:
            self._standings.drop(key)
            return None
        standing = Standing(seat, seen, lasting_part(seat))
        self._standings.put(key, standing)
        return standing


def _token_key(purpose: Purpose, token: str) -> bytes:
    return sha256(f"{purpose.typ} {token}".encode()).digest()
