"""transactions, splits, transfers: the bookings, their parts, and the pairs between the tenant's own accounts."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    REAL,
    CheckConstraint,
    Computed,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, Resource, TenantOwned
from data.models.recurring import PAYEE_KEY


class Transaction(Resource, Base):
    """A booking of `amount` minor units of the account's currency; inflow positive, outflow negative.

    `fingerprint` and `occurrence` say what the bank's line was, whatever a person edited since (`data.imports.dedupe`).
    `is_split`: the parts in `splits` count, this row's category does not. `flow` (a `Flow`) says what the line is for
    the figures; the commands keep it. `statement_balance` and `statement_category` are what the imported line said,
    `mcc` the merchant category code. `category_source` says who chose the category (a person that there be none, too),
    `category_confidence` and `category_because` how sure a guess is and what speaks for it. `payee_key` is the payee as
    it is compared (the database computes it: an expression over a column guarded by row-level security has no use of
    an index).
    """

    __tablename__ = "transactions"
    __table_args__ = (
        CheckConstraint("type IN ('normal', 'adjustment')", name="type"),
        CheckConstraint("category_source IN ('file', 'mcc', 'rule', 'learned', 'person')", name="category_source"),
        ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"]),
        ForeignKeyConstraint(["tenant_id", "category_id"], ["categories.tenant_id", "categories.id"]),
        ForeignKeyConstraint(["tenant_id", "transfer_id"], ["transfers.tenant_id", "transfers.id"]),
        ForeignKeyConstraint(["tenant_id", "import_id"], ["imports.tenant_id", "imports.id"]),
        Index("uq_transactions_fingerprint", "tenant_id", "account_id", "fingerprint", "occurrence", unique=True),
        Index(
            "uq_transactions_external_id",
            "tenant_id",
            "account_id",
            "external_id",
            unique=True,
            postgresql_where=text("external_id IS NOT NULL"),
        ),
        Index("ix_transactions_booked_on", "tenant_id", "booked_on", "id"),
        Index("ix_transactions_account_booked_on", "tenant_id", "account_id", "booked_on"),
        Index("ix_transactions_amount", "tenant_id", "amount", "booked_on"),
        Index("ix_transactions_split", "tenant_id", "account_id", "booked_on", postgresql_where=text("is_split")),
        Index(
            "ix_transactions_transfer",
            "tenant_id",
            "transfer_id",
            postgresql_where=text("transfer_id IS NOT NULL"),
        ),
        Index("ix_transactions_pending", "tenant_id", "account_id", postgresql_where=text("pending")),
        Index(
            "ix_transactions_import",
            "tenant_id",
            "import_id",
            "import_line",
            postgresql_where=text("import_id IS NOT NULL"),
        ),
        Index("ix_transactions_category", "tenant_id", "category_id", "booked_on"),
        Index("ix_transactions_updated_version", "tenant_id", "updated_version"),
        # What a payee was paid, when: read without the table.
        Index(
            "ix_transactions_payments",
            "tenant_id",
            "payee_key",
            "account_id",
            "booked_on",
            postgresql_include=["amount", "flow", "is_split", "id"],
        ),
        # What may be one side of a transfer that nobody knows of: read without the table.
        Index(
            "ix_transactions_loose",
            "tenant_id",
            "category_id",
            "booked_on",
            postgresql_include=["account_id", "amount", "id"],
            postgresql_where=text("flow = 0 AND NOT is_split"),
        ),
    )

    account_id: Mapped[int]
    type: Mapped[str] = mapped_column(server_default="normal")
    booked_on: Mapped[date]
    value_on: Mapped[date | None]
    amount: Mapped[int]
    payee: Mapped[str | None]
    payee_key: Mapped[str | None] = mapped_column(Computed(PAYEE_KEY, persisted=True))
    counterparty: Mapped[str | None]
    purpose: Mapped[str | None]
    reference: Mapped[str | None]
    external_id: Mapped[str | None]
    category_id: Mapped[int | None]
    note: Mapped[str | None]
    pending: Mapped[bool] = mapped_column(server_default="false")
    cleared: Mapped[bool] = mapped_column(server_default="false")
    is_split: Mapped[bool] = mapped_column(server_default="false")
    transfer_id: Mapped[int | None]
    flow: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    original_amount: Mapped[int | None]
    original_currency: Mapped[str | None]
    import_id: Mapped[int | None]
    import_line: Mapped[int | None]
    statement_balance: Mapped[int | None]
    statement_category: Mapped[str | None]
    mcc: Mapped[str | None]
    category_source: Mapped[str | None]
    category_confidence: Mapped[float | None] = mapped_column(REAL)
    category_because: Mapped[str | None]
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    occurrence: Mapped[int]


class Split(TenantOwned, Base):
    """A part of a split transaction: parts add up to its amount and are matched one by one. Positions begin at 1."""

    __tablename__ = "splits"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "transaction_id"], ["transactions.tenant_id", "transactions.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["tenant_id", "category_id"], ["categories.tenant_id", "categories.id"]),
        ForeignKeyConstraint(["tenant_id", "transfer_id"], ["transfers.tenant_id", "transfers.id"]),
        Index("uq_splits_position", "tenant_id", "transaction_id", "position", unique=True),
        Index("ix_splits_category", "tenant_id", "category_id"),
        Index("ix_splits_amount", "tenant_id", "amount"),
        Index("ix_splits_transfer", "tenant_id", "transfer_id", postgresql_where=text("transfer_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, sort_order=-1)
    transaction_id: Mapped[int]
    position: Mapped[int]
    amount: Mapped[int]
    category_id: Mapped[int | None]
    note: Mapped[str | None]
    transfer_id: Mapped[int | None]
    flow: Mapped[int] = mapped_column(SmallInteger, server_default="0")


class Transfer(Resource, Base):
    """A matched pair. `evidence` 1..3 says why it was paired, 0 that a person said so (`confirmed`)."""

    __tablename__ = "transfers"

    confirmed: Mapped[bool] = mapped_column(server_default="false")
    evidence: Mapped[int]


class TransferSeparation(TenantOwned, Base):
    """Two legs that a person said are not a transfer; split parts by their position, whole transactions by 0."""

    __tablename__ = "transfer_separations"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "from_transaction_id"], ["transactions.tenant_id", "transactions.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "to_transaction_id"], ["transactions.tenant_id", "transactions.id"], ondelete="CASCADE"
        ),
    )

    from_transaction_id: Mapped[int] = mapped_column(primary_key=True)
    from_position: Mapped[int] = mapped_column(primary_key=True)
    to_transaction_id: Mapped[int] = mapped_column(primary_key=True)
    to_position: Mapped[int] = mapped_column(primary_key=True)
