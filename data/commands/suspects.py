"""Entries that may be in the ledger in another form, and are held for a person to decide.

Evidence is always a transaction that no line of the file is, though the file should tell of it: a line that vanished
from a statement told again (`data.commands.retold`), one typed in by hand, or one that was pending. Twins are safe
by that: both lines are in both statements then, and each has its own. One transaction answers for one entry only.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from data.commands.retold import retold
from data.imports.similarity import similar, words

_REACH_DAYS: Final = 10
_MOST_PAIRS: Final = 200_000

_CLAIMED = """
    CREATE TEMPORARY TABLE claimed ON COMMIT DROP AS
    SELECT transaction_id AS id FROM staging WHERE transaction_id IS NOT NULL
    UNION SELECT candidate_id FROM staging WHERE candidate_id IS NOT NULL
"""
# In steps with statistics of their own: PostgreSQL knows nothing of how a fresh ledger is spread.
_UNCLAIMED = text(
    f"""
    CREATE TEMPORARY TABLE unclaimed ON COMMIT DROP AS
    SELECT t.id, t.account_id, t.booked_on, t.amount, t.payee, t.purpose, t.external_id, t.fingerprint, t.pending,
           t.is_split, t.import_id IS NULL AS by_hand
    FROM (SELECT account_id, min(booked_on) - {_REACH_DAYS} AS first, max(booked_on) + {_REACH_DAYS} AS last
          FROM staging GROUP BY account_id) span
    JOIN transactions t ON t.tenant_id = :tenant AND t.account_id = span.account_id
      AND t.booked_on BETWEEN span.first AND span.last
    WHERE t.type = 'normal' AND NOT EXISTS (SELECT 1 FROM claimed WHERE claimed.id = t.id)
    """  # noqa: S608 - the number is a constant of this program
)
# A line that an earlier file told as a duplicate of what was taken back since: that file held it beside all its
# other lines, so it is none of them.
_TOLD_APART = text(
    """
    UPDATE staging s SET told_apart = true
    FROM import_entries e
    WHERE e.tenant_id = :tenant AND s.status = 'new' AND e.account_id = s.account_id
      AND e.fingerprint = s.fingerprint AND e.occurrence = s.occurrence AND e.status = 'duplicate'
      AND NOT EXISTS (SELECT 1 FROM transactions t WHERE t.tenant_id = :tenant AND t.id = e.transaction_id)
    """
)
_BY_HAND = text(
    """
    SELECT s.n, u.id, s.amount, s.payee, s.purpose, u.amount AS other_amount, u.payee AS other_payee,
           u.purpose AS other_purpose, abs(u.step) AS days, u.is_split
    FROM (SELECT h.*, step, h.booked_on + step AS day FROM unclaimed h, generate_series(-3, 3) step
          WHERE h.by_hand AND NOT h.pending) u
    JOIN staging s ON s.account_id = u.account_id AND s.amount = u.amount AND s.booked_on = u.day
    WHERE s.status = 'new' AND NOT s.pending AND (s.external_id IS NULL OR u.external_id IS NULL)
    ORDER BY s.n, u.id LIMIT :most
    """
)
_SETTLED = text(
    f"""
    SELECT s.n, u.id, s.amount, s.payee, s.purpose, u.amount AS other_amount, u.payee AS other_payee,
           u.purpose AS other_purpose, abs(u.step) AS days, u.is_split
    FROM (SELECT p.*, step, p.booked_on + step AS day FROM unclaimed p, generate_series(-3, {_REACH_DAYS}) step
          WHERE p.pending) u
    JOIN staging s ON s.account_id = u.account_id AND s.booked_on = u.day
    WHERE s.status = 'new' AND NOT s.pending AND sign(s.amount) = sign(u.amount)
      AND abs(s.amount - u.amount) * 5 <= abs(u.amount)
    ORDER BY s.n, u.id LIMIT :most
    """  # noqa: S608 - the number is a constant of this program
)
_HOLD = text(
    """
    UPDATE staging s SET status = 'review', candidate_id = held.transaction_id
    FROM unnest(CAST(:entries AS bigint[]), CAST(:transactions AS bigint[])) AS held(n, transaction_id)
    WHERE s.n = held.n
    """
)
Pair = tuple[int, int]
"""(entry number, transaction id)"""


def hold_suspects(session: Session, tenant_id: int) -> None:
    """Set the status `review`, and the transaction it may be, on new entries that somebody should look at."""
    if not _any(session, "staging WHERE status = 'new'"):
        return
    for statement in (_CLAIMED, "CREATE UNIQUE INDEX claimed_id ON claimed (id)", "ANALYZE claimed"):
        session.execute(text(statement))
    session.execute(_UNCLAIMED, {"tenant": tenant_id})
    session.execute(text("ANALYZE unclaimed"))
    if not _any(session, "unclaimed"):
        return
    session.execute(_TOLD_APART, {"tenant": tenant_id})
    session.execute(text("ANALYZE staging"))
    held: dict[int, int] = {}
    taken: set[int] = set()
    parameters = {"most": _MOST_PAIRS}
    _choose(_ranked(session.execute(_SETTLED, parameters), settled=True), held, taken)
    _choose(_ranked(session.execute(_BY_HAND, parameters), settled=False), held, taken)
    _choose(retold(session), held, taken)
    if held:
        session.execute(_HOLD, {"entries": list(held), "transactions": list(held.values())})


def _any(session: Session, table: str) -> bool:
    return session.execute(text(f"SELECT 1 FROM {table} LIMIT 1")).first() is not None  # noqa: S608 - constants


def _ranked(rows: Iterable[Any], *, settled: bool) -> list[Pair]:
    """The pairs that could be one booking, the likeliest first. A pending line may come back with another payee, or,
    by the same one, with another amount (a tip, a deposit for fuel); one typed in by hand says who, if anything."""
    found = []
    for row in rows:
        alike = similar(words(row.payee, row.purpose), words(row.other_payee, row.other_purpose))
        equal = row.amount == row.other_amount
        named = bool(words(row.payee, row.purpose) and words(row.other_payee, row.other_purpose))
        if (alike and (equal or (named and not row.is_split))) or (settled and equal):
            found.append(((not equal, not alike, row.days, row.n, row.id), (row.n, row.id)))
    return [pair for _, pair in sorted(found)]


def _choose(pairs: Iterable[Pair], held: dict[int, int], taken: set[int]) -> None:
    """Take each pair whose entry and transaction are still free."""
    for n, transaction_id in pairs:
        if n not in held and transaction_id not in taken:
            held[n] = transaction_id
            taken.add(transaction_id)
