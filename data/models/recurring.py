"""recurring_series: the payments that come back, found among the ledger's lines and kept by every command."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKeyConstraint, SmallInteger
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, TenantOwned

LONGEST_KEY: Final = 100
PAYEE_KEY: Final = (
    "left(btrim(regexp_replace(lower(normalize(payee, NFKC)), "
    f"'[^[:alnum:]]+'::text, ' '::text, 'g'::text)), {LONGEST_KEY})"
)
"""The normalised payee in SQL: one case, words only."""


class RecurringSeries(TenantOwned, Base):
    """One series of `core.recurring` among the lines of an account that have one normalised payee and sign.

    `part` tells whole transactions (0) from split parts (their category, -1 without one), `place` the series of one
    payee by size. `payee`, `category_id` (0 none) and `flow` are those of the last line; `amount` is the expected one.
    `days`, `amounts`, `categories` and `flows` are the lines it was found in. Amounts in minor units of the account.
    """

    __tablename__ = "recurring_series"
    __table_args__ = (
        CheckConstraint(
            "repeats IN ('weekly', 'fortnightly', 'monthly', 'quarterly', 'yearly')",
            name="repeats",
        ),
        ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"], ondelete="CASCADE"),
    )

    account_id: Mapped[int] = mapped_column(primary_key=True)
    payee_key: Mapped[str] = mapped_column(primary_key=True)
    sign: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    payee: Mapped[str]
    category_id: Mapped[int]
    flow: Mapped[int] = mapped_column(SmallInteger)
    repeats: Mapped[str]
    anchor: Mapped[int] = mapped_column(SmallInteger)
    first_on: Mapped[date]
    last_on: Mapped[date]
    amount: Mapped[int]
    confidence: Mapped[int] = mapped_column(SmallInteger)
    price_changes: Mapped[list[Any]]
    days: Mapped[list[date]] = mapped_column(ARRAY(Date))
    amounts: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    categories: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    flows: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
