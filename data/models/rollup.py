"""The ledger's flow lines summed by day, month and payee, kept by every command in its own transaction.

Months are the tenant's own (`core.period.Months`), by their index. A row of months or years may hold nothing but
zeros, where lines were taken away; readers leave it out.
"""

from __future__ import annotations

from datetime import date
from enum import IntEnum
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, TenantOwned

ALL_ACCOUNTS: Final = 0
"""The `account_id` of a `MonthlyRollup` row that sums all accounts of its currency."""


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
        Index("ix_daily_rollup_pending", "tenant_id", "account_id", postgresql_where=text("flow = 2")),
    )

    account_id: Mapped[int] = mapped_column(primary_key=True)
    booked_on: Mapped[date] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(primary_key=True)
    flow: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    sign: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    amount: Mapped[int]
    count: Mapped[int]


class MonthlyRollup(TenantOwned, Base):
    """The same by month: of one account, and with `account_id` 0 of all accounts of the currency together.

    `day1` (Monday) to `day7` are the parts of the amount by weekday.
    """

    __tablename__ = "monthly_rollup"
    __table_args__ = (
        Index("ix_monthly_rollup_category", "tenant_id", "category_id", "account_id", "month"),
        Index("ix_monthly_rollup_saved", "tenant_id", "month", postgresql_where=text("flow = 4")),
    )

    account_id: Mapped[int] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(primary_key=True)
    flow: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    sign: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    amount: Mapped[int]
    count: Mapped[int]
    day1: Mapped[int]
    day2: Mapped[int]
    day3: Mapped[int]
    day4: Mapped[int]
    day5: Mapped[int]
    day6: Mapped[int]
    day7: Mapped[int]


class AccountMonth(TenantOwned, Base):
    """What was booked in an account in a month, pending lines left out: `inflow` >= 0, `outflow` <= 0, lines."""

    __tablename__ = "account_months"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"], ondelete="CASCADE"),
    )

    account_id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True)
    inflow: Mapped[int]
    outflow: Mapped[int]
    count: Mapped[int]


class PayeeYear(TenantOwned, Base):
    """Net expenses (positive = spent) at a payee, as the bank wrote it, in a year of months in one currency.

    `month` // 12 is the year, `spent1` and `lines1` are of its first month (index % 12 = 0). `payee_id` is the MD5 of
    the payee, whose text may be too long for an index; `payee_key` is the payee as `transactions` compares it.
    """

    __tablename__ = "payee_years"

    currency: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    payee_key: Mapped[str] = mapped_column(primary_key=True)
    payee_id: Mapped[UUID] = mapped_column(primary_key=True)
    payee: Mapped[str]
    spent1: Mapped[int]
    spent2: Mapped[int]
    spent3: Mapped[int]
    spent4: Mapped[int]
    spent5: Mapped[int]
    spent6: Mapped[int]
    spent7: Mapped[int]
    spent8: Mapped[int]
    spent9: Mapped[int]
    spent10: Mapped[int]
    spent11: Mapped[int]
    spent12: Mapped[int]
    lines1: Mapped[int]
    lines2: Mapped[int]
    lines3: Mapped[int]
    lines4: Mapped[int]
    lines5: Mapped[int]
    lines6: Mapped[int]
    lines7: Mapped[int]
    lines8: Mapped[int]
    lines9: Mapped[int]
    lines10: Mapped[int]
    lines11: Mapped[int]
    lines12: Mapped[int]
