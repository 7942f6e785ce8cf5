"""rules, rule_runs, rule_changes: how lines are to be filed, and what applying that to the ledger changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, Resource, TenantOwned


class Rule(Resource, Base):
    """A categorisation rule. `conditions` and `actions` are those of `data.schemas.rules`, tags by id (`tag_ids`).

    Rules are asked in the order of `position`, which the commands keep unique.
    """

    __tablename__ = "rules"
    __table_args__ = (
        CheckConstraint("match IN ('all', 'any')", name="match"),
        Index("ix_rules_tenant_id_position", "tenant_id", "position"),
    )

    position: Mapped[int]
    match: Mapped[str]
    conditions: Mapped[list[Any]]
    actions: Mapped[list[Any]]
    enabled: Mapped[bool] = mapped_column(server_default="true")


class RuleRun(Resource, Base):
    """Rules applied to the ledger once. `scope` says which rules to which transactions, `changed` to how many."""

    __tablename__ = "rule_runs"

    scope: Mapped[dict[str, Any]]
    changed: Mapped[int] = mapped_column(server_default="0")


class RuleChange(TenantOwned, Base):
    """The fields of one transaction that a run changed, as they were and as it made them; amounts in minor units."""

    __tablename__ = "rule_changes"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "run_id"], ["rule_runs.tenant_id", "rule_runs.id"], ondelete="CASCADE"),
    )

    run_id: Mapped[int] = mapped_column(primary_key=True)
    transaction_id: Mapped[int] = mapped_column(primary_key=True)
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
