"""What a worker remembers of who asks: verified tokens until they expire, and seats until something changes.

A seat is true for as long as the board shows the tokens under which it was read; without a board it is held against
the versions in the database, one message a request. So a sign-out, another role, a flag acts at the next request, and
so does revoking a credential: the seat is remembered for each credential apart.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b, sha256
from typing import Final, Generic, TypeVar
from zoneinfo import ZoneInfo

from core.errors import Unauthorized
from core.release import RELEASE
from data import credentials, directory, sessions
from data.changes import Tokens
from data.db import Database
from data.directory import Seat
from data.frames.embeds import EmbedPlace
from data.sessions import SessionInfo
from web import tokens
from web.keys import Ring
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
    """A seat as it was read, under which tokens of the board, and the part of an answer's validity that follows.

    `session` is that of the credential as it was read; uses since are not in it.
    """

    seat: Seat
    tokens: Tokens | None
    lasting: bytes
    session: SessionInfo | None = None

    def validity(self, day: date) -> bytes:
        """For what an answer to this seat is valid now."""
        return validity_line(self.seat.version, self.seat.rates_version, day, self.lasting)


def lasting_part(seat: Seat | EmbedPlace) -> bytes:
    """Release, feature flags and the tenant's settings: the part of a validity that seldom changes."""
    flags = ",".join(f"{name}={on}" for name, on in sorted(seat.features.items()))
    settings = blake2b(repr(seat.tenant).encode(), digest_size=8).hexdigest()
    return f"{RELEASE}|{flags}|{settings}".encode()


def validity_line(version: int, rates_version: int, day: date, lasting: bytes) -> bytes:
    """Tenant version, global rates' version, tenant-local day, and the lasting part, as one line."""
    return b"%d|%d|%s|%s" % (version, rates_version, day.isoformat().encode(), lasting)


def in_force(standing: Standing, claims: Claims) -> bool:
    """Whether the person has not signed out everywhere since; stored tokens outlive that."""
    return claims.epoch is None or standing.seat.person.epoch == claims.epoch


class Memory:
    """What one application's worker remembers. Start with an empty one for another database."""

    def __init__(self) -> None:
        self._claims: Kept[bytes, Claims] = Kept()
        self._standings: Kept[tuple[int, int, str], Standing] = Kept()
        self._ring = Ring()

    def claims(
        self, database: Database, secret_keys: tuple[str, ...], purpose: Purpose, token: str, now: datetime
    ) -> Claims:
        """What a token says; its signature is checked once. Remembered by its hash, never as itself."""
        found = self.known_claims(purpose, token, now)
        if found is not None:
            return found
        if purpose is tokens.API:
            found = self._stored(database, token, now)
        else:
            salt, secret = self._ring.find(database, secret_keys, purpose, token)
            found = replace(tokens.read(secret, purpose, token, now), generation=salt)
        self._claims.put(_token_key(purpose, token), found)
        return found

    def known_claims(self, purpose: Purpose, token: str, now: datetime) -> Claims | None:
        """What a token says, if it was verified before and has not expired."""
        found = self._claims.get(_token_key(purpose, token))
        return found if found is not None and found.expires_at > now else None

    def standing(self, database: Database, claims: Claims) -> Standing:
        """The present standing of a token's person in its tenant; `Unauthorized` when there is none any more."""
        found = self.known_standing(database, claims) or self._read(database, claims)
        if found is None and claims.epoch is None:
            raise Unauthorized("The token is not valid any more", code="invalid_token")
        if found is None or not in_force(found, claims):
            raise Unauthorized("The session has ended: sign in again", code="session_ended")
        return found

    def known_standing(self, database: Database, claims: Claims) -> Standing | None:
        """The standing remembered, if it is still true: by the board, else by the versions in the database."""
        key = (claims.person_id, claims.tenant_id, claims.jti)
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
        kept = Standing(replace(kept.seat, version=versions[1]), seen, kept.lasting, kept.session)
        self._standings.put(key, kept)
        return kept

    def forget_standing(self, claims: Claims) -> None:
        """Read this credential's standing anew at the next request."""
        self._standings.drop((claims.person_id, claims.tenant_id, claims.jti))

    def _stored(self, database: Database, token: str, now: datetime) -> Claims:
        """What a stored token is for. It works through its last day, by the tenant's clock."""
        with database.directory() as session:
            found = credentials.find_token(session, tokens.opaque_hash(token))
        if found is None:
            raise Unauthorized("The token is not valid", code="invalid_token")
        info, timezone = found
        expires_at = datetime.max.replace(tzinfo=UTC)
        if info.expires_on is not None:
            expires_at = datetime.combine(info.expires_on + timedelta(days=1), time(), ZoneInfo(timezone))
        if expires_at <= now:
            raise Unauthorized("The token has expired", code="token_expired")
        jti = f"{credentials.STORED}{info.id}"
        return Claims(info.person_id, info.tenant_id, None, jti, expires_at, info.scopes)

    def _read(self, database: Database, claims: Claims) -> Standing | None:
        """Read the seat, after the tokens as in `known_standing`; None also when the credential or its key is void."""
        seen = database.tokens(claims.tenant_id)
        with database.directory_of(claims.tenant_id) as session:
            seat = directory.seat(session, claims.person_id, claims.tenant_id)
            held = sessions.find(session, claims.session) if claims.session is not None else None
            ended = credentials.has_ended(session, claims.jti) or (claims.session is not None and held is None)
            salts = credentials.key_salts(session)
        self._ring.learn(salts)
        key = (claims.person_id, claims.tenant_id, claims.jti)
        if seat is None or ended or (claims.generation is not None and claims.generation not in salts):
            self._standings.drop(key)
            return None
        standing = Standing(seat, seen, lasting_part(seat), held)
        self._standings.put(key, standing)
        return standing


def _token_key(purpose: Purpose, token: str) -> bytes:
    return sha256(f"{purpose.typ} {token}".encode()).digest()
