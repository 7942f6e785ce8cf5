"""exchange_rates (global, the European Central Bank's) and tenant_rates (the tenant's own)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, Resource


class ExchangeRate(Base):
    """1 `base` = `rate` `quote` on `day`."""

    __tablename__ = "exchange_rates"
    __table_args__ = (CheckConstraint("rate > 0", name="rate"),)

    base: Mapped[str] = mapped_column(primary_key=True)
    quote: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    rate: Mapped[Decimal] = mapped_column(Numeric)


class TenantRate(Resource, Base):
    """The tenant's own rate, which goes before the global one."""

    __tablename__ = "tenant_rates"
    __table_args__ = (
        CheckConstraint("rate > 0", name="rate"),
        Index("uq_tenant_rates_pair_day", "tenant_id", "base", "quote", "day", unique=True),
    )

    base: Mapped[str]
    quote: Mapped[str]
    day: Mapped[date]
    rate: Mapped[Decimal] = mapped_column(Numeric)
