"""Change a tenant's settings, and bring everything stored that rests on them in line."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import text, update

from core.errors import PreconditionFailed
from core.period import today_in
from data import directory
from data.commands import resources
from data.commands.resources import Versioned
from data.commands.rollup_repair import remake
from data.commands.unit import Write, write
from data.context import TenantContext
from data.directory import TenantInfo
from data.models.state import TenantState
from data.schemas.tenant import TenantPatch, TenantSettings

_MATCHING: Final = frozenset({"currency", "match_by_amount"})
"""What decides about transfers: whether amounts alone suffice, and through which currency others are crossed."""
_LINES: Final = text("SELECT DISTINCT account_id, booked_on FROM daily_rollup WHERE tenant_id = :tenant")


def update_tenant(
    context: TenantContext, patch: TenantPatch, now: datetime, if_match: int | None = None
) -> Versioned[TenantSettings]:
    """Change what the patch sets, at the instant `now`; `PreconditionFailed` when somebody else did after `if_match`.

    Figures are right at once: the sums by month are made anew for another first day, transfers are matched anew where
    the settings decide about them, budget alerts are looked at by the new clock. Stored amounts never change.
    """
    values = resources.given(patch, nullable=())
    if "name" in values:
        values["name"] = resources.plain_name(values["name"])
    with write(context) as unit:
        before = unit.context.tenant
        if if_match is not None and before.updated_version != if_match:
            raise PreconditionFailed("The settings were changed in the meantime: read them again")
        changed = {name: value for name, value in values.items() if getattr(before, name) != value}
        if not changed:
            unit.discard = True
            return settings_of(before), before.updated_version
        after = directory.update_tenant(unit.session, unit.tenant_id, {**changed, "updated_version": unit.version})
        unit.session.execute(
            update(TenantState).where(TenantState.tenant_id == unit.tenant_id).values(settings_version=unit.version)
        )
        unit.context = replace(context, tenant=after, today=today_in(after.timezone, now))
        _follow(unit, changed)
        old = {name: getattr(before, name) for name in changed}
        unit.audit("update", "tenant", unit.tenant_id, before=old, after=changed)
        return settings_of(after), after.updated_version


def settings_of(tenant: TenantInfo) -> TenantSettings:
    """The settings as the API shows them."""
    return TenantSettings(
        key=tenant.key,
        type=cast(Any, tenant.type),
        name=tenant.name,
        currency=tenant.currency,
        timezone=tenant.timezone,
        month_start=tenant.month_start,
        locale=tenant.locale,
        match_by_amount=tenant.match_by_amount,
    )


def _follow(unit: Write, changed: dict[str, Any]) -> None:
    unit.session.execute(text("SET LOCAL statement_timeout = 0"))
    if "month_start" in changed:
        remake(unit)
    if _MATCHING & changed.keys():
        for account_id, day in unit.session.execute(_LINES, {"tenant": unit.tenant_id}).all():
            unit.touch(account_id, [day])
