"""Legs of transfers whose other side was not found."""

from __future__ import annotations

from typing import Final

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core.period import Period
from data.frames.base import Scope, fetch, framed
from data.frames.lines import ledger_lines
from data.frames.pieces import rows
from data.models.account import Account
from data.models.category import Category
from data.models.rollup import Flow
from data.models.transaction import Transaction

# For each category the newest from the index, and of those the newest.
_UNMATCHED: Final = """
    WITH kind AS MATERIALIZED (SELECT id FROM categories WHERE tenant_id = :tenant AND kind = 'transfer' {categories})
    SELECT f.id, f.account_id, f.booked_on, f.amount, a.currency, f.payee FROM (
        SELECT w.* FROM kind CROSS JOIN LATERAL (
            SELECT t.id, t.account_id, t.booked_on, t.amount, t.payee, 0 AS position FROM transactions t
            WHERE t.tenant_id = :tenant AND t.category_id = kind.id AND t.flow = 0 AND NOT t.is_split
              AND t.booked_on >= :start AND t.booked_on < :stop {accounts}
            ORDER BY t.booked_on DESC, t.id DESC LIMIT :most) AS w
        UNION ALL
        SELECT t.id, t.account_id, t.booked_on, s.amount, t.payee, s.position
        FROM kind JOIN splits s ON s.tenant_id = :tenant AND s.category_id = kind.id AND s.flow = 0
        JOIN transactions t ON t.tenant_id = :tenant AND t.id = s.transaction_id
        WHERE t.booked_on >= :start AND t.booked_on < :stop {accounts}
    ) AS f JOIN accounts a ON a.tenant_id = :tenant AND a.id = f.account_id
    ORDER BY f.booked_on DESC, f.id DESC, f.position LIMIT :most
"""
_UNMATCHED_TYPES: Final = {
    "transaction_id": "int64",
    "account_id": "int64",
    "booked_on": "object",
    "amount": "int64",
    "currency": "object",
    "payee": "object",
}


def unmatched_frame(session: Session, scope: Scope, period: Period, most: int) -> pd.DataFrame:
    """The newest unmatched legs of kind transfer: transaction_id, account_id, booked_on, amount, currency, payee."""
    if scope.tag_ids is not None:
        return _tagged_unmatched(session, scope, period, most)
    sql = _UNMATCHED.format(
        accounts="AND t.account_id = ANY(CAST(:accounts AS bigint[]))" if scope.account_ids is not None else "",
        categories="AND id = ANY(CAST(:categories AS bigint[]))" if scope.category_ids is not None else "",
    )
    parameters = {
        "start": period.start,
        "stop": period.end,
        "most": most,
        "accounts": list(scope.account_ids or ()),
        "categories": list(scope.category_ids or ()),
    }
    return framed(rows(session, sql, parameters), _UNMATCHED_TYPES)


def _tagged_unmatched(session: Session, scope: Scope, period: Period, most: int) -> pd.DataFrame:
    """The same under a filter by tag."""
    found = ledger_lines(scope, Transaction.booked_on >= period.start, Transaction.booked_on < period.end)
    category = aliased(Category)
    statement = (
        select(
            found.c.transaction_id,
            found.c.account_id,
            found.c.booked_on,
            found.c.amount,
            Account.currency,
            found.c.payee,
        )
        .join(Account, Account.id == found.c.account_id)
        .join(category, category.id == found.c.category_id)
        .where(found.c.flow == Flow.ORDINARY, category.kind == "transfer")
        .order_by(found.c.booked_on.desc(), found.c.transaction_id.desc(), found.c.position)
        .limit(most)
    )
    return fetch(session, statement, _UNMATCHED_TYPES)
