"""Legs of transfers whose other side was not found."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core.period import Period
from data.frames.base import Scope
from data.frames.driver import Select, rows
from data.frames.lines import ledger_lines
from data.models.account import Account
from data.models.category import Category
from data.models.rollup import Flow
from data.models.transaction import Transaction

# For each category the newest from the index, and of those the newest. OFFSET 0 keeps each look-up an index's.
_UNMATCHED: Final = """
    WITH kind AS MATERIALIZED (SELECT id FROM categories WHERE tenant_id = :tenant AND kind = 'transfer' {categories})
    SELECT f.id, f.account_id, f.booked_on, f.amount,
           (SELECT a.currency FROM accounts a WHERE a.tenant_id = :tenant AND a.id = f.account_id), f.payee FROM (
        SELECT w.* FROM kind CROSS JOIN LATERAL (
            SELECT t.id, t.account_id, t.booked_on, t.amount, t.payee, 0 AS position FROM transactions t
            WHERE t.tenant_id = :tenant AND t.category_id = kind.id AND t.flow = 0 AND NOT t.is_split
              AND t.booked_on >= :start AND t.booked_on < :stop {accounts}
            ORDER BY t.booked_on DESC, t.id DESC LIMIT :most) AS w
        UNION ALL
        SELECT t.id, t.account_id, t.booked_on, s.amount, t.payee, s.position
        FROM kind CROSS JOIN LATERAL (
            SELECT s.transaction_id, s.amount, s.position FROM splits s
            WHERE s.tenant_id = :tenant AND s.category_id = kind.id AND s.flow = 0 OFFSET 0) AS s
        CROSS JOIN LATERAL (
            SELECT t.id, t.account_id, t.booked_on, t.payee FROM transactions t
            WHERE t.tenant_id = :tenant AND t.id = s.transaction_id AND t.booked_on >= :start AND t.booked_on < :stop
              {accounts} OFFSET 0) AS t
    ) AS f
    ORDER BY f.booked_on DESC, f.id DESC, f.position LIMIT :most
"""
Unmatched = tuple[int, int, date, int, str, str | None]
"""Transaction id, account id, booked_on, amount, currency, payee."""


def unmatched(session: Session, scope: Scope, period: Period, most: int) -> list[Unmatched]:
    """The newest unmatched legs of kind transfer."""
    if scope.tag_ids is not None:
        return _tagged_unmatched(session, scope, period, most)
    return rows(session, *unmatched_select(scope, period, most))


def unmatched_select(scope: Scope, period: Period, most: int) -> Select:
    """What `unmatched` reads in a scope without tags."""
    sql = _UNMATCHED.format(
        accounts="AND t.account_id = ANY(CAST(:accounts AS bigint[]))" if scope.account_ids is not None else "",
        categories="AND id = ANY(CAST(:categories AS bigint[]))" if scope.category_ids is not None else "",
    )
    parameters = {"start": period.start, "stop": period.end, "most": most, **scope.parameters}
    return Select(sql, parameters)


def _tagged_unmatched(session: Session, scope: Scope, period: Period, most: int) -> list[Unmatched]:
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
    return [(row[0], row[1], row[2], row[3], row[4], row[5]) for row in session.execute(statement)]
