"""Makes all rollups of one tenant anew from its ledger, while other tenants go on."""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

from data.commands import recurring, rollup_sql
from data.commands.unit import Write, write
from data.context import TenantContext

_TABLES: Final = ("daily_rollup", "monthly_rollup", "account_months", "payee_years", "recurring_series")
_ACCOUNTS: Final = text("SELECT id FROM accounts WHERE tenant_id = :tenant ORDER BY id")
_DAILY: Final = "(SELECT * FROM daily_rollup WHERE tenant_id = :tenant)"
# By day, as writes bring them: what is read together lies together.
_FILL: Final = (
    f"{rollup_sql.INSERT_DAYS} {rollup_sql.BY_DAY} ORDER BY booked_on, account_id ON CONFLICT DO NOTHING",
    f"{rollup_sql.INSERT_MONTHS} {rollup_sql.by_month(_DAILY)} ON CONFLICT DO NOTHING",
    f"{rollup_sql.INSERT_ACCOUNTS} {rollup_sql.by_account(_DAILY)} ON CONFLICT DO NOTHING",
    f"{rollup_sql.INSERT_PAYEES} {rollup_sql.by_payee(rollup_sql.ALL_PAYEES)} ON CONFLICT DO NOTHING",
)


def rebuild(context: TenantContext) -> None:
    """Make the tenant's rollups and recurring series anew; its writers wait, nobody else does. Raises the tenant's
    version, so that no answer from before is used any more."""
    with write(context) as unit:
        remake(unit)
        unit.audit("rebuild", "rollups", None)


def remake(unit: Write) -> None:
    """The same within a write: for a command that changes what all sums rest on, such as the month's first day."""
    parameters = {"tenant": unit.tenant_id, "start": unit.context.tenant.month_start}
    unit.session.execute(text("SET LOCAL statement_timeout = 0"))
    for table in _TABLES:
        unit.session.execute(text(f"DELETE FROM {table} WHERE tenant_id = :tenant"), parameters)  # noqa: S608  # nosec B608
    for statement in _FILL:
        unit.session.execute(text(statement), parameters)
    # Account by account, so that memory does not grow with the ledger.
    for account_id in unit.session.execute(_ACCOUNTS, parameters).scalars().all():
        recurring.rebuild(unit.session, unit.tenant_id, [account_id])
