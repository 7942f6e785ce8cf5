"""What in the ledger looks as if somebody should look at it: candidates for transfers, lines that came twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from core.period import Period
from data.frames.driver import Select, rows

Doubt = tuple[int, date, int, int]
"""Account id, booked_on, amount (minor units of the account's currency), count."""


# Both sides are read from `ix_transactions_loose` alone, then compared by amount.
_SUGGESTIONS: Final = """
    WITH loose AS MATERIALIZED (
        SELECT t.id, t.account_id, t.booked_on, t.amount FROM transactions t
        WHERE t.tenant_id = :tenant AND t.flow = 0 AND NOT t.is_split AND t.category_id IS NULL
          AND t.booked_on >= CAST(:start AS date) - 4 AND t.booked_on < CAST(:stop AS date) + 4
        UNION ALL
        SELECT t.id, t.account_id, t.booked_on, t.amount FROM transactions t
        WHERE t.tenant_id = :tenant AND t.flow = 0 AND NOT t.is_split
          AND t.category_id = ANY(ARRAY(SELECT id FROM categories
                                        WHERE tenant_id = :tenant AND kind IN ('transfer', 'saving')))
          AND t.booked_on >= CAST(:start AS date) - 4 AND t.booked_on < CAST(:stop AS date) + 4
    ), alike AS MATERIALIZED (
        SELECT o.id, o.account_id, o.booked_on, -o.amount AS amount, i.id AS other_id, i.account_id AS other
        FROM loose o JOIN loose i ON i.amount = -o.amount AND i.account_id <> o.account_id
         AND abs(i.booked_on - o.booked_on) <= 4
        WHERE o.amount < 0 AND i.amount > 0 AND o.booked_on >= :start AND o.booked_on < :stop
          AND (:every OR o.account_id = ANY(CAST(:accounts AS bigint[]))
               OR i.account_id = ANY(CAST(:accounts AS bigint[])))
    ), pairs AS (
        SELECT DISTINCT o.id, o.account_id, o.booked_on, o.amount
        FROM alike o
        JOIN accounts a ON a.tenant_id = :tenant AND a.id = o.account_id
        JOIN accounts b ON b.tenant_id = :tenant AND b.id = o.other AND b.currency = a.currency
        WHERE NOT EXISTS (SELECT 1 FROM transfer_separations s WHERE s.tenant_id = :tenant
                          AND ((s.from_transaction_id = o.id AND s.to_transaction_id = o.other_id)
                            OR (s.from_transaction_id = o.other_id AND s.to_transaction_id = o.id)))
    )
    SELECT account_id, booked_on, CAST(sum(amount) AS bigint), count(*) FROM pairs GROUP BY account_id, booked_on
"""


def suggestions(session: Session, account_ids: Sequence[int] | None, period: Period) -> list[Doubt]:
    """Outflows of the period that may be transfers but for which nothing speaks except amount and date, their amounts
    positive. Whole transactions within one currency; the inflow is at most 4 days away.

    A side is booked, not matched, and its category does not say that it is income or expense; pairs that a person
    separated are none.
    """
    return rows(session, *suggestions_select(account_ids, period))


def suggestions_select(account_ids: Sequence[int] | None, period: Period) -> Select:
    """What `suggestions` reads."""
    parameters = {
        "start": period.start,
        "stop": period.end,
        "every": account_ids is None,
        "accounts": list(account_ids or ()),
    }
    return Select(_SUGGESTIONS, parameters)


_DUPLICATES: Final = """
    SELECT account_id, booked_on, CAST(sum(abs(amount) * surplus) AS bigint), CAST(sum(surplus) AS bigint) FROM (
        SELECT t.account_id, t.booked_on, t.amount, count(DISTINCT coalesce(t.import_id, 0)) - 1 AS surplus
        FROM transactions t
        WHERE t.tenant_id = :tenant AND t.flow <> 2 AND t.amount <> 0 AND t.booked_on >= :start AND t.booked_on < :stop
          AND (:every OR t.account_id = ANY(CAST(:accounts AS bigint[])))
          -- Without imports there is nothing to compare, and nothing is read.
          AND EXISTS (SELECT 1 FROM imports i WHERE i.tenant_id = :tenant)
        GROUP BY t.account_id, t.booked_on, t.amount, t.payee_key
        HAVING min(coalesce(t.import_id, 0)) <> max(coalesce(t.import_id, 0))
    ) AS found GROUP BY account_id, booked_on
"""


def duplicates(session: Session, account_ids: Sequence[int] | None, period: Period) -> list[Doubt]:
    """Lines of the period that may have come twice: of one account, day, amount and payee, but from different files
    (or from a file and by hand). The amount is how much more it is than one file's share, positive. Equal lines of one
    file are two purchases."""
    return rows(session, *duplicates_select(account_ids, period))


def duplicates_select(account_ids: Sequence[int] | None, period: Period) -> Select:
    """What `duplicates` reads."""
    parameters = {
        "start": period.start,
        "stop": period.end,
        "every": account_ids is None,
        "accounts": list(account_ids or ()),
    }
    return Select(_DUPLICATES, parameters)
