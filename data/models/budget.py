"""budgets, their amounts by day, what they cover, and the alerts they raised."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Identity, Index, SmallInteger, func
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, Resource, TenantOwned


class Budget(Resource, Base):
    """`day` is 1..28, or 0 for the month's last day; `starts_on` is the first day that the first period holds."""

    __tablename__ = "budgets"
    __table_args__ = (
        CheckConstraint("rule_type IN ('weekly', 'monthly', 'quarterly', 'yearly', 'fixed')", name="rule_type"),
        CheckConstraint("rollover_policy IN ('reset', 'carry_positive', 'carry_all')", name="rollover_policy"),
    )

    name: Mapped[str]
    currency: Mapped[str]
    rule_type: Mapped[str]
    weekday: Mapped[int | None] = mapped_column(SmallInteger)
    day: Mapped[int | None] = mapped_column(SmallInteger)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    rollover_policy: Mapped[str]
    rollover_cap: Mapped[int | None]
    thresholds: Mapped[dict[str, Any]]


class BudgetAmount(TenantOwned, Base):
    """The amount (minor units) of the periods from the one that holds `effective_from` on."""

    __tablename__ = "budget_amounts"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "budget_id"], ["budgets.tenant_id", "budgets.id"], ondelete="CASCADE"),
    )

    budget_id: Mapped[int] = mapped_column(primary_key=True)
    effective_from: Mapped[date] = mapped_column(primary_key=True)
    amount: Mapped[int]


class BudgetCategory(TenantOwned, Base):
    __tablename__ = "budget_categories"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "budget_id"], ["budgets.tenant_id", "budgets.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "category_id"], ["categories.tenant_id", "categories.id"]),
        Index("ix_budget_categories_category", "tenant_id", "category_id"),
    )

    budget_id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(primary_key=True)


class BudgetAccount(TenantOwned, Base):
    __tablename__ = "budget_accounts"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "budget_id"], ["budgets.tenant_id", "budgets.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"]),
        Index("ix_budget_accounts_account", "tenant_id", "account_id"),
    )

    budget_id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(primary_key=True)


class BudgetTrigger(TenantOwned, Base):
    """What `core.budget_alerts` remembers of one trigger of a budget in a period: alerts given, and whether armed."""

    __tablename__ = "budget_triggers"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "budget_id"], ["budgets.tenant_id", "budgets.id"], ondelete="CASCADE"),
    )

    budget_id: Mapped[int] = mapped_column(primary_key=True)
    period_start: Mapped[date] = mapped_column(primary_key=True)
    level: Mapped[str] = mapped_column(primary_key=True)
    occurrence: Mapped[int]
    armed: Mapped[bool]


class BudgetAlert(TenantOwned, Base):
    """A level that a budget reached in a period; unique by (budget, period, level, occurrence)."""

    __tablename__ = "budget_alerts"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "budget_id"], ["budgets.tenant_id", "budgets.id"], ondelete="CASCADE"),
        Index("uq_budget_alerts_key", "tenant_id", "budget_id", "period_start", "level", "occurrence", unique=True),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, sort_order=-1)
    budget_id: Mapped[int]
    period_start: Mapped[date]
    period_end: Mapped[date]
    level: Mapped[str]
    occurrence: Mapped[int]
    fired_at: Mapped[datetime] = mapped_column(server_default=func.now())
    acknowledged_at: Mapped[datetime | None]
    created_version: Mapped[int] = mapped_column(server_default="1")
    updated_version: Mapped[int] = mapped_column(server_default="1")
