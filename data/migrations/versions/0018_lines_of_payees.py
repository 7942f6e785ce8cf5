"""A payee's payments are read from their index alone, wherever in the ledger their lines are."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_OLD = "ix_transactions_payee"
_NEW = "ix_transactions_payments"
_KEYS = ["tenant_id", "payee_key", "account_id", "booked_on"]


def upgrade() -> None:
    """Another index of the same keys that has the amounts, too."""
    op.create_index(_NEW, "transactions", _KEYS, postgresql_include=["amount", "flow", "is_split", "id"])
    op.drop_index(_OLD, "transactions")


def downgrade() -> None:
    """Without the amounts."""
    op.create_index(_OLD, "transactions", _KEYS)
    op.drop_index(_NEW, "transactions")
