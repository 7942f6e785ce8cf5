"""Accounts and their balances, without scanning the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

import pandas as pd
from sqlalchemy.orm import Session

from core.period import Months, Period
from data.frames.base import Scope, framed
from data.frames.driver import Select, rows
from data.frames.pieces import Pieces
from data.schemas.common import AccountType

_DAY: Final = timedelta(days=1)
_ACCOUNTS: Final = """
    SELECT a.id, a.name, a.type, a.institution, a.currency, a.opening_balance, a.opening_on, a.opened_on, a.closed_on,
           a.in_net_worth,
           (SELECT min(r.booked_on) FROM daily_rollup r
            WHERE r.tenant_id = :tenant AND r.account_id = a.id AND r.flow <> 2),
           (SELECT max(r.booked_on) FROM daily_rollup r
            WHERE r.tenant_id = :tenant AND r.account_id = a.id AND r.flow <> 2),
           (SELECT CAST(coalesce(sum(r.amount), 0) AS bigint) FROM daily_rollup r
            WHERE r.tenant_id = :tenant AND r.account_id = a.id AND r.flow = 2)
    FROM accounts a WHERE a.tenant_id = :tenant ORDER BY lower(a.name), a.id
"""
ACCOUNTS: Final = Select(_ACCOUNTS, {})
_ACCOUNT_TYPES: Final = {
    "id": "int64",
    "name": "object",
    "type": "object",
    "institution": "object",
    "currency": "object",
    "opening_balance": "object",
    "opening_on": "object",
    "opened_on": "object",
    "closed_on": "object",
    "in_net_worth": "bool",
    "first_booked_on": "object",
    "last_booked_on": "object",
    "pending": "int64",
}
# A month is taken whole unless a day asked for, or the account's opening, lies inside it: then its days are.
# width_bucket counts the thresholds that are <= its operand.
_MOVEMENTS: Final = """
    WITH scope AS MATERIALIZED (
        SELECT id, opening_on,
               CAST(extract(year FROM opening_on - CAST(:shift AS integer)) * 12
                    + extract(month FROM opening_on - CAST(:shift AS integer)) - 1 AS bigint) AS opening_month
        FROM accounts WHERE tenant_id = :tenant AND (:every OR id = ANY(CAST(:accounts AS bigint[])))
    ), found AS (
        SELECT m.account_id, width_bucket(m.month, CAST(:month_edges AS bigint[])) AS step,
               m.inflow + m.outflow AS amount,
               CASE WHEN m.month < s.opening_month THEN m.inflow + m.outflow ELSE 0 END AS earlier
        FROM scope s JOIN account_months m ON m.tenant_id = :tenant AND m.account_id = s.id
        WHERE m.month <> ALL(CAST(:cut AS bigint[])) AND m.month IS DISTINCT FROM s.opening_month
        UNION ALL
        SELECT r.account_id, width_bucket(r.booked_on, CAST(:day_edges AS date[])), r.amount,
               CASE WHEN r.booked_on < s.opening_on THEN r.amount ELSE 0 END
        FROM scope s
        CROSS JOIN LATERAL (
            SELECT first, stop FROM unnest(CAST(:cut_first AS date[]), CAST(:cut_end AS date[])) AS cut(first, stop)
            UNION
            SELECT CAST(date_trunc('month', s.opening_on - CAST(:shift AS integer)) AS date) + CAST(:shift AS integer),
                   CAST(date_trunc('month', s.opening_on - CAST(:shift AS integer)) + interval '1 month' AS date)
                   + CAST(:shift AS integer)
            WHERE s.opening_on IS NOT NULL
        ) AS span
        CROSS JOIN LATERAL (
            SELECT d.account_id, d.booked_on, d.amount FROM daily_rollup d
            WHERE d.tenant_id = :tenant AND d.account_id = s.id AND d.booked_on >= span.first
              AND d.booked_on < span.stop AND d.flow <> 2
            OFFSET 0
        ) AS r
    )
    SELECT account_id, CAST(step AS bigint), CAST(sum(amount) AS bigint), CAST(sum(earlier) AS bigint)
    FROM found GROUP BY account_id, step
"""
_TURNOVERS: Final = """
    SELECT account_id, CAST(sum(inflow) AS bigint), CAST(-sum(outflow) AS bigint), CAST(sum(lines) AS bigint) FROM (
        SELECT m.account_id, m.inflow, m.outflow, m.count AS lines FROM account_months m
        WHERE m.tenant_id = :tenant AND m.month >= :first AND m.month < :end {months}
        {edges}
    ) AS found GROUP BY account_id HAVING sum(lines) > 0
