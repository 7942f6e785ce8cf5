"""The declarative base, and what every tenant's table has in common.

Rules that let the schema be distributed by tenant unchanged (docs/decisions/0003-tenants-in-postgresql.md):
`tenant_id` leads every primary key, unique constraint and foreign key between tenant tables; no triggers,
no ON DELETE SET NULL, no deferrable constraints.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, MetaData, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        int: BigInteger,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


class TenantOwned:
    """A row of one tenant: its key begins with `tenant_id`, and row-level security guards the table."""

    tenant_id: Mapped[int] = mapped_column(
        ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True, sort_order=-2
    )


class Resource(TenantOwned):
    """A tenant's row with an id and the versions of the tenant at which it was made and last changed."""

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, sort_order=-1)
    created_version: Mapped[int] = mapped_column(sort_order=90)
    updated_version: Mapped[int] = mapped_column(sort_order=91)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=92)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=93)
