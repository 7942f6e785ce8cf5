"""What the lines of some accounts say that no sum says: the largest each way and the payees, read in one go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from core.period import Period
from core.query import UNCATEGORISED
from data.frames.base import Scope
from data.frames.driver import Select, rows

# Within an OR the planner makes it a hash table; an array would be gone through for every line.
_KINDS: Final = "category_id IN (SELECT id FROM categories WHERE tenant_id = :tenant AND kind"
_FLOW: Final = f"(category_id IS NULL OR {_KINDS} IN ('income', 'expense')))"
_EXPENSE: Final = f"((category_id IS NULL AND amount <= 0) OR {_KINDS} = 'expense'))"
# Parts of split transactions one by one: OFFSET 0 keeps each look-up an index's.
_LINES: Final = """
    WITH line AS MATERIALIZED (
        SELECT t.id, t.booked_on, t.payee, t.amount, t.category_id FROM transactions t
        WHERE {own} AND t.flow = 0 AND NOT t.is_split {whole}
        UNION ALL
        SELECT t.id, t.booked_on, t.payee, s.amount, s.category_id FROM transactions t CROSS JOIN LATERAL (
            SELECT s.amount, s.category_id FROM splits s
            WHERE s.tenant_id = :tenant AND s.transaction_id = t.id AND s.flow = 0 {part} OFFSET 0) AS s
        WHERE {own} AND t.is_split
    )
    (SELECT 1, amount, booked_on, id, NULL AS payee, 1 FROM line WHERE amount > 0 AND {flow}
     ORDER BY amount DESC, booked_on, id LIMIT 1)
    UNION ALL
    (SELECT -1, amount, booked_on, id, NULL, 1 FROM line WHERE amount < 0 AND {flow}
     ORDER BY amount, booked_on, id LIMIT 1)
    UNION ALL
    (SELECT 0, CAST(-sum(amount) AS bigint), NULL, NULL, payee, count(*) FROM line
     WHERE btrim(payee) <> '' AND {expense}
     GROUP BY payee ORDER BY sum(amount), payee COLLATE "C" LIMIT :most)
"""
_OWN: Final = """t.tenant_id = :tenant AND t.account_id = ANY(CAST(:accounts AS bigint[]))
          AND t.booked_on >= :start AND t.booked_on < :stop"""


@dataclass(frozen=True, slots=True)
class AccountLines:
    """`largest`: (sign, amount, booked_on, transaction id) each way; `payees`: (payee, spent, lines), most first."""

    largest: list[tuple[int, int, date, int]]
    payees: list[tuple[str, int, int]]


def account_lines(session: Session, select: Select) -> AccountLines:
    """What an `account_lines_select` finds."""
    found = rows(session, *select)
    return AccountLines(
        [(row[0], row[1], row[2], row[3]) for row in found if row[0]],
        [(row[4], row[1], row[5]) for row in found if not row[0]],
    )


def account_lines_select(scope: Scope, period: Period, most: int) -> Select:
    """The same as `native_extremes` and `payees` say, of accounts in the report's currency and without tags."""

    def chosen(row: str) -> str:
        if scope.category_ids is None:
            return ""
        loose = f" OR {row}.category_id IS NULL" if UNCATEGORISED in scope.category_ids else ""
        return f"AND ({row}.category_id = ANY(CAST(:categories AS bigint[])){loose})"

    parameters = {"start": period.start, "stop": period.end, "most": most, **scope.parameters}
    return Select(
        _LINES.format(own=_OWN, whole=chosen("t"), part=chosen("s"), flow=_FLOW, expense=_EXPENSE), parameters
    )
