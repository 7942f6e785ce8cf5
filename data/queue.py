"""The queue of work to be done in the background, in PostgreSQL (docs/decisions/0010-queue.md).

`enqueue` runs in the caller's transaction: work that is rolled back was never asked for, and work that is committed is
never forgotten. A worker takes a job by a lease that it renews while it lives; the work of a worker that died is taken
up by another when the lease has run out. So a job may be begun more than once, and its kind must see to it that
this books nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import DateTime, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from data.db import Database

CHANNEL: Final = "fd_jobs"
LEASE_SECONDS: Final = 30
WITHDRAWN: Final = "withdrawn"
_KEEP_FAILED_DAYS: Final = 30

_PUT = text(
    """
    INSERT INTO jobs (kind, tenant_id, payload, name, run_at)
    VALUES (:kind, :tenant, :payload, :name, coalesce(:run_at, now()))
    ON CONFLICT (name) WHERE name IS NOT NULL AND failed_at IS NULL DO NOTHING
    RETURNING id
    """
).bindparams(bindparam("payload", type_=JSONB), bindparam("run_at", type_=DateTime(timezone=True)))
# Of one tenant's jobs of a kind one runs at a time: they would wait for each other, and keep the others waiting.
_TAKE = text(
    """
    UPDATE jobs SET attempts = attempts + 1, worker = :worker, leased_until = now() + make_interval(secs => :lease)
    WHERE id = (
        SELECT id FROM jobs j
        WHERE failed_at IS NULL AND run_at <= now() AND kind = ANY(:kinds)
          AND (leased_until IS NULL OR leased_until < now())
          AND NOT EXISTS (
              SELECT 1 FROM jobs busy
              WHERE busy.failed_at IS NULL AND busy.tenant_id = j.tenant_id AND busy.kind = j.kind
                AND busy.leased_until >= now())
        ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, kind, tenant_id, payload, attempts
    """
)
_RENEW = text(
    """
    UPDATE jobs SET leased_until = now() + make_interval(secs => :lease)
    WHERE id = ANY(:ids) AND worker = :worker AND leased_until IS NOT NULL AND failed_at IS NULL
    RETURNING id
    """
)
_DONE = text("DELETE FROM jobs WHERE id = :id AND worker = :worker")
_GIVE_BACK = text(
    """
    UPDATE jobs SET leased_until = NULL, worker = NULL, attempts = attempts - 1 WHERE id = :id AND worker = :worker
    """
)
_AGAIN = text(
    """
    UPDATE jobs SET leased_until = NULL, worker = NULL, error = :error, run_at = now() + make_interval(secs => :seconds)
    WHERE id = :id AND worker = :worker
    """
)
_FAIL = text(
    "UPDATE jobs SET leased_until = NULL, error = :error, failed_at = now() WHERE id = :id AND worker = :worker"
)
_SWEEP = text("DELETE FROM jobs WHERE failed_at < now() - make_interval(days => :days)")
_NEXT = text(
    """
    SELECT extract(epoch FROM min(greatest(run_at, coalesce(leased_until, run_at))) - now())
    FROM jobs WHERE failed_at IS NULL AND kind = ANY(:kinds)
    """
)
_FIGURES = text(
    """
    SELECT count(*) FILTER (WHERE failed_at IS NULL AND run_at <= now() AND coalesce(leased_until < now(), true)),
           count(*) FILTER (WHERE failed_at IS NULL AND leased_until >= now()),
           count(*) FILTER (WHERE failed_at IS NOT NULL),
           coalesce(extract(epoch FROM now() - min(greatest(run_at, coalesce(leased_until, run_at)))
               FILTER (WHERE failed_at IS NULL AND run_at <= now() AND coalesce(leased_until < now(), true))), 0)
    FROM jobs
    """
)
_AGE = text(
    """
    SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0) FROM jobs WHERE failed_at IS NULL AND kind = :kind
    """
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A job that this worker holds. `attempt` is 1 when nobody took it before."""

    id: int
    kind: str
    tenant_id: int | None
    payload: dict[str, Any]
    attempt: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Jobs that wait though they are due, that run, that were given up; seconds that the first one is overdue."""

    waiting: int
    running: int
    failed: int
    overdue: float


def enqueue(
    session: Session,
    kind: str,
    payload: dict[str, Any],
    *,
    tenant_id: int | None = None,
    name: str | None = None,
    run_at: datetime | None = None,
) -> int | None:
    """Ask for work when this transaction commits; the job's id, None when one of that `name` is waiting or running.

    `payload` holds ids and the like, never a tenant's data: the queue is not guarded by row-level security.
    """
    parameters = {"kind": kind, "tenant": tenant_id, "payload": payload, "name": name, "run_at": run_at}
    job_id = session.execute(_PUT, parameters).scalar_one_or_none()
    if job_id is not None:
        _notify(session, kind)
    return job_id


def withdraw(session: Session, job_id: int, tenant_id: int) -> None:
    """Take a job back when this transaction commits; a worker that has it is told to stop."""
    session.execute(
        text("DELETE FROM jobs WHERE id = :id AND tenant_id = :tenant"), {"id": job_id, "tenant": tenant_id}
    )
    _notify(session, WITHDRAWN)


def _notify(session: Session, word: str) -> None:
    session.execute(text("SELECT pg_notify(:channel, :word)"), {"channel": CHANNEL, "word": word})


class Queue:
    """What a worker does with the queue; `worker` is its name."""

    def __init__(self, database: Database, worker: str) -> None:
        self._database = database
        self.worker = worker

    def take(self, kinds: list[str]) -> Taken | None:
        """The next job that is due, now this worker's; None when there is none."""
        rows = self._execute(_TAKE, kinds=kinds, lease=LEASE_SECONDS)
        return Taken(*rows[0]) if rows else None

    def renew(self, ids: list[int]) -> set[int]:
        """Keep these jobs for a while; those that are still this worker's."""
        return {row.id for row in self._execute(_RENEW, ids=ids, lease=LEASE_SECONDS)}

    def done(self, job_id: int) -> None:
        """The work is done."""
        self._execute(_DONE, id=job_id)

    def give_back(self, job_id: int) -> None:
        """This worker stops; another may take the job at once, and this attempt does not count."""
        self._execute(_GIVE_BACK, id=job_id)

    def again(self, job_id: int, seconds: float, error: str) -> None:
        """It failed; try again later."""
        self._execute(_AGAIN, id=job_id, seconds=seconds, error=error[:1000])

    def fail(self, job_id: int, error: str) -> None:
        """It failed for good; kept a while for the operator to see."""
        self._execute(_FAIL, id=job_id, error=error[:1000])

    def sweep(self) -> None:
        """Remove what failed long ago."""
        self._execute(_SWEEP, days=_KEEP_FAILED_DAYS)

    def stand(self, kind: str) -> None:
        """Ask for work of this kind, unless it is asked for."""
        with self._database.directory() as session:
            enqueue(session, kind, {}, name=kind)

    def next_in(self, kinds: list[str]) -> float | None:
        """Seconds until a job may be due, None when there is none."""
        ((found,),) = self._execute(_NEXT, kinds=kinds)
        return None if found is None else float(found)

    def _execute(self, statement: TextClause, **parameters: Any) -> list[Any]:
        with self._database.directory() as session:
            result: Any = session.execute(statement, {"worker": self.worker, **parameters})
            return list(result) if result.returns_rows else []


def figures(session: Session) -> Figures:
    """How the queue stands, of all tenants together."""
    waiting, running, failed, overdue = session.execute(_FIGURES).one()
    return Figures(waiting, running, failed, float(overdue))


def age(session: Session, kind: str) -> float:
    """Seconds since the oldest job of this kind was asked for that is neither done nor given up, 0 without one. A job
    that is tried again and again is never overdue for long, but it grows old."""
    return float(session.scalars(_AGE, {"kind": kind}).one())
