"""Keeps what transactions were before a command changes or deletes them, so that a person can take it back.

A keepsake is a row of the audit log (action `keep`) with whole rows as JSON: the transactions themselves and all that
would go with them. `data.commands.undo` puts it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text

from data.commands.unit import Write

ACTION: Final = "keep"
CHILDREN: Final = {
    "splits": "c.transaction_id = ANY(CAST(:ids AS bigint[]))",
    "taggings": (
        "((c.kind = 'transaction' AND c.object_id = ANY(CAST(:ids AS bigint[])))"
        " OR (c.kind = 'split' AND c.object_id IN (SELECT s.id FROM splits s"
        " WHERE s.tenant_id = :tenant AND s.transaction_id = ANY(CAST(:ids AS bigint[])))))"
    ),
    "transfer_separations": (
        "(c.from_transaction_id = ANY(CAST(:ids AS bigint[])) OR c.to_transaction_id = ANY(CAST(:ids AS bigint[])))"
    ),
    "import_aliases": "c.transaction_id = ANY(CAST(:ids AS bigint[]))",
}
"""The tables whose rows belong to transactions, and which of their rows (`c`) do."""
_PARTS: Final = ", ".join(
    f"'{table}', (SELECT coalesce(jsonb_agg(to_jsonb(c)), '[]') FROM {table} c WHERE c.tenant_id = :tenant AND {own})"  # noqa: S608
    for table, own in CHILDREN.items()
)
_KEEP: Final = text(
    f"""
    INSERT INTO audit_log (tenant_id, version, actor, address, action, kind, before)
    SELECT :tenant, :version, :actor, :address, '{ACTION}', 'transaction', jsonb_build_object(
        'transactions', (SELECT jsonb_agg(to_jsonb(t)) FROM transactions t
                         WHERE t.tenant_id = :tenant AND t.id = ANY(CAST(:ids AS bigint[]))),
        {_PARTS})
    """  # noqa: S608 - the parts are constants of this program
)


def keep(unit: Write, ids: Sequence[int]) -> None:
    """Remember these transactions as they are; once in a write, before it changes any of them."""
    actor = unit.context.actor
    given = {"tenant": unit.tenant_id, "version": unit.version, "actor": actor.name, "address": actor.address}
    unit.session.execute(_KEEP, {**given, "ids": list(ids)})
