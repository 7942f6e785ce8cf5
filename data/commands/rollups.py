"""Keeps `daily_rollup` equal to the ledger: whatever a command touched is summed anew from the lines of those days.

Plain statements, no trigger, so that it also runs on Citus (docs/decisions/0003-tenants-in-postgresql.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

_DELETE = text(
    """
    DELETE FROM daily_rollup r
    USING unnest(CAST(:accounts AS bigint[]), CAST(:days AS date[])) AS touched(account_id, day)
    WHERE r.tenant_id = :tenant AND r.account_id = touched.account_id AND r.booked_on = touched.day
    """
)

_INSERT = text(
    """
    INSERT INTO daily_rollup (tenant_id, account_id, booked_on, category_id, flow, sign, amount, count)
    SELECT :tenant, account_id, booked_on, category_id, flow, sign, sum(amount), count(*)
    FROM (
        SELECT t.account_id, t.booked_on, coalesce(t.category_id, 0) AS category_id, t.flow,
               sign(t.amount)::smallint AS sign, t.amount
        FROM transactions t
        JOIN unnest(CAST(:accounts AS bigint[]), CAST(:days AS date[])) AS touched(account_id, day)
          ON t.account_id = touched.account_id AND t.booked_on = touched.day
        WHERE t.tenant_id = :tenant AND NOT t.is_split
        UNION ALL
        SELECT t.account_id, t.booked_on, coalesce(s.category_id, 0), s.flow, sign(s.amount)::smallint, s.amount
        FROM transactions t
        JOIN unnest(CAST(:accounts AS bigint[]), CAST(:days AS date[])) AS touched(account_id, day)
          ON t.account_id = touched.account_id AND t.booked_on = touched.day
        JOIN splits s ON s.tenant_id = t.tenant_id AND s.transaction_id = t.id
        WHERE t.tenant_id = :tenant AND t.is_split
    ) AS lines
    GROUP BY account_id, booked_on, category_id, flow, sign
    ON CONFLICT (tenant_id, account_id, booked_on, category_id, flow, sign)
    DO UPDATE SET amount = excluded.amount, count = excluded.count
    """
)


def refresh(session: Session, tenant_id: int, touched: Mapping[int, set[date]]) -> None:
    """Sum the touched days (account id -> days) of a tenant anew. A sum beyond bigint fails the whole command."""
    pairs = [(account, day) for account, days in sorted(touched.items()) for day in sorted(days)]
    if not pairs:
        return
    parameters = {
        "tenant": tenant_id,
        "accounts": [account for account, _ in pairs],
        "days": [day for _, day in pairs],
    }
    session.execute(_DELETE, parameters)
    session.execute(_INSERT, parameters)
