"""Statements that are compared with the ledger: their entries, what is cleared, and what files stated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from data.frames.driver import Select, rows
from data.models.account import Account
from data.models.reconciliation import Reconciliation

# What moves the balance from the opening to the statement's day: booked, not before the opening day.
_MOVING: Final = """
    t.tenant_id = :tenant AND t.account_id = :account AND NOT t.pending AND t.booked_on <= :day
    AND (CAST(:opening AS date) IS NULL OR t.booked_on >= :opening)
"""
_LOOSE: Final = """
    NOT EXISTS (SELECT 1 FROM reconciled_entries e WHERE e.tenant_id = :tenant AND e.transaction_id = t.id)
"""
ENTRIES: Final = f"{_MOVING} AND {_LOOSE}"
"""The entries of an open statement, as a condition on `transactions t`: those of closed ones are done with."""
_SUMS: Final = f"""
    SELECT CAST(coalesce(sum(t.amount) FILTER (WHERE t.cleared), 0) AS bigint),
           count(*) FILTER (WHERE t.cleared AND {_LOOSE}), count(*) FILTER (WHERE NOT t.cleared AND {_LOOSE})
    FROM transactions t WHERE {_MOVING}
"""  # noqa: S608 - the parts are constants of this program
_OPEN_IDS: Final = f"""
    SELECT t.id, t.booked_on FROM transactions t
    WHERE {ENTRIES} AND (t.booked_on, t.id) < (:before, :last) ORDER BY t.booked_on DESC, t.id DESC LIMIT :most
"""  # noqa: S608 - as above
_CLOSED_IDS: Final = """
    SELECT t.id, t.booked_on FROM reconciled_entries e
    JOIN transactions t ON t.tenant_id = :tenant AND t.id = e.transaction_id
    WHERE e.tenant_id = :tenant AND e.reconciliation_id = :own AND (t.booked_on, t.id) < (:before, :last)
    ORDER BY t.booked_on DESC, t.id DESC LIMIT :most
"""
_HELD: Final = """
    SELECT reconciliation_id, count(*) FROM reconciled_entries
    WHERE tenant_id = :tenant AND reconciliation_id = ANY(CAST(:ids AS bigint[])) GROUP BY reconciliation_id
"""
_STATED: Final = """
    SELECT b.closing_on, b.closing, b.import_id, i.filename,
           EXISTS (SELECT 1 FROM reconciliations r WHERE r.tenant_id = :tenant AND r.account_id = :account
                   AND r.closed_at IS NOT NULL AND r.statement_on >= b.closing_on) AS reconciled
    FROM statement_balances b JOIN imports i ON i.tenant_id = :tenant AND i.id = b.import_id
    WHERE b.tenant_id = :tenant AND b.account_id = :account AND b.closing IS NOT NULL AND b.closing_on IS NOT NULL
    ORDER BY b.closing_on DESC, b.import_id DESC, b.position DESC LIMIT 50
"""
_STANDING: Final = """
    SELECT a.id, s.closing_on, s.closing, r.statement_on, coalesce(r.disturbed, false)
    FROM accounts a
    LEFT JOIN LATERAL (
        SELECT b.closing_on, b.closing FROM statement_balances b
        WHERE b.tenant_id = :tenant AND b.account_id = a.id AND b.closing IS NOT NULL AND b.closing_on IS NOT NULL
        ORDER BY b.closing_on DESC, b.import_id DESC, b.position DESC LIMIT 1
    ) AS s ON true
    LEFT JOIN LATERAL (
        SELECT x.statement_on, x.disturbed FROM reconciliations x
        WHERE x.tenant_id = :tenant AND x.account_id = a.id AND x.closed_at IS NOT NULL
        ORDER BY x.statement_on DESC, x.id DESC LIMIT 1
    ) AS r ON true
    WHERE a.tenant_id = :tenant AND (s.closing_on IS NOT NULL OR r.statement_on IS NOT NULL) ORDER BY a.id
"""
STANDING: Final = Select(_STANDING, {})


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest closing balance that a file stated for an account (minor units), and its newest closed statement."""

    account_id: int
    stated_on: date | None
    stated: int | None
    reconciled_on: date | None
    disturbed: bool


def cleared_sums(session: Session, account: Account, day: date) -> tuple[int, int, int]:
    """(the cleared balance in minor units, cleared entries, uncleared ones) of an open statement of `day`."""
    ((amount, cleared, uncleared),) = rows(session, _SUMS, moving(account, day))
    return (account.opening_balance or 0) + amount, cleared, uncleared


def moving(account: Account, day: date) -> dict[str, Any]:
    """The parameters of `ENTRIES`."""
    return {"account": account.id, "opening": account.opening_on, "day": day}


def entry_ids(
    session: Session, row: Reconciliation, account: Account, limit: int, after: tuple[date, int] | None
) -> list[tuple[int, date]]:
    """(id, booked_on) of a statement's entries, the newest first, after that one."""
    before, last = after or (date.max, 0)
    place = {"before": before, "last": last, "most": limit}
    if row.closed_at is None:
        found = rows(session, _OPEN_IDS, {**moving(account, row.statement_on), **place})
    else:
        found = rows(session, _CLOSED_IDS, {"own": row.id, **place})
    return [(each[0], each[1]) for each in found]


def held_counts(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """How many entries each closed statement holds."""
    return {row[0]: row[1] for row in rows(session, _HELD, {"ids": list(ids)})} if ids else {}


def stated_rows(session: Session, account_id: int) -> list[Any]:
    """(closing_on, closing, import_id, filename, reconciled) of the account's imported statements, newest first."""
    return rows(session, _STATED, {"account": account_id})


def standings(session: Session) -> list[Standing]:
    """The accounts with a stated balance or a closed statement, by id."""
    return [Standing(*row) for row in rows(session, *STANDING)]
