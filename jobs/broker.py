"""Kind `broker`: a tenant's events for RabbitMQ (AMQP 0-9-1), in their order, confirmed before they are forgotten.

None is lost: an event leaves the database only after the broker's confirm. None is invented: it was written by the
transaction that it tells of. When a worker dies between the two it is told twice, with the same message id.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC
from functools import partial
from typing import Final

from data.commands import publishing
from data.commands.outbox import BROKER_JOB
from data.context import TenantContext
from data.db import Database
from data.models.webhook import BrokerEvent
from data.queue import Taken
from jobs.kinds import Kind, Later, Reins, open_books

EXCHANGE: Final = "financial"
_PAUSE: Final = 5.0
_TIMEOUT: Final = 10
_FOR_EVER: Final = 1_000_000  # what waits is told when the broker is back, however long that takes


def publish(url: str, tenant: str, events: Sequence[BrokerEvent]) -> None:
    """Return once the broker at `url` has taken all of them; `ConnectionError` when it did not. Without events it is
    only asked whether we may publish.

    A connection for each batch: one that was kept would have to be kept alive, and found dead, beside the work.
    """
    from pika import BasicProperties, BlockingConnection, DeliveryMode, URLParameters  # type: ignore[import-untyped]
    from pika.exceptions import AMQPError  # type: ignore[import-untyped]

    parameters = URLParameters(url)
    parameters.socket_timeout = parameters.blocked_connection_timeout = _TIMEOUT
    try:
        with BlockingConnection(parameters) as connection:
            channel = connection.channel()
            channel.confirm_delivery()  # from here on a message is published when the broker has said so
            channel.exchange_declare(EXCHANGE, "topic", durable=True)
            for event in events:
                properties = BasicProperties(
                    content_type="application/json",
                    delivery_mode=DeliveryMode.Persistent,
                    message_id=f"{tenant}_{event.id}",
                    timestamp=int(event.created_at.timestamp()),
                    type=event.event,
                )
                channel.basic_publish(EXCHANGE, f"{tenant}.{event.event}", _body(tenant, event), properties)
    except (AMQPError, OSError) as error:
        raise ConnectionError(f"{type(error).__name__}: {error}") from error


def kind(url: str) -> Kind:
    """The kind, with the broker at `url`."""
    return Kind(BROKER_JOB, partial(_run, url), attempts=_FOR_EVER)


def _run(url: str, database: Database, job: Taken, reins: Reins) -> None:
    """Tell the broker all that waits. Jobs of one tenant run one at a time, so the order holds."""
    context = open_books(database, job)
    while context is not None and (events := publishing.waiting(context)):
        reins.check()
        _tell(url, context, events)


def _tell(url: str, context: TenantContext, events: Sequence[BrokerEvent]) -> None:
    try:
        publish(url, context.tenant.key, events)
    except ConnectionError as error:
        raise Later(_PAUSE, str(error)) from error
    publishing.published(context, events)


def _body(tenant: str, event: BrokerEvent) -> bytes:
    happened = event.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    data = {"tenant": tenant, "version": event.version, **event.data}
    return json.dumps({"type": event.event, "timestamp": happened, "data": data}).encode()
