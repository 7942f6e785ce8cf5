"""Take an import back: exactly what it created goes, and what it changed returns.

Its transactions go with what people made of them, its balances, the openings it set, the accounts it opened when
nothing else is in them; pending transactions that it booked are pending again, ids that it lent are given back. A
transaction into which a person merged an entry of another import stays: it is that import's from then on.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, text
from sqlalchemy.exc import IntegrityError

from core.errors import Conflict
from data.commands import resources, rollups
from data.commands.import_openings import release
from data.commands.reconciled import LEAVE_STATEMENTS
from data.commands.unit import Write, write
from data.context import TenantContext
from data.frames.records import account_record
from data.models.account import Account
from data.models.imports import Import
from data.models.tag import Tagging

# Another import whose entry a person merged into one of this import's transactions takes that over as its own.
_HEIRS = text(
    """
    SELECT DISTINCT ON (t.id) t.id, a.import_id, a.n FROM transactions t
    JOIN import_aliases a ON a.tenant_id = :tenant AND a.transaction_id = t.id AND a.import_id <> :import
    WHERE t.tenant_id = :tenant AND t.import_id = :import
    ORDER BY t.id, a.import_id, a.n
    """
)
_INHERIT = text(
    """
    UPDATE transactions SET import_id = :heir, import_line = :n, updated_version = :version, updated_at = now()
    WHERE tenant_id = :tenant AND id = :id
    """
)
_HEIRS_ENTRY = text("DELETE FROM import_entries WHERE tenant_id = :tenant AND import_id = :heir AND n = :n")
_DAYS = text(
    """
    SELECT DISTINCT t.account_id, t.booked_on, t.payee FROM transactions t
    WHERE t.tenant_id = :tenant AND t.import_id = :import
    UNION
    SELECT t.account_id, unnest(ARRAY[t.booked_on, CAST(e.entry #>> '{was,booked_on}' AS date)]), t.payee
    FROM import_entries e JOIN transactions t ON t.tenant_id = :tenant AND t.id = e.transaction_id
    WHERE e.tenant_id = :tenant AND e.import_id = :import AND e.entry ? 'was'
    """
)
# The pairs that its transactions are in, and the bookings that are pending again.
_PAIRS = text(
    """
    WITH going AS (
        SELECT t.id, t.transfer_id FROM transactions t WHERE t.tenant_id = :tenant AND t.import_id = :import
        UNION ALL
        SELECT t.id, t.transfer_id FROM import_entries e
        JOIN transactions t ON t.tenant_id = :tenant AND t.id = e.transaction_id
        WHERE e.tenant_id = :tenant AND e.import_id = :import AND e.entry ? 'was'
    )
    SELECT transfer_id FROM going WHERE transfer_id IS NOT NULL
    UNION
    SELECT s.transfer_id FROM going JOIN splits s ON s.tenant_id = :tenant AND s.transaction_id = going.id
    WHERE s.transfer_id IS NOT NULL
    """
)
_LEGS = text(
    """
    SELECT t.account_id, t.booked_on FROM transactions t
    WHERE t.tenant_id = :tenant AND t.transfer_id = ANY(CAST(:pairs AS bigint[]))
    UNION
    SELECT t.account_id, t.booked_on FROM splits s
    JOIN transactions t ON t.tenant_id = :tenant AND t.id = s.transaction_id
    WHERE s.tenant_id = :tenant AND s.transfer_id = ANY(CAST(:pairs AS bigint[]))
    """
)
# Those of which a leg is left are taken apart by the matching.
_DROP_PAIRS = text(
    """
    DELETE FROM transfers p WHERE p.tenant_id = :tenant AND p.id = ANY(CAST(:pairs AS bigint[]))
      AND NOT EXISTS (SELECT 1 FROM transactions t WHERE t.tenant_id = :tenant AND t.transfer_id = p.id)
      AND NOT EXISTS (SELECT 1 FROM splits s WHERE s.tenant_id = :tenant AND s.transfer_id = p.id)
    """
)
# Where an equal line took the old number meanwhile, the next free one is as good.
_PEND = text(
    """
    UPDATE transactions t
    SET pending = true, flow = 2, booked_on = was.booked_on, value_on = was.value_on,
        amount = CASE WHEN t.is_split THEN t.amount ELSE was.amount END, fingerprint = was.fingerprint,
        occurrence = CASE WHEN taken.mine THEN was.occurrence ELSE coalesce(taken.highest, 0) + 1 END,
        updated_version = :version, updated_at = now()
    FROM import_entries e
    CROSS JOIN LATERAL (
        SELECT CAST(e.entry #>> '{was,booked_on}' AS date) AS booked_on,
               CAST(e.entry #>> '{was,value_on}' AS date) AS value_on,
               CAST(e.entry #>> '{was,amount}' AS bigint) AS amount,
               decode(e.entry #>> '{was,fingerprint}', 'hex') AS fingerprint,
               CAST(e.entry #>> '{was,occurrence}' AS bigint) AS occurrence
    ) was
    CROSS JOIN LATERAL (
        SELECT max(x.occurrence) AS highest, NOT coalesce(bool_or(x.occurrence = was.occurrence), false) AS mine
        FROM transactions x
        WHERE x.tenant_id = :tenant AND x.account_id = e.account_id AND x.fingerprint = was.fingerprint
          AND x.id <> e.transaction_id
    ) taken
    WHERE e.tenant_id = :tenant AND e.import_id = :import AND e.entry ? 'was'
      AND t.tenant_id = :tenant AND t.id = e.transaction_id AND NOT t.pending
    """
)
_PEND_PARTS = text(
    """
    UPDATE splits p SET flow = 2
    FROM import_entries e JOIN transactions t ON t.tenant_id = :tenant AND t.id = e.transaction_id AND t.pending
    WHERE e.tenant_id = :tenant AND e.import_id = :import AND e.entry ? 'was'
      AND p.tenant_id = :tenant AND p.transaction_id = t.id
    """
)
# A lent id stays while an entry of another import says it of the same transaction: then that one has lent it.
_LEND_ON = text(
    """
    UPDATE import_entries o SET entry = o.entry || '{"gave_id": true}'
    FROM (
        SELECT DISTINCT ON (x.transaction_id) x.import_id, x.n
        FROM import_entries e
        JOIN import_entries x ON x.tenant_id = :tenant AND x.transaction_id = e.transaction_id
          AND x.import_id <> :import AND x.status = 'duplicate'
          AND x.entry ->> 'external_id' = e.entry ->> 'external_id'
        WHERE e.tenant_id = :tenant AND e.import_id = :import AND e.entry ? 'gave_id'
        ORDER BY x.transaction_id, x.import_id, x.n
    ) next
    WHERE o.tenant_id = :tenant AND o.import_id = next.import_id AND o.n = next.n
    """
)
_TAKE_IDS = text(
    """
    UPDATE transactions t SET external_id = NULL, updated_version = :version, updated_at = now()
    FROM import_entries e
    WHERE e.tenant_id = :tenant AND e.import_id = :import AND e.entry ? 'gave_id'
      AND t.tenant_id = :tenant AND t.id = e.transaction_id AND t.external_id = e.entry ->> 'external_id'
      AND NOT EXISTS (
        SELECT 1 FROM import_entries x
        WHERE x.tenant_id = :tenant AND x.transaction_id = t.id AND x.import_id <> :import AND x.entry ? 'gave_id'
          AND x.entry ->> 'external_id' = t.external_id)
    """
)
_TOMBSTONES = text(
    """
    INSERT INTO deletions (tenant_id, version, kind, object_id)
    SELECT :tenant, :version, 'transaction', id FROM transactions WHERE tenant_id = :tenant AND import_id = :import
    """
)
_UNTAG = text(
    """
    DELETE FROM taggings g USING transactions t
    WHERE g.tenant_id = :tenant AND g.kind = 'transaction' AND g.object_id = t.id
      AND t.tenant_id = :tenant AND t.import_id = :import
    """
)
_UNTAG_PARTS = text(
    """
    DELETE FROM taggings g USING splits s JOIN transactions t ON t.tenant_id = :tenant AND t.id = s.transaction_id
    WHERE g.tenant_id = :tenant AND g.kind = 'split' AND s.tenant_id = :tenant AND g.object_id = s.id
      AND t.import_id = :import
    """
)
_TRANSACTIONS = text("DELETE FROM transactions WHERE tenant_id = :tenant AND import_id = :import")
_ENTRIES = text("DELETE FROM import_entries WHERE tenant_id = :tenant AND import_id = :import")
_STEPS = (
    *(LEAVE_STATEMENTS, _PEND, _PEND_PARTS, _LEND_ON, _TAKE_IDS),
    *(_TOMBSTONES, _UNTAG, _UNTAG_PARTS, _TRANSACTIONS, _ENTRIES, _DROP_PAIRS),
)
_HOLDER = text(
    """
    SELECT min(import_id) FROM (
        SELECT import_id FROM transactions WHERE tenant_id = :tenant AND account_id = :account
        UNION SELECT import_id FROM import_entries WHERE tenant_id = :tenant AND account_id = :account
        UNION SELECT import_id FROM statement_balances WHERE tenant_id = :tenant AND account_id = :account
    ) others
    """
)


def take_back(context: TenantContext, import_id: int, if_match: int | None = None) -> None:
    """Undo an import as one write; `NotFound`, or `Conflict` (import_running) while it waits or runs."""
    with write(context) as unit:
        row = resources.find(unit, Import, import_id, "import", if_match)
        if row.state in ("queued", "running"):
            raise Conflict("The import is still running; cancel it, or wait for its end", code="import_running")
        unit.session.execute(text("SET LOCAL statement_timeout = '30min'"))
        parameters: dict[str, Any] = {"tenant": unit.tenant_id, "import": import_id, "version": unit.version}
        _hand_over(unit, parameters)
        parameters["pairs"] = list(unit.session.execute(_PAIRS, parameters).scalars())
        for account_id, day, payee in unit.session.execute(_DAYS, parameters):
            unit.touch(account_id, [day])
            unit.payees_before.add((account_id, payee or ""))
        for account_id, day in unit.session.execute(_LEGS, parameters):
            unit.touch(account_id, [day])
        for step in _STEPS:
            unit.session.execute(step, parameters)
        release(unit, row)
        accounts = row.made.get("accounts", [])
        before = {"filename": row.filename, **row.counts}
        unit.session.execute(delete(Import).where(Import.id == import_id))
        unit.deleted("import", [import_id])
        unit.audit("take_back", "import", import_id, before=before)
        # First what follows, then the accounts: with an account go its own sums, and not its part in those of all.
        unit.settle()
        for account_id in accounts:
            _close(unit, account_id)


def _hand_over(unit: Write, parameters: dict[str, Any]) -> None:
    for transaction_id, heir, n in unit.session.execute(_HEIRS, parameters).all():
        values = {**parameters, "id": transaction_id, "heir": heir, "n": n}
        unit.session.execute(_INHERIT, values)
        unit.session.execute(_HEIRS_ENTRY, values)
        other = resources.find(unit, Import, heir, "import")
        counts = other.counts
        other.counts = {**counts, "duplicate": counts["duplicate"] - 1, "new": counts["new"] + 1}
        resources.stamp(unit, other)
    unit.session.flush()


def _close(unit: Write, account_id: int) -> None:
    """Remove an account that the import opened; where another import is in it, that one has opened it."""
    row = unit.session.get(Account, (unit.tenant_id, account_id))
    if row is None:
        return
    holder = unit.session.execute(_HOLDER, {"tenant": unit.tenant_id, "account": account_id}).scalar_one()
    if holder is not None:
        heir = resources.find(unit, Import, holder, "import")
        heir.made = {**heir.made, "accounts": sorted({*heir.made.get("accounts", []), account_id})}
        unit.session.flush()
        return
    before = account_record(row).model_dump(mode="json")
    rollups.forget_account(unit.session, unit.context.tenant, account_id)
    try:
        with unit.session.begin_nested():
            unit.session.execute(delete(Account).where(Account.id == account_id))
    except IntegrityError:
        return  # Something else is in it: bookings made by hand, a budget.
    unit.session.execute(delete(Tagging).where(Tagging.kind == "account", Tagging.object_id == account_id))
    unit.deleted("account", [account_id])
    unit.audit("delete", "account", account_id, before=before)
