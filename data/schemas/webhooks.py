"""Webhooks, what was sent to them, and who gets alerts by e-mail."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from data.schemas.common import Id, In, Out, Text

WebhookEvent = Literal["change", "alert", "import"]


class Webhook(Out):
    """An address that is told of events. Switched off (`enabled`) by somebody, or after failing for days."""

    id: Id
    url: str
    events: list[WebhookEvent]
    enabled: bool
    failing_since: datetime | None
    created_at: datetime


class NewWebhook(Webhook):
    """As it is answered once, when it is made."""

    secret: str


class WebhookIn(In):
    url: Text
    events: list[WebhookEvent] = Field(default=["change", "alert", "import"], min_length=1, max_length=3)


class WebhookPatch(In):
    url: Text | None = None
    events: list[WebhookEvent] | None = Field(default=None, min_length=1, max_length=3)
    enabled: bool | None = None


class Delivery(Out):
    """One event for one webhook, and what became of it: the last answer's status, or why there was none."""

    id: Id
    event: WebhookEvent
    data: dict[str, Any]
    state: Literal["waiting", "delivered", "failed"]
    attempts: int
    status: int | None
    error: str | None
    created_at: datetime
    attempted_at: datetime | None


class AlertSettings(Out):
    """How the person who asks is told of this tenant's budget alerts, beside the pages."""

    email: bool


class AlertSettingsIn(In):
    email: bool
