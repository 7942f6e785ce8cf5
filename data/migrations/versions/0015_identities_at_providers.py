"""Who people are at a provider of identity (OpenID Connect): issuer and subject."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.migrations.security import grant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TABLE = "identities"


def upgrade() -> None:
    """One table beside people; nothing that stands is changed."""
    op.create_table(
        _TABLE,
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_identities_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_identities")),
        sa.UniqueConstraint("person_id", "issuer", name=op.f("uq_identities_person_id_issuer")),
    )
    grant([_TABLE])


def downgrade() -> None:
    op.drop_table(_TABLE)
