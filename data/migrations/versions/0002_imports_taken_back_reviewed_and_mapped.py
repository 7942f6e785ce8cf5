"""Imports taken back, reviewed and mapped."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from data.migrations.queue import drop_queue_and_runs, make_queue, make_runs
from data.migrations.security import grant_sequences, protect

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _say_what_an_import_made()
    _remember_merged_entries()
    _remember_mappings()
    make_queue()
    make_runs()
    grant_sequences()


def downgrade() -> None:
    drop_queue_and_runs()
    op.drop_table("import_mappings")
    op.drop_table("import_aliases")
    _forget_what_an_import_made()


def _say_what_an_import_made() -> None:
    op.add_column("imports", sa.Column("imported_by", sa.String(), nullable=True))
    op.add_column(
        "imports",
        sa.Column("made", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
    )
    op.add_column("transactions", sa.Column("statement_balance", sa.BigInteger(), nullable=True))
    op.add_column("transactions", sa.Column("statement_category", sa.String(), nullable=True))
    op.drop_index("ix_transactions_import", "transactions")
    op.create_index(
        "ix_transactions_import",
        "transactions",
        ["tenant_id", "import_id", "import_line"],
        postgresql_where=sa.text("import_id IS NOT NULL"),
    )
    op.add_column("import_entries", sa.Column("fingerprint", sa.LargeBinary(), nullable=True))
    op.add_column("import_entries", sa.Column("occurrence", sa.BigInteger(), nullable=True))
    _entry_statuses("'new', 'duplicate', 'review', 'skipped'")
    op.create_index("ix_import_entries_fingerprint", "import_entries", ["tenant_id", "account_id", "fingerprint"])
    op.create_index(
        "ix_import_entries_review",
        "import_entries",
        ["tenant_id", "account_id"],
        postgresql_where=sa.text("status = 'review'"),
    )
    op.create_index("ix_import_entries_transaction", "import_entries", ["tenant_id", "transaction_id"])


def _forget_what_an_import_made() -> None:
    for index in ("ix_import_entries_transaction", "ix_import_entries_review", "ix_import_entries_fingerprint"):
        op.drop_index(index, "import_entries")
    op.execute("DELETE FROM import_entries WHERE status = 'new'")
    _entry_statuses("'duplicate', 'review', 'skipped'")
    op.drop_column("import_entries", "occurrence")
    op.drop_column("import_entries", "fingerprint")
    op.drop_index("ix_transactions_import", "transactions")
    op.create_index(
        "ix_transactions_import",
        "transactions",
        ["tenant_id", "import_id"],
        postgresql_where=sa.text("import_id IS NOT NULL"),
    )
    op.drop_column("transactions", "statement_category")
    op.drop_column("transactions", "statement_balance")
    op.drop_column("imports", "made")
    op.drop_column("imports", "imported_by")


def _entry_statuses(values: str) -> None:
    op.drop_constraint(op.f("ck_import_entries_status"), "import_entries")
    op.create_check_constraint(op.f("ck_import_entries_status"), "import_entries", f"status IN ({values})")


def _remember_merged_entries() -> None:
    op.create_table(
        "import_aliases",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("occurrence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "import_id"],
            ["imports.tenant_id", "imports.id"],
            name=op.f("fk_import_aliases_tenant_id_import_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "transaction_id"],
            ["transactions.tenant_id", "transactions.id"],
            name=op.f("fk_import_aliases_tenant_id_transaction_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_import_aliases_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "import_id", "n", name=op.f("pk_import_aliases")),
    )
    op.create_index("ix_import_aliases_transaction", "import_aliases", ["tenant_id", "transaction_id"])
    op.create_index("ix_import_aliases_fingerprint", "import_aliases", ["tenant_id", "fingerprint"])
    op.create_index(
        "ix_import_aliases_external_id",
        "import_aliases",
        ["tenant_id", "external_id"],
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    protect(["import_aliases"])


def _remember_mappings() -> None:
    op.create_table(
        "import_mappings",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("header", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("delimiter", sa.String(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("created_version", sa.BigInteger(), nullable=False),
        sa.Column("updated_version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_import_mappings_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_import_mappings")),
    )
    op.create_index("uq_import_mappings_signature", "import_mappings", ["tenant_id", "signature"], unique=True)
    protect(["import_mappings"])
