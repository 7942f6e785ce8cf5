"""`/financial/alerts`: the levels that budgets reached."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from core.errors import Invalid, NotFound
from data.context import TenantContext
from data.frames.resources import paged, tenant_version
from data.models.budget import BudgetAlert
from data.reports.budgets import alert_record
from data.schemas import budgets
from data.schemas.pages import DEFAULT_LIMIT, Page, read_cursor


def list_alerts(
    context: TenantContext, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[budgets.BudgetAlert]:
    """Alerts in pages, newest first."""
    resource = context.list_name("alerts")
    statement = select(BudgetAlert).order_by(BudgetAlert.fired_at.desc(), BudgetAlert.id.desc()).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(tuple_(BudgetAlert.fired_at, BudgetAlert.id) < _key(resource, cursor))
    with context.db.reading() as session:
        rows = session.scalars(statement).all()
        return paged(
            resource,
            [alert_record(row) for row in rows],
            limit,
            tenant_version(session),
            lambda place: (rows[place].fired_at.isoformat(), rows[place].id),
        )


def get_alert(context: TenantContext, alert_id: int) -> tuple[budgets.BudgetAlert, int]:
    """One alert and its version."""
    with context.db.reading() as session:
        row = find_alert(session, alert_id)
        return alert_record(row), alert_version(row)


def find_alert(session: Session, alert_id: int) -> BudgetAlert:
    """The tenant's alert, or `NotFound`."""
    row = session.scalars(select(BudgetAlert).where(BudgetAlert.id == alert_id)).first()
    if row is None:
        raise NotFound(f"There is no alert {alert_id}")
    return row


def alert_version(row: BudgetAlert) -> int:
    """All that ever changes of an alert is when it was seen: that instant, in microseconds, is its version."""
    return 0 if row.acknowledged_at is None else round(row.acknowledged_at.timestamp() * 1_000_000)


def alerts_of(session: Session, budget_id: int) -> dict[date, list[BudgetAlert]]:
    """The budget's alerts by the first day of their period, oldest first."""
    found: dict[date, list[BudgetAlert]] = {}
    statement = select(BudgetAlert).where(BudgetAlert.budget_id == budget_id)
    for row in session.scalars(statement.order_by(BudgetAlert.fired_at, BudgetAlert.id)):
        found.setdefault(row.period_start, []).append(row)
    return found


def _key(resource: str, cursor: str) -> tuple[datetime, int]:
    fired_at, alert_id = read_cursor(resource, cursor, str, int)
    try:
        instant = datetime.fromisoformat(str(fired_at))
        if instant.tzinfo is None:
            raise ValueError
    except ValueError:
        raise Invalid.field("cursor", "is not a cursor of this list", code="bad_cursor") from None
    return instant, int(alert_id)
