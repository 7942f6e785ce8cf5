"""tenants: the directory of people's and organisations' books (global)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ColumnElement, Identity, SmallInteger, cast, func, select
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base


class Tenant(Base):
    """A person's (`user_1`) or an organisation's (`org_2`) books.

    `month_start` is 1..28; `match_by_amount` lets transfers be matched without other evidence; `features`
    overrides the installation's feature flags. `updated_version` is the tenant's version at which its settings were
    last changed.
    """

    __tablename__ = "tenants"
    __table_args__ = (
        CheckConstraint("type IN ('user', 'organization')", name="type"),
        CheckConstraint("month_start BETWEEN 1 AND 28", name="month_start"),
        CheckConstraint("key ~ '^[a-z][a-z0-9_-]{0,62}$'", name="key"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    name: Mapped[str]
    currency: Mapped[str]
    timezone: Mapped[str]
    locale: Mapped[str]
    month_start: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    match_by_amount: Mapped[bool]
    features: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_version: Mapped[int] = mapped_column(server_default="0")


class Installation(Base):
    """Settings of the whole installation that are kept in the database: feature flags, the global rates' version."""

    __tablename__ = "installation"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]


RATES_VERSION = "rates"
"""The row of `installation` that holds the global rates' version, as `{"version": n}`."""


def rates_version_column() -> ColumnElement[int]:
    """The global rates' version as a scalar sub-select: 0 until rates are loaded, raised by every load that changes
    a rate. Part of every answer's validity."""
    stored = select(cast(Installation.value["version"].astext, BigInteger)).where(Installation.name == RATES_VERSION)
    return func.coalesce(stored.scalar_subquery(), 0)
