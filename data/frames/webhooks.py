"""Webhooks, their deliveries, and who wants alerts by e-mail."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import NotFound
from data.context import TenantContext
from data.frames.resources import paged, tenant_version
from data.models.webhook import AlertSetting, Webhook, WebhookDelivery
from data.schemas import webhooks as schemas
from data.schemas.pages import DEFAULT_LIMIT, Page, read_cursor


def webhook_record(row: Webhook) -> schemas.Webhook:
    """A webhook as the API shows it: without its secret."""
    return schemas.Webhook(
        id=str(row.id),
        url=row.url,
        events=cast(Any, row.events),
        enabled=row.enabled,
        failing_since=row.failing_since,
        created_at=row.created_at,
    )


def list_webhooks(context: TenantContext, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page[Any]:
    resource = context.list_name("webhooks")
    statement = select(Webhook).order_by(Webhook.id).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(Webhook.id > read_cursor(resource, cursor, int)[0])
    with context.db.reading() as session:
        rows = session.scalars(statement).all()
        records = [webhook_record(row) for row in rows]
        return paged(resource, records, limit, tenant_version(session), lambda place: (rows[place].id,))


def get_webhook(context: TenantContext, webhook_id: int) -> tuple[schemas.Webhook, int]:
    """A webhook and the version at which somebody last changed it."""
    with context.db.reading() as session:
        row = _find(session, webhook_id)
        return webhook_record(row), row.updated_version


def list_deliveries(context: TenantContext, webhook_id: int, limit: int, cursor: str | None) -> Page[schemas.Delivery]:
    """What was and will be sent to a webhook, newest first."""
    resource = context.list_name(f"deliveries:{webhook_id}")
    own = WebhookDelivery.webhook_id == webhook_id
    statement = select(WebhookDelivery).where(own).order_by(WebhookDelivery.id.desc()).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(WebhookDelivery.id < read_cursor(resource, cursor, int)[0])
    with context.db.reading() as session:
        _find(session, webhook_id)
        rows = session.scalars(statement).all()
        records = [_delivery(row) for row in rows]
        return paged(resource, records, limit, tenant_version(session), lambda place: (rows[place].id,))


def count_webhooks(session: Session) -> int:
    return session.execute(select(func.count()).select_from(Webhook)).scalar_one()


def wants_mail(session: Session) -> list[int]:
    """The ids of the people who get the tenant's alerts by e-mail."""
    return list(session.scalars(select(AlertSetting.person_id).where(AlertSetting.email).order_by("person_id")))


def alert_settings(context: TenantContext, person_id: int) -> schemas.AlertSettings:
    """How a person is told of the tenant's alerts."""
    with context.db.reading() as session:
        email = session.scalars(select(AlertSetting.email).where(AlertSetting.person_id == person_id)).first()
        return schemas.AlertSettings(email=bool(email))


def _find(session: Session, webhook_id: int) -> Webhook:
    row = session.scalars(select(Webhook).where(Webhook.id == webhook_id)).first()
    if row is None:
        raise NotFound(f"There is no webhook {webhook_id}")
    return row


def _delivery(row: WebhookDelivery) -> schemas.Delivery:
    return schemas.Delivery(
        id=str(row.id),
        event=cast(Any, row.event),
        data=row.data,
        state=cast(Any, row.state),
        attempts=row.attempts,
        status=row.status,
        error=row.error,
        created_at=row.created_at,
        attempted_at=row.attempted_at,
    )
