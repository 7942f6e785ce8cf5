"""webhooks, webhook_deliveries, broker_events, alert_settings: who outside is told what happens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, ForeignKeyConstraint, Index, SmallInteger, Text, func
from sqlalchemy import Identity as Serial
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, Resource, TenantOwned


class Webhook(Resource, Base):
    """An address that is told of `events` by a POST signed with `secret`.

    `failing_since` is set while deliveries fail; nothing is tried before `retry_at`. One that fails for long is
    switched off (`enabled`).
    """

    __tablename__ = "webhooks"

    url: Mapped[str]
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    secret: Mapped[str]
    enabled: Mapped[bool] = mapped_column(server_default="true")
    failing_since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    retry_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class WebhookDelivery(TenantOwned, Base):
    """The outbox: one event for one webhook, written by the transaction that it tells of, and kept as a log.

    `data` is what the body says of the event. `status` is the last answer's HTTP status, `error` why it failed.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'delivered', 'failed')", name="state"),
        ForeignKeyConstraint(["tenant_id", "webhook_id"], ["webhooks.tenant_id", "webhooks.id"], ondelete="CASCADE"),
        Index("ix_webhook_deliveries_webhook", "tenant_id", "webhook_id", "id"),
    )

    id: Mapped[int] = mapped_column(Serial(), primary_key=True, sort_order=-1)
    webhook_id: Mapped[int]
    event: Mapped[str]
    data: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default="waiting")
    attempts: Mapped[int] = mapped_column(server_default="0")
    status: Mapped[int | None] = mapped_column(SmallInteger)
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class BrokerEvent(TenantOwned, Base):
    """An event for the broker (`AMQP_URL`), written by the transaction that it tells of; gone once it has it."""

    __tablename__ = "broker_events"

    id: Mapped[int] = mapped_column(Serial(), primary_key=True, sort_order=-1)
    version: Mapped[int]
    event: Mapped[str]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class AlertSetting(TenantOwned, Base):
    """Whether a person gets the tenant's budget alerts by e-mail. No row: no."""

    __tablename__ = "alert_settings"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    email: Mapped[bool] = mapped_column(server_default="false")
