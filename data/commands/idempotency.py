"""POSTs that were already answered: kept a day, so that a retry changes nothing twice.

A request claims its key first. What it writes marks the key as carried out in the same transaction
(`data.commands.unit`), and only while the claim is still its own: so a claim that a killed process left behind can be
taken over, and a commit whose answer was lost is never done again.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.errors import Conflict, Invalid
from data.db import TenantDb
from data.models.state import Idempotency

KEPT: Final = timedelta(hours=24)
TAKEN_OVER: Final = timedelta(seconds=30)
"""A request that has not written nor answered for so long may be taken over; if it still lives, it writes nothing."""
_CARRIED_OUT: Final = 0
"""The status of a key whose request has written and not yet answered."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The key that the present request has, and since when: the instant tells it from a claim that was taken over."""

    tenant_id: int
    subject: str
    key: str
    since: datetime

    @property
    def mine(self) -> ColumnElement[bool]:
        """The row, as long as it is this claim's and not answered."""
        return and_(
            Idempotency.subject == self.subject,
            Idempotency.key == self.key,
            Idempotency.created_at == self.since,
            or_(Idempotency.status.is_(None), Idempotency.status == _CARRIED_OUT),
        )


_PRESENT: Final[ContextVar[Claim | None]] = ContextVar("idempotency_claim", default=None)


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer to repeat."""

    status: int
    headers: dict[str, str]
    body: bytes


def begin(db: TenantDb, subject: str, key: str, request_hash: bytes, now: datetime) -> Stored | None:
    """Claim the key for what this thread does until `forget`, or give the answer that it already has.

    `Conflict` while the first request still runs, or when its answer was lost; `Invalid` when the key came with
    another request.
    """
    claim = Claim(db.tenant_id, subject, key, now)
    with db.writing() as session:
        session.execute(delete(Idempotency).where(Idempotency.created_at < now - KEPT))
        statement = insert(Idempotency).values(
            tenant_id=db.tenant_id, subject=subject, key=key, request_hash=request_hash, created_at=now
        )
        taken_over = statement.on_conflict_do_update(
            index_elements=[Idempotency.tenant_id, Idempotency.subject, Idempotency.key],
            set_={"created_at": now},
            where=and_(
                Idempotency.status.is_(None),
                Idempotency.created_at < now - TAKEN_OVER,
                Idempotency.request_hash == request_hash,
            ),
        )
        if session.execute(taken_over.returning(Idempotency.key)).first() is not None:
            _PRESENT.set(claim)
            return None
        row = session.execute(
            select(Idempotency.request_hash, Idempotency.status, Idempotency.headers, Idempotency.body).where(
                Idempotency.subject == subject, Idempotency.key == key
            )
        ).one()
    if row.request_hash != request_hash:
        raise Invalid.field("Idempotency-Key", "was used with another request", code="idempotency_key_reused")
    if row.status is None:
        raise _still_running()
    if row.status == _CARRIED_OUT:
        raise Conflict(
            "The first request with this Idempotency-Key was carried out; its answer is not there (yet)",
            code="idempotency_carried_out",
        )
    return Stored(row.status, dict(row.headers or {}), bytes(row.body or b""))


def mark(session: Session, tenant_id: int) -> None:
    """Within a write: note that the present request's key is carried out. `Conflict` when another took it over."""
    claim = _PRESENT.get()
    if claim is None or claim.tenant_id != tenant_id:
        return
    marked = update(Idempotency).where(claim.mine).values(status=_CARRIED_OUT).returning(Idempotency.key)
    if session.execute(marked).first() is None:
        raise _still_running()


def finish(db: TenantDb, answer: Stored) -> None:
    """Keep the answer for repeats."""
    claim = _PRESENT.get()
    if claim is not None:
        values = {"status": answer.status, "headers": answer.headers, "body": answer.body}
        with db.writing() as session:
            session.execute(update(Idempotency).where(claim.mine).values(**values))


def release(db: TenantDb) -> None:
    """Give the key free again: the request failed on our side and may be tried anew, unless it has written."""
    claim = _PRESENT.get()
    if claim is not None:
        with db.writing() as session:
            session.execute(delete(Idempotency).where(claim.mine, Idempotency.status.is_(None)))


def forget() -> None:
    """The request has ended; this thread's next one has no key yet."""
    _PRESENT.set(None)


def _still_running() -> Conflict:
    return Conflict("The first request with this Idempotency-Key is still running", code="idempotency_in_progress")
