"""Who is signed in where."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.migrations.security import grant, grant_sequences

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TABLE = "sessions"


def upgrade() -> None:
    """One table beside people. Sign-ins from before get their row when their refresh token is used next."""
    op.create_table(
        _TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sid", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("browser", sa.String(), nullable=True),
        sa.Column("issuer", sa.String(), nullable=True),
        sa.Column("issuer_sid", sa.String(), nullable=True),
        sa.CheckConstraint("kind IN ('page', 'program')", name=op.f("ck_sessions_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("sid", name=op.f("uq_sessions_sid")),
    )
    op.create_index(op.f("ix_sessions_person_id"), _TABLE, ["person_id"], unique=False)
    grant([_TABLE])
    grant_sequences()


def downgrade() -> None:
    op.drop_table(_TABLE)
