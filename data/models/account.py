"""accounts: where money is, or is owed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, Resource


class Account(Resource, Base):
    """One account in one currency. `opening_balance` (minor units) is the balance at the start of `opening_on`."""

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint(
            "type IN ('cash', 'checking', 'savings', 'credit_card', 'loan', 'mortgage', 'investment', 'property',"
            " 'other_asset', 'other_liability')",
            name="type",
        ),
        CheckConstraint("(opening_balance IS NULL) = (opening_on IS NULL)", name="opening"),
        Index(
            "uq_accounts_identifier",
            "tenant_id",
            "identifier",
            unique=True,
            postgresql_where=text("identifier IS NOT NULL"),
        ),
        Index("ix_accounts_tenant_id_updated_version", "tenant_id", "updated_version"),
    )

    name: Mapped[str]
    type: Mapped[str]
    institution: Mapped[str | None]
    identifier: Mapped[str | None]
    currency: Mapped[str]
    opening_balance: Mapped[int | None]
    opening_on: Mapped[date | None]
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    in_net_worth: Mapped[bool] = mapped_column(server_default="true")
