"""The keys that sign tokens: a newest one, and for a while the one before, so that a rotation signs nobody out.

A generation of keys is `SECRET_KEY` mixed with a random salt from the database; the first has none. Neither the
database alone nor the environment alone gives a key. `SECRET_KEY_PREVIOUS` signs nothing, but what it signed counts.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from typing import Final

from data import credentials
from data.db import Database
from data.directory import DirectorySession
from web import tokens
from web.tokens import Purpose

LIVE: Final = 2
"""So many generations are accepted; the newest signs."""
_REST_SECONDS: Final = 0.2


def secret_of(secret_key: str, salt: str) -> str:
    """The secret of a generation; of the first one `SECRET_KEY` itself."""
    return hmac.new(secret_key.encode(), f"fd:generation:{salt}".encode(), "sha256").hexdigest() if salt else secret_key


def signing_secret(session: DirectorySession, secret_key: str) -> str:
    """The secret to sign with now."""
    return secret_of(secret_key, credentials.key_salts(session)[0])


def rotate(session: DirectorySession, *, end_old: bool) -> None:
    """Begin a new generation. The one before stays valid until the next rotation, unless `end_old`."""
    kept = () if end_old else credentials.key_salts(session)[: LIVE - 1]
    credentials.set_key_salts(session, (secrets.token_hex(16), *kept))


class Ring:
    """The generations a worker knows. It asks the database again when a token names a key that it does not know."""

    def __init__(self) -> None:
        self._salts: tuple[str, ...] | None = None
        self._asked_at = 0.0
        self._lock = threading.Lock()

    def find(self, database: Database, secret_keys: tuple[str, ...], purpose: Purpose, token: str) -> tuple[str, str]:
        """The salt and the secret of the key that a token names; of the newest one when nobody knows that key."""
        kid = tokens.kid_of(token)
        found = self._among(self._salts or (), secret_keys, purpose, kid)
        if found is None:
            found = self._among(self._ask(database), secret_keys, purpose, kid)
        if found is None:
            salt = (self._salts or ("",))[0]
            found = salt, secret_of(secret_keys[0], salt)
        return found

    def learn(self, salts: tuple[str, ...]) -> None:
        """What the database says now."""
        self._salts = salts

    @staticmethod
    def _among(
        salts: tuple[str, ...], secret_keys: tuple[str, ...], purpose: Purpose, kid: str | None
    ) -> tuple[str, str] | None:
        """The one whose key has this id; an id is no secret."""
        secrets_ = ((salt, secret_of(secret_key, salt)) for secret_key in secret_keys for salt in salts)
        return next((each for each in secrets_ if tokens.key_id(each[1], purpose) == kid), None)

    def _ask(self, database: Database) -> tuple[str, ...]:
        """The live generations; strangers' made-up keys make it ask a few times a second at most."""
        with self._lock:
            now = time.monotonic()
            if self._salts is None or now - self._asked_at >= _REST_SECONDS:
                with database.directory() as session:
                    self._salts = credentials.key_salts(session)
                self._asked_at = now
            return self._salts
