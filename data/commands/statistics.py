"""Keeps the planner's statistics near the truth in a write that makes many rows.

Autovacuum looks once a minute. Until then a table that an import has just filled is planned as if it were empty: the
first dashboard after 100,000 lines took 20 seconds. What the write itself made is seen by ANALYZE before the commit.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_TABLES: Final = [
    "account_months",
    "accounts",
    "categories",
    "daily_rollup",
    "monthly_rollup",
    "payee_years",
    "recurring_series",
    "splits",
    "taggings",
    "transactions",
    "transfers",
]
"""What grows with the ledger."""
_PAGES: Final = 16
# The rule of autovacuum, by pages and not by lines that have changed, which nobody has counted before the commit. A
# distributed table has none here: Citus leaves them to its nodes.
_GROWN: Final = text(
    f"""
    SELECT relname FROM pg_class
    WHERE relname = ANY(CAST(:tables AS text[])) AND relnamespace = to_regnamespace('public')
      AND pg_relation_size(oid) / current_setting('block_size')::int > {_PAGES} + 1.1 * relpages
    ORDER BY relname
    """  # noqa: S608 - a constant of this program
)


def follow(session: Session) -> None:
    """Analyse the tables that have grown by more than a tenth since it was done. A table that somebody else analyses or
    vacuums is left to them, as is everything where the web role may not (PostgreSQL before 17: a warning there)."""
    grown = session.execute(_GROWN, {"tables": _TABLES}).scalars().all()
    if grown:
        session.execute(text(f"ANALYZE (SKIP_LOCKED) {', '.join(grown)}"))
