"""Learned categories: where a category came from, and how a tenant wants its lines categorised."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.migrations.security import protect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_COLUMNS = {
    "mcc": sa.String(),
    "category_source": sa.String(),
    "category_confidence": sa.REAL(),
    "category_because": sa.String(),
}


def upgrade() -> None:
    for name, type_ in _COLUMNS.items():
        op.add_column("transactions", sa.Column(name, type_, nullable=True))
    op.create_check_constraint(
        op.f("ck_transactions_category_source"),
        "transactions",
        "category_source IN ('file', 'mcc', 'rule', 'learned', 'person')",
    )
    op.create_table(
        "category_learning",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("learn", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("min_confidence", sa.REAL(), server_default="0.9", nullable=False),
        sa.CheckConstraint("min_confidence BETWEEN 0.5 AND 1", name=op.f("ck_category_learning_min_confidence")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_category_learning_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_category_learning")),
    )
    op.create_table(
        "mcc_links",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("mcc_group", sa.String(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "category_id"],
            ["categories.tenant_id", "categories.id"],
            name=op.f("fk_mcc_links_tenant_id_category_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_mcc_links_tenant_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", "mcc_group", name=op.f("pk_mcc_links")),
    )
    op.create_index("ix_mcc_links_tenant_id_category_id", "mcc_links", ["tenant_id", "category_id"])
    protect(["category_learning", "mcc_links"])


def downgrade() -> None:
    op.drop_table("mcc_links")
    op.drop_table("category_learning")
    op.drop_constraint(op.f("ck_transactions_category_source"), "transactions")
    for name in reversed(_COLUMNS):
        op.drop_column("transactions", name)
