"""Saved views of people, and the version at which a tenant's settings were last changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.migrations.security import grant_sequences, protect

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TABLE = "saved_views"
_COLUMNS = (("tenants", "updated_version"), ("tenant_state", "settings_version"))


def upgrade() -> None:
    """Two columns and one table; nothing that stands is changed."""
    for table, column in _COLUMNS:
        op.add_column(table, sa.Column(column, sa.BigInteger(), server_default="0", nullable=False))
    op.create_table(
        _TABLE,
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_saved_views_tenant_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_saved_views_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_saved_views")),
    )
    op.create_index("uq_saved_views_name", _TABLE, ["tenant_id", "person_id", sa.text("lower(name)")], unique=True)
    protect([_TABLE])
    grant_sequences()


def downgrade() -> None:
    op.drop_table(_TABLE)
    for table, column in _COLUMNS:
        op.drop_column(table, column)
