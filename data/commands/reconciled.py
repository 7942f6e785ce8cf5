"""The soft lock of closed statements: their entries change only when somebody insists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import text

from core.errors import Conflict
from data.commands.unit import Write
from data.models.transaction import Transaction

_HELD: Final = text(
    """
    SELECT count(*), max(r.statement_on) FROM reconciled_entries e
    JOIN reconciliations r ON r.tenant_id = :tenant AND r.id = e.reconciliation_id
    WHERE e.tenant_id = :tenant AND e.transaction_id = ANY(CAST(:ids AS bigint[]))
    """
)
_RELEASE: Final = text(
    """
    WITH gone AS (
        DELETE FROM reconciled_entries
        WHERE tenant_id = :tenant AND transaction_id = ANY(CAST(:ids AS bigint[])) RETURNING reconciliation_id
    )
    UPDATE reconciliations SET disturbed = true, updated_version = :version, updated_at = now()
    WHERE tenant_id = :tenant AND id IN (SELECT reconciliation_id FROM gone)
    """
)

# Of an import that is taken back: what goes, or is pending again.
LEAVE_STATEMENTS: Final = text(
    """
    WITH gone AS (
        DELETE FROM reconciled_entries x WHERE x.tenant_id = :tenant AND x.transaction_id IN (
            SELECT t.id FROM transactions t WHERE t.tenant_id = :tenant AND t.import_id = :import
            UNION ALL
            SELECT e.transaction_id FROM import_entries e
            WHERE e.tenant_id = :tenant AND e.import_id = :import AND e.entry ? 'was')
        RETURNING x.reconciliation_id
    )
    UPDATE reconciliations SET disturbed = true, updated_version = :version, updated_at = now()
    WHERE tenant_id = :tenant AND id IN (SELECT reconciliation_id FROM gone)
    """
)
_OF_BALANCES: Final = ("account_id", "booked_on", "amount", "pending", "cleared")
"""What a closed statement's balance rests on."""


def guard_change(unit: Write, row: Transaction, columns: Mapping[str, Any], *, force: bool) -> None:
    """`guard` an entry that is about to get these columns, where they change what its statement rests on."""
    if any(getattr(row, name) != columns[name] for name in _OF_BALANCES):
        guard(unit, [row.id], force=force)


def guard(unit: Write, ids: Sequence[int], *, force: bool) -> None:
    """Before the balance of these entries changes: `Conflict` (reconciled) when a closed statement holds any of them.
    With `force` they leave their statements, which are disturbed from then on."""
    given = {"tenant": unit.tenant_id, "version": unit.version, "ids": list(ids)}
    count, newest = unit.session.execute(_HELD, given).one()
    if count and not force:
        what = "This entry belongs" if len(ids) == 1 else f"{count} of these entries belong"
        raise Conflict(
            f"{what} to a reconciled statement (the newest of {newest}): reopen it, or repeat with force=true",
            code="reconciled",
        )
    if count:
        unit.session.execute(_RELEASE, given)
