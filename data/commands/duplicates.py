"""Which entries of a file the ledger has already (`contract.md`, Statement import: duplicates).

By the bank's id where both have one, else by fingerprint and occurrence; pending lines that come back booked are
recognised by account, amount and payee. What a person merged into a transaction is recognised by either form of it.
What may be in the ledger in another form is held for review (`data.commands.suspects`). Works on the staging table;
never across accounts or tenants.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from data.commands import suspects
from data.imports.fingerprint import normalise

# The id says which booking it is, unless the rest says another one: ids are used again, by some banks each year.
# `candidate_id` is then the transaction that has the id, which no other one can have.
_BY_EXTERNAL_ID = text(
    """
    UPDATE staging s
    SET transaction_id = CASE WHEN agrees THEN t.id END, candidate_id = CASE WHEN NOT agrees THEN t.id END,
        status = CASE WHEN agrees THEN 'duplicate' ELSE s.status END
    FROM (
        SELECT s.n, t.id, s.fingerprint = t.fingerprint
               OR (abs(s.booked_on - t.booked_on) <= :days AND s.amount = t.amount)
               OR (abs(s.booked_on - t.booked_on) <= :days AND t.pending AND NOT t.is_split) AS agrees
        FROM staging s
        JOIN transactions t
          ON t.tenant_id = :tenant AND t.account_id = s.account_id AND t.external_id = s.external_id
        WHERE s.external_id IS NOT NULL
    ) t
    WHERE s.n = t.n
    """
)
_BY_MERGED_ID = text(
    """
    UPDATE staging s SET status = 'duplicate', transaction_id = t.id, candidate_id = NULL
    FROM import_aliases a
    JOIN transactions t ON t.tenant_id = :tenant AND t.id = a.transaction_id
    WHERE a.tenant_id = :tenant AND s.status = 'new' AND t.account_id = s.account_id
      AND a.external_id = s.external_id
      AND (a.fingerprint = s.fingerprint OR (s.amount = t.amount AND abs(s.booked_on - t.booked_on) <= :days))
    """
)
_DISTRUST_IDS = text(
    """
    UPDATE staging s SET external_id = NULL, candidate_id = NULL
    FROM (
        SELECT account_id FROM staging GROUP BY account_id
        HAVING count(candidate_id) > greatest(2, count(transaction_id))
    ) counters
    WHERE s.account_id = counters.account_id AND s.status = 'new' AND s.external_id IS NOT NULL
    RETURNING s.account_id
    """
)
# An entry whose bank id differs from that of an equal line in the ledger is another booking: the id decides.
_BY_FINGERPRINT = text(
    """
    UPDATE staging s
    SET status = 'duplicate', transaction_id = t.id, by_text = t.import_id IS NOT NULL
    FROM transactions t
    WHERE t.tenant_id = :tenant AND s.status = 'new' AND t.account_id = s.account_id
      AND t.fingerprint = s.fingerprint AND t.occurrence = s.occurrence
      AND (t.external_id IS NULL OR s.external_id IS NULL)
    """
)
_BY_MERGED_TEXT = text(
    """
    UPDATE staging s SET status = 'duplicate', transaction_id = t.id
    FROM import_aliases a
    JOIN transactions t ON t.tenant_id = :tenant AND t.id = a.transaction_id
    WHERE a.tenant_id = :tenant AND s.status = 'new' AND t.account_id = s.account_id
      AND a.fingerprint = s.fingerprint AND a.occurrence = s.occurrence
      AND (a.external_id IS NULL OR s.external_id IS NULL OR a.external_id = s.external_id)
    """
)
# Statements that overlap share most lines of their common days. Where they share few, equal lines are twins that
# happened twice (lines of one day in a council's registers of two months), not one line told twice.
# One pass and no join by day: without statistics PostgreSQL would look each day up by the wrong index.
_KEEP_TWINS = text(
    """
    WITH span AS (
        SELECT account_id, min(booked_on) AS first, max(booked_on) AS last FROM staging
        GROUP BY account_id HAVING bool_or(by_text)
    ), days AS (
        SELECT account_id, booked_on, count(*) AS here, count(*) FILTER (WHERE status = 'duplicate') AS equal,
               count(*) FILTER (WHERE by_text) AS by_text, 0 AS lines
        FROM staging WHERE account_id IN (SELECT account_id FROM span) GROUP BY account_id, booked_on
        UNION ALL
        SELECT t.account_id, t.booked_on, 0, 0, 0, count(t.import_id) FROM span
        JOIN transactions t ON t.tenant_id = :tenant AND t.account_id = span.account_id
          AND t.booked_on BETWEEN span.first AND span.last
        GROUP BY t.account_id, t.booked_on
    ), shared AS (
        SELECT account_id, sum(here) AS here, sum(equal) AS equal, sum(by_text) AS by_text, sum(lines) AS lines
        FROM days
        GROUP BY account_id, booked_on HAVING sum(here) > 0 AND sum(lines) > 0
    ), apart AS (
        SELECT account_id FROM shared GROUP BY account_id
        HAVING sum(by_text) > 0 AND 2 * sum(equal) <= least(sum(here), sum(lines))
    )
    UPDATE staging s SET status = 'new', transaction_id = NULL
    FROM apart WHERE s.account_id = apart.account_id AND s.by_text
    """
)
# A line that waits for a decision already is not asked about again.
_WAITING = text(
    """
    UPDATE staging s SET status = 'duplicate'
    FROM import_entries e
    WHERE e.tenant_id = :tenant AND e.status = 'review' AND s.status = 'new' AND e.account_id = s.account_id
      AND e.fingerprint = s.fingerprint AND e.occurrence = s.occurrence
      AND (s.external_id IS NULL OR e.entry ->> 'external_id' IS NULL OR s.external_id = e.entry ->> 'external_id')
    """
)
_OTHER_BOOKING_OF_ID = text("UPDATE staging SET status = 'review' WHERE status = 'new' AND candidate_id IS NOT NULL")
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
    WHERE status = 'new' AND candidate_id IS NULL AND NOT pending AND (account_id, amount) IN
      (SELECT * FROM unnest(CAST(:accounts AS bigint[]), CAST(:amounts AS bigint[])))
    ORDER BY booked_on, n
    """
)
_CLAIMED = text("SELECT transaction_id FROM staging WHERE transaction_id = ANY(CAST(:ids AS bigint[]))")
_SETTLE_WITHIN_DAYS: Final = 10
_MARK = text("UPDATE staging SET status = 'duplicate', transaction_id = :transaction WHERE n = :n")


