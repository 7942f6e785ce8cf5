"""The split transactions of an account and a period are found without reading all parts of all accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_INDEX = "ix_transactions_split"


def upgrade() -> None:
    """An index of what is split."""
    columns = ["tenant_id", "account_id", "booked_on"]
    op.create_index(_INDEX, "transactions", columns, postgresql_where=sa.text("is_split"))


def downgrade() -> None:
    """Without it."""
    op.drop_index(_INDEX, "transactions")
