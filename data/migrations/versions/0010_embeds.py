"""Embeds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from data.migrations.security import protect

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TABLES = ("embed_keys", "embed_settings", "revoked_embeds")


def _table(name: str, keys: tuple[str, ...], *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f(f"fk_{name}_tenant_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", *keys, name=op.f(f"pk_{name}")),
    )


def upgrade() -> None:
    """Embeds."""
    _table(
        "embed_keys",
        ("kid",),
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    _table(
        "embed_settings",
        (),
        sa.Column("origins", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("epoch", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("updated_version", sa.BigInteger(), nullable=False),
    )
    _table(
        "revoked_embeds",
        ("jti",),
        sa.Column("jti", sa.String(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    protect(_TABLES)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
