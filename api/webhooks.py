"""`/financial/webhooks`: who outside is told what happens; `/financial/alert-settings`: who gets alerts by e-mail."""

from __future__ import annotations

from flask import Blueprint, Response

from api import resource
from core.errors import Conflict
from core.outside import Reach
from core.query import read_id, single
from data.commands.webhooks import choose_alerts, create_webhook, delete_webhook, update_webhook
from data.frames import webhooks
from data.frames.webhooks import alert_settings, get_webhook
from data.schemas.pages import Page
from data.schemas.webhooks import (
    AlertSettings,
    AlertSettingsIn,
    Delivery,
    NewWebhook,
    Webhook,
    WebhookIn,
    WebhookPatch,
)
from web.http import etag, if_match, read_json, reply
from web.identity import current
from web.openapi import operation
from web.state import state

blueprint = Blueprint("webhooks", __name__)


class DeliveryList(Page[Delivery]):
    """A page of deliveries."""


@blueprint.get("/financial/webhooks")
@operation("The webhooks by id", returns=Page[Webhook], parameters=resource.PAGE_PARAMETERS)
def list_webhooks() -> Response:
    return resource.page(webhooks.list_webhooks)


@blueprint.post("/financial/webhooks")
@operation(
    "Add a webhook; its secret is answered this once",
    body=WebhookIn,
    returns=NewWebhook,
    status=201,
    errors=resource.POST_ERRORS,
)
def post_webhook() -> Response:
    context = resource.editor()
    made, version = create_webhook(context, read_json(WebhookIn), Reach.of(state().settings))
    return reply(made, 201, {"Location": f"/financial/webhooks/{made.id}", "ETag": etag(version)})


@blueprint.get("/financial/webhooks/<webhook_id>")
@operation("One webhook, without its secret", returns=Webhook)
def get_one_webhook(webhook_id: str) -> Response:
    return resource.one(get_webhook, webhook_id, "webhook")


@blueprint.patch("/financial/webhooks/<webhook_id>")
@operation(
    "Change a webhook, or switch it on again",
    body=WebhookPatch,
    body_types=resource.PATCH_TYPES,
    returns=Webhook,
    errors=resource.PATCH_ERRORS,
    headers=resource.IF_MATCH,
)
def patch_webhook(webhook_id: str) -> Response:
    reach = Reach.of(state().settings)
    return resource.changed(
        get_webhook,
        lambda context, number: update_webhook(context, number, read_json(WebhookPatch), if_match(), reach),
        webhook_id,
        "webhook",
    )


@blueprint.delete("/financial/webhooks/<webhook_id>")
@operation("Delete a webhook", status=204, errors=(412,), headers=resource.IF_MATCH)
def remove_webhook(webhook_id: str) -> Response:
    return resource.removed(
        get_webhook, lambda context, number: delete_webhook(context, number, if_match()), webhook_id, "webhook"
    )


@blueprint.get("/financial/webhooks/<webhook_id>/deliveries")
@operation("What was sent to a webhook, newest first", returns=DeliveryList, parameters=resource.PAGE_PARAMETERS)
def list_deliveries(webhook_id: str) -> Response:
    context = current().context
    given = resource.only("limit", "cursor")
    number = read_id(webhook_id, "webhook")
    return reply(webhooks.list_deliveries(context, number, resource.limit(given), single(given, "cursor")))


@blueprint.get("/financial/alert-settings")
@operation("How I am told of this tenant's budget alerts", returns=AlertSettings)
def get_alert_settings() -> Response:
    identity = current()
    return reply(alert_settings(identity.context, identity.seat.person.id))


@blueprint.put("/financial/alert-settings")
@operation("Choose how I am told of budget alerts", body=AlertSettingsIn, returns=AlertSettings, errors=(400, 409, 415))
def put_alert_settings() -> Response:
    identity = current()
    chosen = read_json(AlertSettingsIn)
    if chosen.email and not state().settings.smtp_url:
        raise Conflict("This installation sends no mail: its operator has to set SMTP_URL", code="no_mail")
    choose_alerts(identity.context, identity.seat.person.id, chosen)
    return reply(alert_settings(identity.context, identity.seat.person.id))