"""
_OF_CATEGORIES: Final = """
    SELECT account_id, CAST(sum(inflow) AS bigint), CAST(-sum(outflow) AS bigint), CAST(sum(lines) AS bigint) FROM (
        SELECT m.account_id, greatest(m.amount, 0) AS inflow, least(m.amount, 0) AS outflow, m.count AS lines
        FROM monthly_rollup m
        WHERE m.tenant_id = :tenant AND m.category_id = ANY(CAST(:categories AS bigint[])) AND m.month >= :first
          AND m.month < :end AND m.flow <> 2
          AND m.account_id IN (SELECT id FROM accounts WHERE tenant_id = :tenant) {months}
        {edges}
    ) AS found GROUP BY account_id HAVING sum(lines) > 0
"""
_EDGES: Final = """
        UNION ALL
        SELECT m.account_id, greatest(m.amount, 0), least(m.amount, 0), m.count
        FROM unnest(CAST(:edge_first AS date[]), CAST(:edge_end AS date[])) AS edge(first, stop)
        CROSS JOIN LATERAL (
            SELECT m.* FROM daily_rollup m
            WHERE m.tenant_id = :tenant AND m.booked_on >= edge.first AND m.booked_on < edge.stop AND m.flow <> 2
              {months}
            OFFSET 0) AS m
"""


class AccountRow(NamedTuple):
    """An account; money in minor units of its currency. Days are of booked lines."""

    id: int
    name: str
    type: AccountType
    institution: str | None
    currency: str
    opening_balance: int | None
    opening_on: date | None
    opened_on: date | None
    closed_on: date | None
    in_net_worth: bool
    first_booked_on: date | None
    last_booked_on: date | None
    pending: int


def account_rows(session: Session) -> list[AccountRow]:
    """All accounts by name."""
    return [AccountRow(*row) for row in rows(session, *ACCOUNTS)]


def account_table(found: Sequence[AccountRow]) -> pd.DataFrame:
    """Accounts as a frame: the names of `AccountRow`, int64 and bool where nothing is missing."""
    return framed(found, _ACCOUNT_TYPES)


def account_frame(session: Session) -> pd.DataFrame:
    """All accounts by name, as `account_table`."""
    return account_table(account_rows(session))


def movements(
    session: Session, account_ids: Sequence[int] | None, days: Sequence[date], months: Months
) -> list[tuple[int, int, int, int]]:
    """What was booked up to and between `days` (ascending): (account id, step, amount, before the opening).

    `step` k holds the bookings after `days[k - 1]` up to and including `days[k]`; the last number is the part of it
    that lies before the account's opening day. Pending lines are in nothing.
    """
    return rows(session, *movements_select(account_ids, days, months))


def movements_select(account_ids: Sequence[int] | None, days: Sequence[date], months: Months) -> Select:
    """What `movements` reads."""
    cut = sorted({index for day in days if months.last(index := months.index(day)) != day})
    parameters = {
        "every": account_ids is None,
        "accounts": list(account_ids or ()),
        "shift": months.start_day - 1,
        "cut": cut,
        "cut_first": [months.first(index) for index in cut],
        "cut_end": [months.first(index + 1) for index in cut],
        "month_edges": [months.index(day + _DAY) for day in days],
        "day_edges": [day + _DAY for day in days],
    }
    return Select(_MOVEMENTS, parameters)


def turnovers(session: Session, scope: Scope, period: Period, months: Months) -> dict[int, tuple[int, int, int]]:
    """Account id -> inflow, outflow (both >= 0) and lines booked in the period, transfers and adjustments included.

    For a scope without tags. Accounts without a line are left out.
    """
    return {row[0]: (row[1], row[2], row[3]) for row in rows(session, *turnovers_select(scope, period, months))}


def turnovers_select(scope: Scope, period: Period, months: Months) -> Select:
    """What `turnovers` reads."""
    pieces = Pieces.of(months, period)
    accounts = "AND m.account_id = ANY(CAST(:accounts AS bigint[]))" if scope.account_ids is not None else ""
    chosen = accounts
    if scope.category_ids is not None:
        chosen += " AND m.category_id = ANY(CAST(:categories AS bigint[]))"
    sql = _TURNOVERS if scope.category_ids is None else _OF_CATEGORIES
    parameters = {
        **scope.parameters,
        "first": pieces.first,
        "end": pieces.end,
        "edge_first": [first for first, _ in pieces.days],
        "edge_end": [end for _, end in pieces.days],
    }
    sql = sql.format(months=accounts, edges=_EDGES.format(months=chosen) if pieces.days else "")
    return Select(sql, parameters)
