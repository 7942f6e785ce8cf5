"""The program may analyse the tables it has just filled, where PostgreSQL knows such a right (17)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.db import WEB_ROLE

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_TABLES = (
    "account_months, accounts, categories, daily_rollup, monthly_rollup, payee_years, recurring_series, splits, "
    "taggings, transactions, transfers"
)


def _knows_it() -> bool:
    return op.get_bind().scalar(sa.text("SELECT current_setting('server_version_num')::int >= 170000")) is True


def upgrade() -> None:
    """Of the tables that grow with the ledger."""
    if _knows_it():
        op.execute(f"GRANT MAINTAIN ON {_TABLES} TO {WEB_ROLE}")


def downgrade() -> None:
    """Without it."""
    if _knows_it():
        op.execute(f"REVOKE MAINTAIN ON {_TABLES} FROM {WEB_ROLE}")
