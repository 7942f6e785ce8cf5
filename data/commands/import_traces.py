"""What stays of an imported entry when its transaction is deleted: the file had it, and its list of entries says so."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from data.commands.unit import Write

_KEEP = text(
    """
    INSERT INTO import_entries (
        tenant_id, import_id, n, status, account_id, booked_on, amount, fingerprint, occurrence, entry)
    SELECT :tenant, import_id, import_line, 'new', account_id, booked_on, amount, fingerprint, occurrence,
           jsonb_strip_nulls(jsonb_build_object(
               'value_on', value_on, 'payee', payee, 'counterparty', counterparty, 'purpose', purpose,
               'reference', reference, 'external_id', external_id, 'pending', pending, 'balance', statement_balance,
               'category', statement_category))
    FROM transactions
    WHERE tenant_id = :tenant AND id = ANY(CAST(:ids AS bigint[])) AND import_id IS NOT NULL
      AND import_line IS NOT NULL
    ON CONFLICT (tenant_id, import_id, n) DO NOTHING
    """
)


def keep_traces(unit: Write, ids: Sequence[int]) -> None:
    """Keep the entries of transactions that are about to be deleted with their imports."""
    unit.session.execute(_KEEP, {"tenant": unit.tenant_id, "ids": list(ids)})
