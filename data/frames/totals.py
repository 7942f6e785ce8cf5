"""What a filter finds in all: how many lines, and what came in and went out, by currency."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.frames.base import big_sum
from data.frames.transactions import TransactionFilter, conditions
from data.models.account import Account
from data.models.transaction import Transaction

Total = tuple[str, int, int, int]
"""(currency, lines, inflow, outflow) in minor units; the outflow is negative."""


def totals(session: Session, wanted: TransactionFilter) -> list[Total]:
    """One row a currency, in the order of the codes. The lines are added up by account first: one pass over them."""
    by_account = (
        select(
            Transaction.account_id,
            func.count().label("lines"),
            func.sum(Transaction.amount).filter(Transaction.amount > 0).label("inflow"),
            func.sum(Transaction.amount).filter(Transaction.amount < 0).label("outflow"),
        )
        .where(*conditions(wanted))
        .group_by(Transaction.account_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Account.currency, big_sum(by_account.c.lines), big_sum(by_account.c.inflow), big_sum(by_account.c.outflow)
        )
        .join(by_account, by_account.c.account_id == Account.id)
        .group_by(Account.currency)
        .order_by(Account.currency)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]
