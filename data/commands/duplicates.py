"""Which entries of a file the ledger has already (`contract.md`, Statement import: duplicates).

By the bank's id where both have one, else by fingerprint and occurrence; pending lines that come back booked are
recognised by account, amount and payee. Works on the staging table; never across accounts or tenants.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from data.imports.fingerprint import normalise

_BY_EXTERNAL_ID = text(
    """
    UPDATE staging s SET status = 'duplicate', transaction_id = t.id
    FROM transactions t
    WHERE t.tenant_id = :tenant AND t.account_id = s.account_id AND t.external_id = s.external_id
    """
)
# An entry whose bank id differs from that of an equal line in the ledger is another booking: the id decides.
_BY_FINGERPRINT = text(
    """
    UPDATE staging s SET status = 'duplicate', transaction_id = t.id, by_text = t.import_id IS NOT NULL
    FROM transactions t
    WHERE t.tenant_id = :tenant AND s.status = 'new' AND t.account_id = s.account_id
      AND t.fingerprint = s.fingerprint AND t.occurrence = s.occurrence
      AND (t.external_id IS NULL OR s.external_id IS NULL)
    """
)
# Statements that overlap share most lines of their common days. Where they share few, equal lines are twins that
# happened twice (lines of one day in a council's registers of two months), not one line told twice.
_KEEP_TWINS = text(
    """
    WITH days AS (
        SELECT account_id, booked_on, count(*) AS here, count(*) FILTER (WHERE by_text) AS equal
        FROM staging GROUP BY account_id, booked_on
    ), shared AS (
        SELECT d.account_id, d.here, d.equal, known.lines
        FROM days d CROSS JOIN LATERAL (
            SELECT count(*) AS lines FROM transactions t
            WHERE t.tenant_id = :tenant AND t.account_id = d.account_id AND t.booked_on = d.booked_on
              AND t.import_id IS NOT NULL
        ) known
        WHERE known.lines > 0
    ), apart AS (
        SELECT account_id FROM shared GROUP BY account_id
        HAVING sum(equal) > 0 AND 2 * sum(equal) <= least(sum(here), sum(lines))
    )
    UPDATE staging s SET status = 'new', transaction_id = NULL
    FROM apart WHERE s.account_id = apart.account_id AND s.by_text
    """
)
# Only groups of equal lines in which a new one would take a number that is taken need other numbers.
_RENUMBER = text(
    """
    WITH taken AS (
        SELECT DISTINCT f.account_id, f.fingerprint FROM staging f
        JOIN transactions t ON t.tenant_id = :tenant AND t.account_id = f.account_id
          AND t.fingerprint = f.fingerprint AND t.occurrence = f.occurrence
        WHERE f.status = 'new'
    ), numbered AS (
        SELECT f.n, highest.occurrence
               + row_number() OVER (PARTITION BY f.account_id, f.fingerprint ORDER BY f.n) AS occurrence
        FROM staging f
        JOIN taken USING (account_id, fingerprint)
        CROSS JOIN LATERAL (
            SELECT max(t.occurrence) AS occurrence FROM transactions t
            WHERE t.tenant_id = :tenant AND t.account_id = f.account_id AND t.fingerprint = f.fingerprint
        ) highest
        WHERE f.status = 'new'
    )
    UPDATE staging s SET occurrence = numbered.occurrence FROM numbered WHERE s.n = numbered.n
    """
)
_PENDING = text(
    """
    SELECT t.id, t.account_id, t.booked_on, t.amount, t.payee FROM transactions t
    WHERE t.tenant_id = :tenant AND t.pending AND t.account_id IN (SELECT account_id FROM staging)
    """
)
_CANDIDATES = text(
    """
    SELECT n, account_id, booked_on, amount, payee FROM staging
    WHERE status = 'new' AND NOT pending AND (account_id, amount) IN
      (SELECT * FROM unnest(CAST(:accounts AS bigint[]), CAST(:amounts AS bigint[])))
    ORDER BY booked_on, n
    """
)
_SETTLE_WITHIN_DAYS: Final = 10
_MARK = text("UPDATE staging SET status = 'duplicate', transaction_id = :transaction WHERE n = :n")


def find_duplicates(session: Session, tenant_id: int) -> None:
    """Mark what the ledger has: by the bank's id, else by fingerprint and occurrence; number the rest anew."""
    session.execute(_BY_EXTERNAL_ID, {"tenant": tenant_id})
    session.execute(_BY_FINGERPRINT, {"tenant": tenant_id})
    session.execute(_KEEP_TWINS, {"tenant": tenant_id})
    _find_settled(session, tenant_id)
    session.execute(_RENUMBER, {"tenant": tenant_id})
    session.execute(text("ANALYZE staging"))


def _find_settled(session: Session, tenant_id: int) -> None:
    """Mark booked entries that are pending lines come back: same account, amount and payee, few days apart."""
    waiting = session.execute(_PENDING, {"tenant": tenant_id}).all()
    if not waiting:
        return
    parameters = {"accounts": [row.account_id for row in waiting], "amounts": [row.amount for row in waiting]}
    taken: set[int] = set()
    for entry in session.execute(_CANDIDATES, parameters).all():
        fitting = [
            row
            for row in waiting
            if row.id not in taken
            and (row.account_id, row.amount) == (entry.account_id, entry.amount)
            and abs((row.booked_on - entry.booked_on).days) <= _SETTLE_WITHIN_DAYS
            and normalise(row.payee) == normalise(entry.payee)
        ]
        if fitting:
            best = min(fitting, key=lambda row: (abs((row.booked_on - entry.booked_on).days), row.booked_on, row.id))
            taken.add(best.id)
            session.execute(_MARK, {"n": entry.n, "transaction": best.id})
