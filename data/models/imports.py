"""imports: statement files that were read, what became of each entry, the balances they stated, and what a person
taught about them: which entry is which transaction, and how a file with a certain header is read."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, Resource, TenantOwned


class Import(Resource, Base):
    """One file: landed whole or not at all. `counts` and the lists are those of the answer (`contract.md`).

    `made` is what taking it back needs beside its rows: `accounts` (ids) that it opened, and `openings` that it set:
    `[account id, day, minor units, heir of]`, the last the hash of a file that was taken back and had set one, or null.
    """

    __tablename__ = "imports"
    __table_args__ = (CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="state"),)

    filename: Mapped[str]
    format: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="done")
    file_hash: Mapped[bytes] = mapped_column(LargeBinary)
    counts: Mapped[dict[str, Any]]
    warnings: Mapped[list[Any]]
    errors: Mapped[list[Any]]
    balance_check: Mapped[list[Any]]
    mapping: Mapped[dict[str, Any] | None]
    imported_by: Mapped[str | None]
    made: Mapped[dict[str, Any]] = mapped_column(server_default="{}")


class ImportEntry(TenantOwned, Base):
    """An entry that is no transaction of its own: duplicate, review or skipped. `n` counts the file's entries.

    The new ones are the transactions with this `import_id` and `import_line = n`; one of status `new` is here only
    when its transaction was deleted since. `transaction_id` is the transaction that a duplicate is, or that an entry
    in review may be; it may be gone. `fingerprint` and `occurrence` are those of the file's line.
    """

    __tablename__ = "import_entries"
    __table_args__ = (
        CheckConstraint("status IN ('new', 'duplicate', 'review', 'skipped')", name="status"),
        ForeignKeyConstraint(["tenant_id", "import_id"], ["imports.tenant_id", "imports.id"], ondelete="CASCADE"),
        Index("ix_import_entries_fingerprint", "tenant_id", "account_id", "fingerprint"),
        Index("ix_import_entries_review", "tenant_id", "account_id", postgresql_where=text("status = 'review'")),
        Index("ix_import_entries_transaction", "tenant_id", "transaction_id"),
    )

    import_id: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
    account_id: Mapped[int]
    booked_on: Mapped[date]
    amount: Mapped[int]
    entry: Mapped[dict[str, Any]]
    transaction_id: Mapped[int | None]
    fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary)
    occurrence: Mapped[int | None]


class ImportAlias(TenantOwned, Base):
    """Another form of a transaction: a person said that this entry of that import is it.

    The account is the transaction's, so that aliases follow it when it moves, and go with it.
    """

    __tablename__ = "import_aliases"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "import_id"], ["imports.tenant_id", "imports.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["tenant_id", "transaction_id"], ["transactions.tenant_id", "transactions.id"], ondelete="CASCADE"
        ),
        Index("ix_import_aliases_transaction", "tenant_id", "transaction_id"),
        Index("ix_import_aliases_fingerprint", "tenant_id", "fingerprint"),
        Index(
            "ix_import_aliases_external_id",
            "tenant_id",
            "external_id",
            postgresql_where=text("external_id IS NOT NULL"),
        ),
    )

    import_id: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    transaction_id: Mapped[int]
    external_id: Mapped[str | None]
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    occurrence: Mapped[int]


class ImportMapping(Resource, Base):
    """How CSV files with this header are read: the `mapping` that somebody gave. `header` is folded, `signature` its
    hash; `delimiter` stands between its cells, `filename` is the file that taught it."""

    __tablename__ = "import_mappings"
    __table_args__ = (Index("uq_import_mappings_signature", "tenant_id", "signature", unique=True),)

    header: Mapped[list[Any]]
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    delimiter: Mapped[str]
    mapping: Mapped[dict[str, Any]]
    filename: Mapped[str]


class StatementBalance(TenantOwned, Base):
    """The opening and closing balance a statement printed for an account (minor units)."""

    __tablename__ = "statement_balances"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "import_id"], ["imports.tenant_id", "imports.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"], ondelete="CASCADE"),
    )

    account_id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    opening_on: Mapped[date | None]
    opening: Mapped[int | None]
    closing_on: Mapped[date | None]
    closing: Mapped[int | None]
