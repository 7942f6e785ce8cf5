"""audit_log: who changed what, from what to what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Identity, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, TenantOwned


class AuditEntry(TenantOwned, Base):
    """One change by one command. `before` and `after` hold the changed fields only; bulk commands write one row."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_version", "tenant_id", "version"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    version: Mapped[int]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor: Mapped[str]
    address: Mapped[str | None]
    action: Mapped[str]
    kind: Mapped[str]
    object_id: Mapped[int | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
