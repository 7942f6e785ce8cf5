"""Transactions whose category was learned and that nobody has confirmed."""

from __future__ import annotations

from typing import Any, Final

from psycopg.rows import namedtuple_row
from sqlalchemy.orm import Session

from data.frames.driver import rows

_COUNTS: Final = """
    SELECT count(*), count(*) FILTER (WHERE category_confidence >= :least)
    FROM transactions WHERE tenant_id = :tenant AND category_source = 'learned'
"""
_LEAST_SURE: Final = """
    SELECT t.id, t.booked_on, t.amount, a.currency, t.payee, t.category_id, t.category_confidence, t.category_because
    FROM transactions t JOIN accounts a ON a.tenant_id = t.tenant_id AND a.id = t.account_id
    WHERE t.tenant_id = :tenant AND t.category_source = 'learned'
    ORDER BY t.category_confidence, t.booked_on DESC, t.id DESC LIMIT :most
"""


def guess_counts(session: Session, least: float) -> tuple[int, int]:
    """How many there are, and how many of them are at least so sure."""
    ((every, sure),) = rows(session, _COUNTS, {"least": least})
    return every, sure


def guess_rows(session: Session, most: int) -> list[Any]:
    """The least sure first."""
    return rows(session, _LEAST_SURE, {"most": most}, namedtuple_row)
