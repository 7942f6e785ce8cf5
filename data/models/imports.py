"""imports: statement files that were read, what became of each entry, and the balances they stated."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, Resource, TenantOwned


class Import(Resource, Base):
    """One file: landed whole or not at all. `counts` and the lists are those of the answer (`contract.md`)."""

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


class ImportEntry(TenantOwned, Base):
    """An entry that became no transaction of its own: duplicate, review or skipped. `n` counts the file's entries.

    The new ones are the transactions with this `import_id` and `import_line = n`.
    """

    __tablename__ = "import_entries"
    __table_args__ = (
        CheckConstraint("status IN ('duplicate', 'review', 'skipped')", name="status"),
        ForeignKeyConstraint(["tenant_id", "import_id"], ["imports.tenant_id", "imports.id"], ondelete="CASCADE"),
    )

    import_id: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
    account_id: Mapped[int]
    booked_on: Mapped[date]
    amount: Mapped[int]
    entry: Mapped[dict[str, Any]]
    transaction_id: Mapped[int | None]


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
