"""Reconciliation: statements that a person compares the ledger with, and the entries that closed ones hold."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.migrations.security import grant_sequences, protect

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_TABLES = ("reconciliations", "reconciled_entries")


def upgrade() -> None:
    """Two tables; nothing that stands is changed."""
    op.create_table(
        "reconciliations",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("statement_on", sa.Date(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", _INSTANT, nullable=True),
        sa.Column("adjustment_id", sa.BigInteger(), nullable=True),
        sa.Column("disturbed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_version", sa.BigInteger(), nullable=False),
        sa.Column("updated_version", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, _INSTANT, server_default=sa.func.now(), nullable=False)
            for name in ("created_at", "updated_at")
        ),
        *_keys("reconciliations", "id", ("account_id", "accounts")),
    )
    op.create_index(
        "uq_reconciliations_open",
        "reconciliations",
        ["tenant_id", "account_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_reconciliations_account", "reconciliations", ["tenant_id", "account_id", "statement_on", "id"])
    op.create_index("ix_reconciliations_updated_version", "reconciliations", ["tenant_id", "updated_version"])
    op.create_table(
        "reconciled_entries",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column("reconciliation_id", sa.BigInteger(), nullable=False),
        *_keys(
            "reconciled_entries",
            "transaction_id",
            ("transaction_id", "transactions"),
            ("reconciliation_id", "reconciliations"),
        ),
    )
    op.create_index("ix_reconciled_entries_reconciliation", "reconciled_entries", ["tenant_id", "reconciliation_id"])
    protect(_TABLES)
    grant_sequences()


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


def _keys(table: str, key: str, *others: tuple[str, str]) -> list[sa.schema.SchemaItem]:
    """The primary key and the foreign keys, all led by the tenant."""
    foreign = [
        sa.ForeignKeyConstraint(
            ["tenant_id", column],
            [f"{target}.tenant_id", f"{target}.id"],
            name=op.f(f"fk_{table}_tenant_id_{column}"),
            ondelete="CASCADE",
        )
        for column, target in others
    ]
    return [
        *foreign,
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f(f"fk_{table}_tenant_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", key, name=op.f(f"pk_{table}")),
    ]