def find_duplicates(session: Session, tenant_id: int) -> list[str]:
    """Give every entry its status and the new ones free numbers; answers what had to be assumed, in words."""
    parameters = {"tenant": tenant_id, "days": _SETTLE_WITHIN_DAYS}
    session.execute(_BY_EXTERNAL_ID, parameters)
    session.execute(_BY_MERGED_ID, parameters)
    counters = len(session.execute(_DISTRUST_IDS).all())
    for statement in (_BY_FINGERPRINT, _BY_MERGED_TEXT, _KEEP_TWINS, _WAITING):
        session.execute(statement, parameters)
    _find_settled(session, tenant_id)
    session.execute(_OTHER_BOOKING_OF_ID)
    suspects.hold_suspects(session, tenant_id)
    session.execute(_RENUMBER, parameters)
    session.execute(text("ANALYZE staging"))
    if not counters:
        return []
    return [f"The bank's ids of {counters} entries are not used: most belong to other bookings of earlier files."]


def _find_settled(session: Session, tenant_id: int) -> None:
    """Mark booked entries that are pending lines come back: same account, amount and payee, few days apart."""
    rows = session.execute(_PENDING, {"tenant": tenant_id}).all()
    if not rows:
        return
    claimed = set(session.execute(_CLAIMED, {"ids": [row.id for row in rows]}).scalars())
    waiting: dict[tuple[int, int, str], list[Any]] = defaultdict(list)
    for row in rows:
        if row.id not in claimed:
            waiting[row.account_id, row.amount, normalise(row.payee)].append(row)
    keys = sorted({key[:2] for key in waiting})
    parameters = {"accounts": [account for account, _ in keys], "amounts": [amount for _, amount in keys]}
    found: list[dict[str, int]] = []
    for entry in session.execute(_CANDIDATES, parameters).all():
        fitting = waiting.get((entry.account_id, entry.amount, normalise(entry.payee)))
        if not fitting:
            continue
        days, _, transaction_id, best = min(
            (abs((row.booked_on - entry.booked_on).days), row.booked_on, row.id, place)
            for place, row in enumerate(fitting)
        )
        if days <= _SETTLE_WITHIN_DAYS:
            del fitting[best]
            found.append({"n": entry.n, "transaction": transaction_id})
    if found:
        session.execute(_MARK, found)
