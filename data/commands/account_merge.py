"""Move all that is booked in one account to another one of the same currency."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text

from data.commands import resources, rollups, rule_references
from data.commands.unit import Write
from data.models.account import Account

_DAYS = text(
    "SELECT DISTINCT account_id, booked_on FROM daily_rollup WHERE tenant_id = :tenant AND account_id = :account"
)
_NAMING = text(
    """
    SELECT DISTINCT account_id, booked_on FROM transactions
    WHERE tenant_id = :tenant AND upper(replace(counterparty, ' ', '')) IN
      (SELECT upper(replace(name, ' ', '')) FROM unnest(CAST(:names AS text[])) AS name)
    """
)
_FORGET_INNER_PAIRS = """
    UPDATE transfers SET confirmed = false
    WHERE tenant_id = :tenant AND confirmed AND id IN (
        SELECT legs.transfer_id FROM (
            SELECT t.transfer_id, t.account_id FROM transactions t
            WHERE t.tenant_id = :tenant AND t.transfer_id IS NOT NULL AND t.account_id IN (:account, :target)
            UNION ALL
            SELECT s.transfer_id, t.account_id FROM splits s
            JOIN transactions t ON t.tenant_id = s.tenant_id AND t.id = s.transaction_id
            WHERE s.tenant_id = :tenant AND s.transfer_id IS NOT NULL AND t.account_id IN (:account, :target)
        ) AS legs
        GROUP BY legs.transfer_id HAVING count(DISTINCT legs.account_id) = 2)
"""
"""A pair between the two is none any more, even if a person had confirmed it; matching then takes it apart."""
_MOVE_TRANSACTIONS = """
    WITH moved AS (
        SELECT t.id, t.occurrence, row_number() OVER (PARTITION BY t.fingerprint ORDER BY t.occurrence) AS place,
               (SELECT max(x.occurrence) FROM transactions x
                WHERE x.tenant_id = :tenant AND x.account_id = :target AND x.fingerprint = t.fingerprint) AS highest
        FROM transactions t WHERE t.tenant_id = :tenant AND t.account_id = :account)
    UPDATE transactions t
    SET account_id = :target, occurrence = coalesce(m.highest + m.place, m.occurrence),
        updated_version = :version, updated_at = now()
    FROM moved m WHERE t.tenant_id = :tenant AND t.id = m.id
"""
_MOVE_BALANCES = """
    UPDATE statement_balances b
    SET account_id = :target,
        position = b.position + coalesce((
            SELECT max(x.position) + 1 FROM statement_balances x
            WHERE x.tenant_id = :tenant AND x.account_id = :target AND x.import_id = b.import_id), 0)
    WHERE b.tenant_id = :tenant AND b.account_id = :account
"""
_MOVE_ENTRIES = "UPDATE import_entries SET account_id = :target WHERE tenant_id = :tenant AND account_id = :account"
_STAMP_BUDGETS = """
    UPDATE budgets SET updated_version = :version, updated_at = now()
    WHERE tenant_id = :tenant
      AND id IN (SELECT budget_id FROM budget_accounts WHERE tenant_id = :tenant AND account_id = :account)
"""
_COVER_TARGET = """
    INSERT INTO budget_accounts (tenant_id, budget_id, account_id)
    SELECT tenant_id, budget_id, :target FROM budget_accounts WHERE tenant_id = :tenant AND account_id = :account
    ON CONFLICT (tenant_id, budget_id, account_id) DO NOTHING
"""
_UNCOVER = "DELETE FROM budget_accounts WHERE tenant_id = :tenant AND account_id = :account"
_STEPS = (
    _FORGET_INNER_PAIRS,
    _MOVE_TRANSACTIONS,
    _MOVE_BALANCES,
    _MOVE_ENTRIES,
    _STAMP_BUDGETS,
    _COVER_TARGET,
    _UNCOVER,
)


def merge(unit: Write, source: Account, target: Account) -> None:
    """Move transactions, statements, budgets and rules from `source` to `target`; pairs and rollups follow.

    Equal lines are numbered on after the target's. `Conflict` when both hold a transaction of one bank id.
    """
    touch_account(unit, source.id, {source.name, source.identifier})
    for day in unit.touched.get(source.id, set()).copy():
        unit.touch(target.id, [day])
    for step in _STEPS:
        resources.run(unit, step, account=source.id, target=target.id)
    rule_references.move(unit, "account", source.id, target.id)
    rollups.forget_account(unit.session, unit.context.tenant, source.id)


def touch_account(unit: Write, account_id: int, names: Iterable[str | None]) -> None:
    """Touch all days of an account, and those of lines anywhere whose counterparty is one of `names`."""
    named = sorted({name for name in names if name})
    for statement, parameters in ((_DAYS, {"account": account_id}), (_NAMING, {"names": named})):
        rows = unit.session.execute(statement, {"tenant": unit.tenant_id, **parameters})
        resources.touch_lines(unit, ((row[0], row[1]) for row in rows))
