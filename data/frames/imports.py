"""Rows of imports: their entries in the order of the file, and what waits for a decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from data.frames.driver import Select, rows
from data.frames.findings import Doubt

# What is new stands in the ledger, where a person may have changed it since; the rest stands with the import.
_ENTRIES = text(
    """
    WITH found AS (
        (SELECT t.import_line AS n, 'new' AS status, t.account_id, t.booked_on, t.amount, t.value_on, t.payee,
                t.counterparty, t.purpose, t.reference, t.external_id, t.pending, t.statement_balance AS balance,
                t.statement_category AS category, t.id AS transaction_id
         FROM transactions t
         WHERE t.tenant_id = :tenant AND t.import_id = :import AND t.import_line > :after AND :news
         ORDER BY t.import_line LIMIT :limit)
        UNION ALL
        (SELECT e.n, e.status, e.account_id, e.booked_on, e.amount, CAST(e.entry ->> 'value_on' AS date),
                e.entry ->> 'payee', e.entry ->> 'counterparty', e.entry ->> 'purpose', e.entry ->> 'reference',
                e.entry ->> 'external_id', coalesce(CAST(e.entry ->> 'pending' AS boolean), false),
                CAST(e.entry ->> 'balance' AS bigint), e.entry ->> 'category', t.id
         FROM import_entries e
         LEFT JOIN transactions t ON t.tenant_id = :tenant AND t.id = e.transaction_id AND t.account_id = e.account_id
         WHERE e.tenant_id = :tenant AND e.import_id = :import AND e.n > :after
           AND (CAST(:status AS text) IS NULL OR e.status = :status)
         ORDER BY e.n LIMIT :limit)
        ORDER BY n LIMIT :limit
    )
    SELECT found.*, a.name AS account, a.currency
    FROM found JOIN accounts a ON a.tenant_id = :tenant AND a.id = found.account_id
    ORDER BY n
    """
)


def entry_rows(
    session: Session, tenant_id: int, import_id: int, *, after: int = 0, limit: int, status: str | None = None
) -> Sequence[Any]:
    """Entries of an import after number `after`, in order; `status` picks those of one status."""
    parameters = {"tenant": tenant_id, "import": import_id, "after": after, "limit": limit, "status": status}
    return session.execute(_ENTRIES, {**parameters, "news": status in (None, "new")}).all()


_ACCOUNTS = text(
    """
    SELECT a.id, a.name, a.currency
    FROM (
        SELECT account_id, min(n) AS n
        FROM (
            SELECT account_id, import_line AS n FROM transactions WHERE tenant_id = :tenant AND import_id = :import
            UNION ALL
            SELECT account_id, n FROM import_entries WHERE tenant_id = :tenant AND import_id = :import
        ) lines
        GROUP BY account_id
    ) found JOIN accounts a ON a.tenant_id = :tenant AND a.id = found.account_id
    ORDER BY found.n
    """
)


def account_rows(session: Session, tenant_id: int, import_id: int) -> Sequence[Any]:
    """The accounts (id, name, currency) of an import's entries, in the order of the file."""
    return session.execute(_ACCOUNTS, {"tenant": tenant_id, "import": import_id}).all()


_REVIEW: Final = """
    SELECT account_id, booked_on, CAST(sum(amount) AS bigint), count(*) FROM import_entries
    WHERE tenant_id = :tenant AND status = 'review' GROUP BY account_id, booked_on
"""
REVIEW: Final = Select(_REVIEW, {})


def in_review(session: Session) -> list[Doubt]:
    """Entries in review by account and day."""
    return rows(session, *REVIEW)
