"""What the processes of an installation tell each other when something was committed (PostgreSQL's NOTIFY).

A notice is sent by the change's own transaction, so it is heard after the commit or never. It is not stored: who did
not listen reads what was missed from the database.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

CHANNEL: Final = "fd_changes"
_NOTIFY: Final = text("SELECT pg_notify(:channel, :word)")


@dataclass(frozen=True, slots=True)
class ChangeNotice:
    """A tenant's new version and the kinds of things that changed with it."""

    tenant_id: int
    version: int
    kinds: tuple[str, ...]


def tell_change(session: Session, tenant_id: int, version: int, kinds: Iterable[str]) -> None:
    """Let everybody who listens know of this transaction's change, once it is committed."""
    _tell(session, json.dumps([tenant_id, version, sorted(kinds)]))


def tell_directory(session: Session) -> None:
    """Let everybody know that people, memberships, tenants, flags or tokens changed."""
    _tell(session, "")


def read_notice(word: str) -> ChangeNotice | None:
    """The notice in a payload; None: the directory changed."""
    if not word:
        return None
    tenant_id, version, kinds = json.loads(word)
    return ChangeNotice(tenant_id, version, tuple(kinds))


def _tell(session: Session, word: str) -> None:
    session.execute(_NOTIFY, {"channel": CHANNEL, "word": word})
