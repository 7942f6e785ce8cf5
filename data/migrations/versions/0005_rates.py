"""The version of the global rates: a row of `installation`, so that a load only ever updates it."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""INSERT INTO installation (name, value) VALUES ('rates', '{"version": 0}') ON CONFLICT DO NOTHING""")


def downgrade() -> None:
    op.execute("DELETE FROM installation WHERE name = 'rates'")
