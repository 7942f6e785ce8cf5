"""Mark budget alerts as seen."""

from __future__ import annotations

from datetime import UTC, datetime

from core.errors import PreconditionFailed
from data.commands.resources import Versioned, audit_change
from data.commands.unit import write
from data.context import TenantContext
from data.reports.alerts import alert_version, find_alert
from data.reports.budgets import alert_record
from data.schemas.budgets import BudgetAlert
from data.schemas.changes import AlertPatch


def update_alert(
    context: TenantContext, alert_id: int, patch: AlertPatch, if_match: int | None = None
) -> Versioned[BudgetAlert]:
    """Acknowledge an alert, or take that back. What is acknowledged already keeps its instant unless one is given."""
    with write(context) as unit:
        row = find_alert(unit.session, alert_id)
        if if_match is not None and alert_version(row) != if_match:
            raise PreconditionFailed("The alert was changed in the meantime: read it again")
        before, seen = alert_record(row), row.acknowledged_at
        if "acknowledged_at" in patch.model_fields_set:
            row.acknowledged_at = patch.acknowledged_at
        elif patch.acknowledged is False:
            row.acknowledged_at = None
        elif patch.acknowledged:
            row.acknowledged_at = row.acknowledged_at or datetime.now(UTC)
        if row.acknowledged_at != seen:
            row.updated_version = unit.version
        unit.session.flush()
        after = alert_record(row)
        audit_change(unit, "alert", row.id, before, after)
        return after, alert_version(row)
