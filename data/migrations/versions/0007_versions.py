"""Versions: the lease of the board of versions, and the directory's own version.

`board_lease` has one row, which the program only updates. The directory's version is a row of `installation`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.db import WEB_ROLE

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "board_lease",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("holder", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), server_default=sa.text("'epoch'"), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), server_default=sa.text("'epoch'"), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_board_lease_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_lease")),
    )
    op.execute("INSERT INTO board_lease (id) VALUES (1)")
    op.execute(f"GRANT SELECT, UPDATE ON board_lease TO {WEB_ROLE}")
    op.execute("""INSERT INTO installation (name, value) VALUES ('directory', '{"version": 0}')""")


def downgrade() -> None:
    op.execute("DELETE FROM installation WHERE name = 'directory'")
    op.drop_table("board_lease")
