"""Tie entries of other imports to transactions that came back.

When an import is taken back, entries of later files that were duplicates of its transactions say of nothing. Once the
lines are booked again, by the same file or another one, they are duplicates of those, and what they had brought to
them (the bank's id, a pending line's booking) holds again.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from data.commands.unit import Write

_ANY = text(
    """
    SELECT 1 FROM import_entries
    WHERE tenant_id = :tenant AND account_id = ANY(CAST(:accounts AS bigint[])) AND status = 'duplicate' LIMIT 1
    """
)
_GONE = "NOT EXISTS (SELECT 1 FROM transactions x WHERE x.tenant_id = :tenant AND x.id = e.transaction_id)"
_RELINK = text(
    f"""
    UPDATE import_entries e SET transaction_id = t.id, entry = e.entry - 'gave_id'
    FROM staging s
    JOIN transactions t ON t.tenant_id = :tenant AND t.account_id = s.account_id AND t.fingerprint = s.fingerprint
      AND t.occurrence = s.occurrence
    WHERE s.status = 'new' AND t.import_id = :import AND e.tenant_id = :tenant AND e.account_id = s.account_id
      AND e.fingerprint = s.fingerprint AND e.occurrence = s.occurrence AND e.status = 'duplicate'
      AND (t.external_id IS NULL OR e.entry ->> 'external_id' IS NULL OR t.external_id = e.entry ->> 'external_id')
      AND {_GONE}
    """  # noqa: S608 - the parts are constants of this program
)
_LEND = text(
    """
    UPDATE transactions t SET external_id = lent.external_id
    FROM (
        SELECT DISTINCT ON (account_id, external_id) id, external_id FROM (
            SELECT DISTINCT ON (t.id) t.id, t.account_id, e.entry ->> 'external_id' AS external_id
            FROM staging s
            JOIN import_entries e ON e.tenant_id = :tenant AND e.account_id = s.account_id
              AND e.fingerprint = s.fingerprint AND e.occurrence = s.occurrence
            JOIN transactions t ON t.tenant_id = :tenant AND t.id = e.transaction_id
            WHERE s.status = 'new' AND t.import_id = :import AND t.external_id IS NULL AND e.status = 'duplicate'
              AND e.entry ? 'external_id'
            ORDER BY t.id, e.import_id, e.n
        ) said
        WHERE NOT EXISTS (
            SELECT 1 FROM transactions x WHERE x.tenant_id = :tenant AND x.account_id = said.account_id
              AND x.external_id = said.external_id)
        ORDER BY account_id, external_id, id
    ) lent
    WHERE t.tenant_id = :tenant AND t.id = lent.id
    """
)
_NOTE_LENT = text(
    """
    UPDATE import_entries o SET entry = o.entry || '{"gave_id": true}'
    FROM (
        SELECT DISTINCT ON (t.id) e.import_id, e.n
        FROM staging s
        JOIN import_entries e ON e.tenant_id = :tenant AND e.account_id = s.account_id
          AND e.fingerprint = s.fingerprint AND e.occurrence = s.occurrence
        JOIN transactions t ON t.tenant_id = :tenant AND t.id = e.transaction_id
        WHERE s.status = 'new' AND s.external_id IS NULL AND t.import_id = :import AND e.status = 'duplicate'
          AND t.external_id = e.entry ->> 'external_id'
        ORDER BY t.id, e.import_id, e.n
    ) lent
    WHERE o.tenant_id = :tenant AND o.import_id = lent.import_id AND o.n = lent.n
    """
)
_SETTLED = text(
    f"""
    SELECT e.import_id, e.n, e.account_id, e.booked_on, t.id
    FROM import_entries e
    JOIN transactions t ON t.tenant_id = :tenant AND t.account_id = e.account_id
      AND t.fingerprint = decode(e.entry #>> '{{was,fingerprint}}', 'hex')
      AND t.occurrence = CAST(e.entry #>> '{{was,occurrence}}' AS bigint)
    WHERE e.tenant_id = :tenant AND e.account_id = ANY(CAST(:accounts AS bigint[])) AND e.entry ? 'was'
      AND t.import_id = :import AND t.pending AND {_GONE}
    ORDER BY e.import_id, e.n
    """  # noqa: S608
)
_SETTLE = text(
    """
    UPDATE transactions t
    SET pending = false, flow = 0, booked_on = e.booked_on,
        amount = CASE WHEN t.is_split THEN t.amount ELSE e.amount END,
        value_on = coalesce(CAST(e.entry ->> 'value_on' AS date), t.value_on),
        external_id = coalesce(t.external_id, e.entry ->> 'external_id')
    FROM import_entries e
    WHERE e.tenant_id = :tenant AND e.import_id = :other AND e.n = :n
      AND t.tenant_id = :tenant AND t.id = :id AND t.pending
    """
)
_SETTLE_PARTS = text("UPDATE splits SET flow = 0 WHERE tenant_id = :tenant AND transaction_id = :id")
_SETTLED_BY = text(
    "UPDATE import_entries SET transaction_id = :id WHERE tenant_id = :tenant AND import_id = :other AND n = :n"
)


def relink(unit: Write, import_id: int, accounts: Sequence[int]) -> None:
    """Tie what other imports said of the lines that this import has just booked to them."""
    parameters = {"tenant": unit.tenant_id, "import": import_id, "accounts": list(accounts)}
    if unit.session.execute(_ANY, parameters).first() is None:
        return
    for statement in (_RELINK, _LEND, _NOTE_LENT):
        unit.session.execute(statement, parameters)
    for row in unit.session.execute(_SETTLED, parameters).all():
        values = {"tenant": unit.tenant_id, "other": row.import_id, "n": row.n, "id": row.id}
        for statement in (_SETTLE, _SETTLE_PARTS, _SETTLED_BY):
            unit.session.execute(statement, values)
        unit.touch(row.account_id, [row.booked_on])
