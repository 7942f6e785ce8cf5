"""The lines that a tenant's categories are learned from: those that a person, a file or a rule categorised.

Never the program's own guesses. Lines that are legs of transfers without a category, or that a person left without one,
are examples too: of lines to leave alone (`NONE`).
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from data.classify.learn import NONE, Learned
from data.classify.lines import Example, Line
from data.models.category import Category

PER_CATEGORY: Final = 4_000
"""Lines looked at of each category, newest first."""
MOST_LINES: Final = 40_000
"""Lines looked at in all, newest first: training then takes about a second."""

SQL_LINE: Final = "payee, purpose, counterparty, mcc, amount > 0 AS inflow, length(abs(amount)::text) AS size"
"""The columns of a `Line`."""
_SELECTED: Final = """
    t.id, t.payee, t.purpose, t.counterparty, t.mcc, t.amount, t.booked_on, t.category_source, t.category_id,
    t.transfer_id
    FROM transactions t
    WHERE t.tenant_id = :tenant AND NOT t.is_split AND t.type = 'normal' AND t.amount <> 0
"""
# By the index on (tenant, category, day), category by category, so that one with a million lines costs no more.
_EXAMPLES: Final = text(
    f"""
    WITH told AS (
        SELECT e.* FROM categories c CROSS JOIN LATERAL (
            SELECT {_SELECTED} AND t.category_id = c.id
              AND coalesce(t.category_source, 'file') IN ('person', 'file', 'rule')
            ORDER BY t.booked_on DESC, t.id DESC LIMIT :per_category
        ) e
        WHERE c.tenant_id = :tenant
    ), without AS (
        SELECT {_SELECTED} AND t.category_id IS NULL
        ORDER BY t.booked_on DESC, t.id DESC LIMIT :most
    ), alone AS (
        SELECT * FROM without WHERE transfer_id IS NOT NULL OR category_source = 'person'
        ORDER BY booked_on DESC, id DESC LIMIT :per_category
    ), recent AS (
        SELECT * FROM told UNION ALL SELECT * FROM alone ORDER BY booked_on DESC, id DESC LIMIT :most
    )
    SELECT {SQL_LINE}, coalesce(category_id, {NONE}) AS category_id, count(*) AS lines,
           count(*) FILTER (WHERE category_source = 'person') AS by_hand, max(booked_on) AS newest
    FROM recent
    GROUP BY payee, purpose, counterparty, mcc, inflow, size, category_id
    ORDER BY newest DESC, payee, purpose, counterparty, mcc, inflow, size, category_id
    """  # noqa: S608 - the parts are constants of this program
)


def line_of(row: Any) -> Line:
    """The line in a row with the columns of `SQL_LINE`."""
    return Line(row.payee, row.purpose, row.counterparty, row.mcc, row.inflow, row.size)


def read_examples(session: Session, tenant_id: int) -> list[Example]:
    """The newest examples, equal ones together; the same ledger gives the same list."""
    found = session.execute(_EXAMPLES, {"tenant": tenant_id, "per_category": PER_CATEGORY, "most": MOST_LINES}).all()
    if not found:
        return []
    newest = found[0].newest
    return [Example(line_of(row), row.category_id, row.lines, row.by_hand, (newest - row.newest).days) for row in found]


def learn(session: Session, tenant_id: int) -> Learned | None:
    """What the tenant's lines teach; None when nothing is categorised."""
    examples = read_examples(session, tenant_id)
    if not any(example.category_id != NONE for example in examples):
        return None
    kinds: dict[int, str] = {row[0]: row[1] for row in session.execute(select(Category.id, Category.kind))}
    return Learned(examples, kinds)
