"""Payments into loans and mortgages, and what is known of their interest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core.period import Period
from data.frames.base import Scope
from data.frames.driver import rows
from data.frames.findings import Doubt
from data.frames.lines import is_expense, lines
from data.models.category import Category
from data.models.rollup import Flow

DEBT_TYPES: Final = ("loan", "mortgage")
# From the loans' legs of matched payments to the split payments on their other side, and to all parts of those.
_INTEREST: Final = """
    SELECT paid.account_id, paid.booked_on, CAST(sum(part.amount) AS bigint)
    FROM transactions paid
    JOIN splits part ON part.tenant_id = :tenant AND part.transaction_id = paid.id
    LEFT JOIN categories kind ON kind.tenant_id = :tenant AND kind.id = part.category_id
    WHERE paid.tenant_id = :tenant AND part.transfer_id IS NULL
      AND (kind.kind = 'expense' OR (part.category_id IS NULL AND part.amount < 0))
      AND paid.id IN (
          SELECT s.transaction_id FROM splits s WHERE s.tenant_id = :tenant AND s.transfer_id IN (
              SELECT t.transfer_id FROM transactions t
              JOIN accounts a ON a.tenant_id = :tenant AND a.id = t.account_id
              WHERE t.tenant_id = :tenant AND a.type = ANY(CAST(:types AS text[])) AND t.transfer_id IS NOT NULL
                AND t.amount > 0 AND t.booked_on >= :start AND t.booked_on < :stop))
    GROUP BY paid.account_id, paid.booked_on, part.category_id, sign(part.amount)
"""
_WHOLE: Final = """
    SELECT leg.account_id, leg.booked_on, CAST(sum(leg.amount) AS bigint), count(*)
    FROM transactions leg
    JOIN transactions payment ON payment.tenant_id = :tenant AND payment.transfer_id = leg.transfer_id
     AND payment.id <> leg.id AND payment.amount < 0
    WHERE leg.tenant_id = :tenant AND leg.account_id = ANY(CAST(:debts AS bigint[])) AND leg.amount > 0
      AND leg.booked_on >= :start AND leg.booked_on < :stop
    GROUP BY leg.account_id, leg.booked_on
"""


def interest(session: Session, period: Period) -> list[tuple[int, date, int]]:
    """Interest and fees that were paid along with a loan: the parts of kind expense of payments that are split, one
    of whose parts went to a loan. Account id, booked_on, amount (signed), by conversion group."""
    return rows(session, _INTEREST, {"types": list(DEBT_TYPES), "start": period.start, "stop": period.end})


def undivided(session: Session, scope: Scope, period: Period, debts: Sequence[int]) -> list[Doubt]:
    """Payments into loans whose interest is not told: the `debts`' legs of pairs with a whole transaction, but not of
    loans that are charged in their own account (lines of kind expense within `scope`). The account is the loan."""
    whole = rows(session, _WHOLE, {"debts": list(debts), "start": period.start, "stop": period.end})
    charged = _charged(session, scope, period, {row[0] for row in whole}) if whole else set()
    return [row for row in whole if row[0] not in charged]


def _charged(session: Session, scope: Scope, period: Period, debts: set[int]) -> set[int]:
    """Those of these loans in whose own account something of kind expense is booked."""
    line, kind = lines(scope), aliased(Category)
    statement = (
        select(line.c.account_id)
        .distinct()
        .outerjoin(kind, kind.id == line.c.category_id)
        .where(
            line.c.account_id.in_(sorted(debts)),
            line.c.flow == Flow.ORDINARY,
            line.c.booked_on >= period.start,
            line.c.booked_on < period.end,
            is_expense(line.c.category_id, kind.kind, line.c.sign),
        )
    )
    return set(session.scalars(statement))
