"""reconciliations: statements that a person compares the ledger with, and the entries that a closed one holds."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, Resource, TenantOwned


class Reconciliation(Resource, Base):
    """A statement's closing `balance` (minor units of the account's currency) at the end of `statement_on`.

    Open while `closed_at` is null; an account has at most one that is open. `adjustment_id` is the transaction that
    closing it booked; it may be gone. `disturbed`: an entry of the closed statement was changed or deleted since.
    """

    __tablename__ = "reconciliations"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"], ondelete="CASCADE"),
        Index(
            "uq_reconciliations_open",
            "tenant_id",
            "account_id",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_reconciliations_account", "tenant_id", "account_id", "statement_on", "id"),
        Index("ix_reconciliations_updated_version", "tenant_id", "updated_version"),
    )

    account_id: Mapped[int]
    statement_on: Mapped[date]
    balance: Mapped[int]
    closed_at: Mapped[datetime | None]
    adjustment_id: Mapped[int | None]
    disturbed: Mapped[bool] = mapped_column(server_default="false")


class ReconciledEntry(TenantOwned, Base):
    """A transaction that a closed statement holds: it is in no other one."""

    __tablename__ = "reconciled_entries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "transaction_id"], ["transactions.tenant_id", "transactions.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "reconciliation_id"], ["reconciliations.tenant_id", "reconciliations.id"], ondelete="CASCADE"
        ),
        Index("ix_reconciled_entries_reconciliation", "tenant_id", "reconciliation_id"),
    )

    transaction_id: Mapped[int] = mapped_column(primary_key=True)
    reconciliation_id: Mapped[int]
