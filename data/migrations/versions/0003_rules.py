"""Rules, what was applied with them, and what that changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from data.migrations.security import grant_sequences, protect

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _resource(name: str, *columns: sa.schema.SchemaItem) -> None:
    """A table of resources: the columns that all of them have around its own."""
    op.create_table(
        name,
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *columns,
        sa.Column("created_version", sa.BigInteger(), nullable=False),
        sa.Column("updated_version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f(f"fk_{name}_tenant_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{name}")),
    )


def upgrade() -> None:
    _resource(
        "rules",
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("match", sa.String(), nullable=False),
        sa.Column("conditions", postgresql.JSONB(), nullable=False),
        sa.Column("actions", postgresql.JSONB(), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default="true", nullable=False),
        sa.CheckConstraint("match IN ('all', 'any')", name=op.f("ck_rules_match")),
    )
    op.create_index("ix_rules_tenant_id_position", "rules", ["tenant_id", "position"])
    _resource(
        "rule_runs",
        sa.Column("scope", postgresql.JSONB(), nullable=False),
        sa.Column("changed", sa.BigInteger(), server_default="0", nullable=False),
    )
    op.create_table(
        "rule_changes",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("after", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "run_id"],
            ["rule_runs.tenant_id", "rule_runs.id"],
            name=op.f("fk_rule_changes_tenant_id_run_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_rule_changes_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "run_id", "transaction_id", name=op.f("pk_rule_changes")),
    )
    protect(["rules", "rule_runs", "rule_changes"])
    grant_sequences()


def downgrade() -> None:
    op.drop_table("rule_changes")
    op.drop_table("rule_runs")
    op.drop_table("rules")
