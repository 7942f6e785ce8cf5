"""daily_rollup: the ledger's flow lines summed by day, kept by every command in its own transaction."""

from __future__ import annotations

from datetime import date
from enum import IntEnum

from sqlalchemy import ForeignKeyConstraint, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, TenantOwned


class Flow(IntEnum):
    """What a flow line is for the figures.

    A line is a transaction, or each part of a split one. SAVED is the one leg of a matched pair that stands for the
    money put aside (`data.commands.rollups`), MATCHED every other matched leg.
    """

    ORDINARY = 0
    ADJUSTMENT = 1
    PENDING = 2
    MATCHED = 3
    SAVED = 4


class DailyRollup(TenantOwned, Base):
    """Sum (minor units) and count of lines of one account, day, category (0 = none), flow and sign (-1, 0, 1).

    This is also the group in which money is converted and rounded once (`semantics.md`, Currency).
    """

    __tablename__ = "daily_rollup"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"], ondelete="CASCADE"),
        Index("ix_daily_rollup_booked_on", "tenant_id", "booked_on"),
        Index("ix_daily_rollup_category", "tenant_id", "category_id", "booked_on"),
    )

    account_id: Mapped[int] = mapped_column(primary_key=True)
    booked_on: Mapped[date] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(primary_key=True)
    flow: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    sign: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    amount: Mapped[int]
    count: Mapped[int]
