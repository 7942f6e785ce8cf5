"""The end of every write: whoever listens is told what changed, in the same transaction.

Those who are connected are told by a notice. For webhooks, mail and the broker the outbox is filled: rows and jobs that
commit with the change, so that nothing is told which did not happen, and nothing that happened is forgotten.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from data import queue
from data.context import TenantContext
from data.frames.changes import DELETIONS_KEPT, changed_kinds
from data.frames.webhooks import wants_mail
from data.models.budget import BudgetAlert
from data.models.imports import Import
from data.models.webhook import BrokerEvent, Webhook, WebhookDelivery
from data.notices import tell_change
from data.reports.budgets import alert_record

WEBHOOK_JOB: Final = "webhook"
MAIL_JOB: Final = "alert_mail"
BROKER_JOB: Final = "broker"
_EVERY: Final = 100
"""Old deletions are looked for at every so many versions: what is a little too old costs nothing."""
_FORGET: Final = text(
    """
    WITH old AS (
        DELETE FROM deletions WHERE tenant_id = :tenant AND deleted_at < now() - :kept RETURNING version)
    UPDATE tenant_state SET forgotten_version = greatest(forgotten_version, (SELECT max(version) FROM old))
    WHERE tenant_id = :tenant
    """
)


def tell(session: Session, context: TenantContext, version: int) -> None:
    """Announce what this write changed. Nothing may be written to the books after it."""
    tenant_id = context.tenant.id
    session.flush()
    kinds = changed_kinds(session, version - 1)
    tell_change(session, tenant_id, version, kinds)
    alerts = _alerts(session, version) if "alert" in kinds else []
    hooks = session.execute(select(Webhook.id, Webhook.events).where(Webhook.enabled).order_by(Webhook.id)).all()
    if hooks or context.db.publishes:
        happened = _events(session, version, kinds, alerts)
        if context.db.publishes:
            _publish(session, tenant_id, version, happened)
        for webhook_id, events in hooks:
            for event in events:
                if event in happened:
                    _post(session, context, webhook_id, event, {"version": version, **happened[event]})
    if alerts and wants_mail(session):
        queue.enqueue(session, MAIL_JOB, {"version": version}, tenant_id=tenant_id)
    if version % _EVERY == 0:
        session.execute(_FORGET, {"tenant": tenant_id, "kept": DELETIONS_KEPT})


def _alerts(session: Session, version: int) -> list[dict[str, Any]]:
    rows = session.scalars(select(BudgetAlert).where(BudgetAlert.created_version == version).order_by(BudgetAlert.id))
    return [alert_record(row).model_dump(mode="json", by_alias=True) for row in rows]


def _events(
    session: Session, version: int, kinds: list[str], alerts: list[dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """The events that happened, and what is said of each."""
    found: dict[str, dict[str, Any]] = {"change": {"kinds": kinds}}
    if alerts:
        found["alert"] = {"alerts": alerts}
    if "import" in kinds:
        rows = session.execute(
            select(Import.id, Import.state, Import.counts).where(Import.updated_version == version).order_by(Import.id)
        )
        imports = [{"id": str(row.id), "state": row.state, "counts": row.counts} for row in rows]
        if imports:
            found["import"] = {"imports": imports}
    return found


def _post(session: Session, context: TenantContext, webhook_id: int, event: str, data: dict[str, Any]) -> None:
    """Put an event into the outbox. A change joins one that still waits: only the newest version is of interest."""
    tenant_id = context.tenant.id
    if event == "change" and _join(session, webhook_id, data):
        return
    delivery_id = session.execute(
        insert(WebhookDelivery)
        .values(tenant_id=tenant_id, webhook_id=webhook_id, event=event, data={"tenant": context.tenant.key, **data})
        .returning(WebhookDelivery.id)
    ).scalar_one()
    queue.enqueue(session, WEBHOOK_JOB, {"delivery": delivery_id}, tenant_id=tenant_id)


def _publish(session: Session, tenant_id: int, version: int, happened: dict[str, dict[str, Any]]) -> None:
    """Leave what happened for the broker, in the order in which it is told."""
    rows = [
        {"tenant_id": tenant_id, "version": version, "event": event, "data": data} for event, data in happened.items()
    ]
    session.execute(insert(BrokerEvent), rows)
    queue.enqueue(session, BROKER_JOB, {"version": version}, tenant_id=tenant_id)


def _join(session: Session, webhook_id: int, data: dict[str, Any]) -> bool:
    waits = (
        WebhookDelivery.webhook_id == webhook_id,
        WebhookDelivery.event == "change",
        WebhookDelivery.state == "waiting",
        WebhookDelivery.attempts == 0,
    )
    found = session.execute(select(WebhookDelivery.id, WebhookDelivery.data).where(*waits).limit(1)).first()
    if found is None:
        return False
    kinds = sorted({*found.data["kinds"], *data["kinds"]})
    joined = session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.id == found.id, *waits)  # once more: it may have been sent just now
        .values(data={**found.data, **data, "kinds": kinds})
        .returning(WebhookDelivery.id),
        execution_options={"synchronize_session": False},
    )
    return joined.first() is not None
