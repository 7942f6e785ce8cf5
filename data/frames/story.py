"""What is told about one transaction beside its own fields: its file and the other side of its pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import literal, or_, select
from sqlalchemy.orm import Session

from data.models.account import Account
from data.models.imports import Import
from data.models.transaction import Split, Transaction


@dataclass(frozen=True, slots=True)
class Told:
    """What the imported line said, and of which file it was; all None for one that was entered by hand."""

    import_id: int | None
    import_line: int | None
    filename: str | None
    format: str | None
    imported_at: datetime | None
    statement_category: str | None
    mcc: str | None


def told_of(session: Session, transaction_id: int) -> Told | None:
    """None when there is no such transaction."""
    row = session.execute(
        select(
            Transaction.import_id,
            Transaction.import_line,
            Import.filename,
            Import.format,
            Import.created_at,
            Transaction.statement_category,
            Transaction.mcc,
        )
        .join(Import, Import.id == Transaction.import_id, isouter=True)
        .where(Transaction.id == transaction_id)
    ).first()
    return None if row is None else Told(*row)


def partners_of(session: Session, transaction_id: int) -> Sequence[Any]:
    """The transactions on the other side of the pairs this one, or a part of it, is in."""
    mine = (
        select(Transaction.transfer_id)
        .where(Transaction.id == transaction_id, Transaction.transfer_id.is_not(None))
        .union(select(Split.transfer_id).where(Split.transaction_id == transaction_id, Split.transfer_id.is_not(None)))
    )
    pairs = list(session.execute(mine).scalars())
    if not pairs:
        return []
    parts = select(Split.transaction_id).where(Split.transfer_id.in_(pairs))
    return session.execute(
        select(
            Transaction.id,
            Transaction.account_id,
            Transaction.booked_on,
            Transaction.amount,
            Transaction.payee,
            Account.currency,
        )
        .join(Account, Account.id == Transaction.account_id)
        .where(
            or_(Transaction.transfer_id.in_(pairs), Transaction.id.in_(parts)),
            Transaction.id != literal(transaction_id),
        )
        .order_by(Transaction.booked_on, Transaction.id)
    ).all()
