"""Recurring payments: the series that every command keeps, and the payee as it is compared."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from data.migrations.security import protect

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_PAYEE_KEY = (
    "left(btrim(regexp_replace(lower(normalize(payee, NFKC)), '[^[:alnum:]]+'::text, ' '::text, 'g'::text)), 100)"
)


def upgrade() -> None:
    op.add_column("transactions", sa.Column("payee_key", sa.String(), sa.Computed(_PAYEE_KEY, persisted=True)))
    op.create_index("ix_transactions_payee", "transactions", ["tenant_id", "account_id", "payee_key"])
    op.create_table(
        "recurring_series",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("payee_key", sa.String(), nullable=False),
        sa.Column("sign", sa.SmallInteger(), nullable=False),
        sa.Column("part", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("payee", sa.String(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("flow", sa.SmallInteger(), nullable=False),
        sa.Column("repeats", sa.String(), nullable=False),
        sa.Column("anchor", sa.SmallInteger(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("confidence", sa.SmallInteger(), nullable=False),
        sa.Column("price_changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("days", postgresql.ARRAY(sa.Date()), nullable=False),
        sa.Column("amounts", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("categories", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("flows", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.CheckConstraint(
            "repeats IN ('weekly', 'fortnightly', 'monthly', 'quarterly', 'yearly')",
            name=op.f("ck_recurring_series_repeats"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["accounts.tenant_id", "accounts.id"],
            name=op.f("fk_recurring_series_tenant_id_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_recurring_series_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "account_id", "payee_key", "sign", "part", "place", name=op.f("pk_recurring_series")
        ),
    )
    protect(["recurring_series"])


def downgrade() -> None:
    op.drop_table("recurring_series")
    op.drop_index("ix_transactions_payee", "transactions")
    op.drop_column("transactions", "payee_key")
