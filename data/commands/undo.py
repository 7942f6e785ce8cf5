"""Take a person's own change of transactions back: what it changed becomes as it was, what it deleted is there again.

A transaction that was changed since stays as it is now; the answer says how many.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import func, select, text

from core.errors import NotFound
from data.commands import edits, resources
from data.commands.conflicts import readable_conflicts
from data.commands.keepsakes import ACTION
from data.commands.transactions import touch
from data.commands.unit import Write, write
from data.context import TenantContext
from data.models.audit import AuditEntry
from data.models.transaction import Transaction
from data.schemas.bulk import Undone

KEPT: Final = timedelta(hours=24)
"""For how long a change can be taken back."""
_DERIVED: Final = frozenset({"payee_key", "updated_version", "created_version", "updated_at", "flow", "transfer_id"})
_COLUMNS: Final = [column.name for column in Transaction.__table__.columns if column.name not in _DERIVED]
_CHANGED: Final = [
    name for name in _COLUMNS if name not in ("tenant_id", "id", "created_at", "category_id", "import_id")
]
_PLAIN_FLOW: Final = "CASE WHEN o.pending THEN 2 WHEN o.type = 'adjustment' THEN 1 ELSE 0 END"
# What is not there any more is left out: a category, an import. Without its account a transaction stays away.
_CATEGORY: Final = "(SELECT c.id FROM categories c WHERE c.tenant_id = :tenant AND c.id = o.category_id)"
_IMPORT: Final = "(SELECT i.id FROM imports i WHERE i.tenant_id = :tenant AND i.id = o.import_id)"
_FILL: Final = (
    """
    CREATE TEMPORARY TABLE kept ON COMMIT DROP AS
    SELECT CAST(r ->> 'id' AS bigint) AS id, r AS old, t.id IS NULL AS gone
    FROM audit_log a CROSS JOIN LATERAL jsonb_array_elements(a.before -> 'transactions') AS r
    JOIN accounts n ON n.tenant_id = :tenant AND n.id = CAST(r ->> 'account_id' AS bigint)
    LEFT JOIN transactions t ON t.tenant_id = :tenant AND t.id = CAST(r ->> 'id' AS bigint)
    WHERE a.tenant_id = :tenant AND a.id = :entry
      AND CASE WHEN t.id IS NOT NULL THEN t.updated_version = :since
               ELSE EXISTS (SELECT 1 FROM deletions d WHERE d.tenant_id = :tenant AND d.version = :since
                            AND d.kind = 'transaction' AND d.object_id = CAST(r ->> 'id' AS bigint)) END
    """,
    "ANALYZE kept",
)
_OLD: Final = "kept k CROSS JOIN LATERAL jsonb_populate_record(NULL::transactions, k.old) AS o"
_CLEAR: Final = (
    """
    DELETE FROM splits s USING kept k
    WHERE s.tenant_id = :tenant AND s.transaction_id = k.id
    """,
    """
    DELETE FROM transfer_separations p USING kept k
    WHERE p.tenant_id = :tenant AND (p.from_transaction_id = k.id OR p.to_transaction_id = k.id)
    """,
    """
    DELETE FROM import_entries e USING kept k
    WHERE k.gone AND e.tenant_id = :tenant AND e.status = 'new'
      AND e.import_id = CAST(k.old ->> 'import_id' AS bigint) AND e.n = CAST(k.old ->> 'import_line' AS bigint)
    """,
    """
    DELETE FROM deletions d USING kept k
    WHERE d.tenant_id = :tenant AND d.version = :since AND d.kind = 'transaction' AND d.object_id = k.id
    """,
)
_PUT_BACK: Final = (
    f"""
    UPDATE transactions t SET {", ".join(f"{name} = o.{name}" for name in _CHANGED)},
        category_id = {_CATEGORY}, import_id = {_IMPORT},
        transfer_id = CASE WHEN t.is_split OR o.is_split THEN NULL ELSE t.transfer_id END,
        flow = CASE WHEN t.is_split OR o.is_split OR t.transfer_id IS NULL THEN {_PLAIN_FLOW} ELSE t.flow END,
        updated_version = :version, updated_at = now()
    FROM {_OLD} WHERE t.tenant_id = :tenant AND t.id = k.id AND NOT k.gone
    """,  # noqa: S608 - the parts are constants of this program
    f"""
    INSERT INTO transactions ({", ".join(_COLUMNS)}, flow, created_version, updated_version)
    SELECT {", ".join({"category_id": _CATEGORY, "import_id": _IMPORT}.get(name, f"o.{name}") for name in _COLUMNS)},
           {_PLAIN_FLOW}, :version, :version
    FROM {_OLD} WHERE k.gone
    """,  # noqa: S608 - the parts are constants of this program
    f"""
    INSERT INTO splits (tenant_id, id, transaction_id, position, amount, category_id, note, flow)
    SELECT :tenant, p.id, p.transaction_id, p.position, p.amount,
           (SELECT c.id FROM categories c WHERE c.tenant_id = :tenant AND c.id = p.category_id), p.note, {_PLAIN_FLOW}
    FROM audit_log a CROSS JOIN LATERAL jsonb_populate_recordset(NULL::splits, a.before -> 'splits') AS p
    JOIN kept k ON k.id = p.transaction_id
    CROSS JOIN LATERAL jsonb_populate_record(NULL::transactions, k.old) AS o
    WHERE a.tenant_id = :tenant AND a.id = :entry
    """,  # noqa: S608 - the parts are constants of this program
    """
    INSERT INTO taggings (tenant_id, kind, object_id, tag_id)
    SELECT :tenant, g.kind, g.object_id, g.tag_id
    FROM audit_log a CROSS JOIN LATERAL jsonb_populate_recordset(NULL::taggings, a.before -> 'taggings') AS g
    JOIN tags n ON n.tenant_id = :tenant AND n.id = g.tag_id
    WHERE a.tenant_id = :tenant AND a.id = :entry AND (
        (g.kind = 'transaction' AND g.object_id IN (SELECT id FROM kept))
        OR (g.kind = 'split' AND g.object_id IN (SELECT s.id FROM splits s JOIN kept k ON k.id = s.transaction_id
                                                 WHERE s.tenant_id = :tenant)))
    ON CONFLICT (tenant_id, kind, object_id, tag_id) DO NOTHING
    """,
    """
    INSERT INTO transfer_separations (tenant_id, from_transaction_id, from_position, to_transaction_id, to_position)
    SELECT :tenant, p.from_transaction_id, p.from_position, p.to_transaction_id, p.to_position
    FROM audit_log a
    CROSS JOIN LATERAL jsonb_populate_recordset(NULL::transfer_separations, a.before -> 'transfer_separations') AS p
    JOIN transactions f ON f.tenant_id = :tenant AND f.id = p.from_transaction_id
    JOIN transactions o ON o.tenant_id = :tenant AND o.id = p.to_transaction_id
    WHERE a.tenant_id = :tenant AND a.id = :entry
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO import_aliases (tenant_id, import_id, n, transaction_id, external_id, fingerprint, occurrence)
    SELECT :tenant, p.import_id, p.n, p.transaction_id, p.external_id, p.fingerprint, p.occurrence
    FROM audit_log a
    CROSS JOIN LATERAL jsonb_populate_recordset(NULL::import_aliases, a.before -> 'import_aliases') AS p
    JOIN kept k ON k.id = p.transaction_id AND k.gone
    JOIN imports i ON i.tenant_id = :tenant AND i.id = p.import_id
    WHERE a.tenant_id = :tenant AND a.id = :entry
    ON CONFLICT DO NOTHING
    """,
)
_KNOWN: Final = "id, gone, CAST(old ->> 'account_id' AS bigint), CAST(old ->> 'booked_on' AS date), old ->> 'payee'"


def undo(context: TenantContext, version: int) -> Undone:
    """Take back what this person's write at `version` did to transactions; `NotFound` when nothing is kept of it."""
    with write(context) as unit:
        entry = _entry(unit, version)
        given = {"entry": entry.id, "since": version}
        unit.session.execute(text("DROP TABLE IF EXISTS pg_temp.kept"))
        unit.session.execute(text(_FILL[0]), {"tenant": unit.tenant_id, **given})
        unit.session.execute(text(_FILL[1]))
        rows = unit.session.execute(text(f"SELECT {_KNOWN} FROM kept")).all()  # noqa: S608 - a constant
        standing = [row[0] for row in rows if not row[1]]
        touch(unit, standing)
        for _, _, account_id, day, payee in rows:
            unit.touch(account_id, [day])
            unit.payees_before.add((account_id, payee or ""))
        edits.clear_tags(unit.session, standing)
        with readable_conflicts():
            for statement in (*_CLEAR, *_PUT_BACK):
                resources.run(unit, statement, **given)
        whole = len((entry.before or {}).get("transactions") or [])
        unit.audit("undo", "transaction", None, after={"version": version, "restored": len(rows)})
        return Undone(restored=len(rows), kept=whole - len(rows), version=unit.version)


def _entry(unit: Write, version: int) -> AuditEntry:
    statement = select(AuditEntry).where(
        AuditEntry.version == version,
        AuditEntry.action == ACTION,
        AuditEntry.kind == "transaction",
        AuditEntry.actor == unit.context.actor.name,
        AuditEntry.at > func.now() - KEPT,
    )
    found = unit.session.scalars(statement).first()
    if found is None:
        raise NotFound("This change cannot be taken back any more", code="nothing_to_undo")
    return found
