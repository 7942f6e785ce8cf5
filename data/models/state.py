"""tenant_state, deletions, idempotency: a tenant's version, what it deleted, and the POSTs it already answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, TenantOwned


class TenantState(TenantOwned, Base):
    """The tenant's version, raised by every write. Apart from `tenants`, so that the hot row touches one shard.

    Of the deletions up to `forgotten_version` some are not kept any more. `settings_version` repeats
    `tenants.updated_version`: whoever waited for the row learns with it whether the settings it knows still hold.
    """

    __tablename__ = "tenant_state"

    version: Mapped[int] = mapped_column(server_default="0")
    forgotten_version: Mapped[int] = mapped_column(server_default="0")
    settings_version: Mapped[int] = mapped_column(server_default="0")


class Deletion(TenantOwned, Base):
    """A tombstone: resource `kind`/`object_id` was deleted at `version`."""

    __tablename__ = "deletions"

    version: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    object_id: Mapped[int] = mapped_column(primary_key=True)
    deleted_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Idempotency(TenantOwned, Base):
    """The answer to a POST with an `Idempotency-Key`, kept 24 hours per tenant and token."""

    __tablename__ = "idempotency"

    subject: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any] | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
