"""jobs: work to be done after a transaction, by a worker (global; docs/decisions/0010-queue.md)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Identity, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base


class Job(Base):
    """A piece of work: its kind, whose it is, and the few words that the kind needs; never a tenant's data.

    Due from `run_at`. A worker holds it until `leased_until`, which it keeps moving while it lives; then anybody may
    take it again. `attempts` counts how often it was taken. `failed_at` is set on what was given up. Of jobs with one
    `name` there is one at a time.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_due", "run_at", "id", postgresql_where=text("failed_at IS NULL")),
        Index("uq_jobs_name", "name", unique=True, postgresql_where=text("name IS NOT NULL AND failed_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    kind: Mapped[str]
    tenant_id: Mapped[int | None]
    name: Mapped[str | None]
    payload: Mapped[dict[str, Any]]
    run_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(server_default="0")
    worker: Mapped[str | None]
    leased_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    failed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
