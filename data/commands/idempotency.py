"""POSTs that were already answered: kept a day, so that a retry changes nothing twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from core.errors import Conflict, Invalid
from data.db import TenantDb
from data.models.state import Idempotency

KEPT: Final = timedelta(hours=24)
_ABANDONED: Final = timedelta(hours=1)
"""A request that began so long ago and left no answer died with its process."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer to repeat."""

    status: int
    headers: dict[str, str]
    body: bytes


def begin(db: TenantDb, subject: str, key: str, request_hash: bytes, now: datetime) -> Stored | None:
    """Claim the key, or give the answer that it already has.

    `Conflict` while the first request still runs, `Invalid` when the key came with another request.
    """
    with db.writing() as session:
        session.execute(delete(Idempotency).where(Idempotency.created_at < now - KEPT))
        session.execute(
            delete(Idempotency).where(Idempotency.status.is_(None), Idempotency.created_at < now - _ABANDONED)
        )
        claimed = session.execute(
            insert(Idempotency)
            .values(tenant_id=db.tenant_id, subject=subject, key=key, request_hash=request_hash, created_at=now)
            .on_conflict_do_nothing()
            .returning(Idempotency.key)
        ).first()
        if claimed is not None:
            return None
        row = session.execute(
            select(Idempotency.request_hash, Idempotency.status, Idempotency.headers, Idempotency.body).where(
                Idempotency.subject == subject, Idempotency.key == key
            )
        ).one()
    if row.request_hash != request_hash:
        raise Invalid.field("Idempotency-Key", "was used with another request", code="idempotency_key_reused")
    if row.status is None:
        raise Conflict("The first request with this Idempotency-Key is still running", code="idempotency_in_progress")
    return Stored(row.status, dict(row.headers or {}), bytes(row.body or b""))


def finish(db: TenantDb, subject: str, key: str, answer: Stored) -> None:
    """Keep the answer for repeats."""
    with db.writing() as session:
        session.execute(
            update(Idempotency)
            .where(Idempotency.subject == subject, Idempotency.key == key)
            .values(status=answer.status, headers=answer.headers, body=answer.body)
        )


def release(db: TenantDb, subject: str, key: str) -> None:
    """Give the key free again: the request failed on our side and may be tried anew."""
    with db.writing() as session:
        session.execute(delete(Idempotency).where(Idempotency.subject == subject, Idempotency.key == key))
