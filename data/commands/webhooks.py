"""Make, change and delete webhooks; choose how alerts reach a person."""

from __future__ import annotations

import base64
import secrets

from sqlalchemy.dialects.postgresql import insert

from core.errors import Conflict
from core.outside import Reach, read_target
from data.commands import resources
from data.commands.resources import Versioned
from data.commands.unit import write
from data.context import TenantContext
from data.frames.webhooks import count_webhooks, webhook_record
from data.models.webhook import AlertSetting, Webhook
from data.schemas import webhooks as schemas

MOST = 20
"""How many webhooks a tenant may have: each is told of every change."""


def create_webhook(context: TenantContext, new: schemas.WebhookIn, reach: Reach) -> Versioned[schemas.NewWebhook]:
    """Add a webhook with a secret that is answered this once. `reach`: where it may lead."""
    read_target(new.url, reach)
    secret = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
    with write(context) as unit:
        if count_webhooks(unit.session) >= MOST:
            raise Conflict(f"There are {MOST} webhooks already", code="too_many_webhooks")
        row = Webhook(**unit.stamp, url=new.url, events=sorted(set(new.events)), secret=secret, enabled=True)
        made, version = resources.add(unit, "webhook", row, webhook_record)
    return schemas.NewWebhook(**made.model_dump(), secret=secret), version


def update_webhook(
    context: TenantContext, webhook_id: int, patch: schemas.WebhookPatch, if_match: int | None, reach: Reach
) -> Versioned[schemas.Webhook]:
    """Change a webhook; switched on, it begins anew as one that never failed."""
    if patch.url is not None:
        read_target(patch.url, reach)
    with write(context) as unit:
        row = resources.find(unit, Webhook, webhook_id, "webhook", if_match)
        values = resources.given(patch, nullable=())
        if "events" in values:
            values["events"] = sorted(set(values["events"]))
        if values.get("enabled") or "url" in values:
            values |= {"failing_since": None, "retry_at": None}
        return resources.change(unit, "webhook", row, values, webhook_record)


def delete_webhook(context: TenantContext, webhook_id: int, if_match: int | None = None) -> None:
    """Remove a webhook with its deliveries."""
    with write(context) as unit:
        row = resources.find(unit, Webhook, webhook_id, "webhook", if_match)
        resources.remove(unit, "webhook", row, webhook_record(row))


def choose_alerts(context: TenantContext, person_id: int, chosen: schemas.AlertSettingsIn) -> None:
    """Store how a person is told of alerts. No figure depends on it, so the version stays."""
    statement = insert(AlertSetting).values(tenant_id=context.tenant.id, person_id=person_id, email=chosen.email)
    with context.db.writing() as session:
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant_id", "person_id"], set_={"email": statement.excluded.email}
            )
        )
