"""What becomes of a webhook's deliveries. None of it is a change of the books: the version stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from data.context import TenantContext

FIRST_PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 3600.0
GIVEN_UP_DAYS: Final = 3
_KEPT_DAYS: Final = 30
_EVERY: Final = 100
_GONE: Final = 410
"""RFC 9110, section 15.5.11: whoever answers so does not want to be asked again."""

# Two may want to deliver at once when a worker lost its lease: the row's lock lets one count first.
_BEGIN: Final = text(
    """
    UPDATE webhook_deliveries d SET attempts = d.attempts + 1, attempted_at = now()
    FROM webhooks w
    WHERE d.tenant_id = :tenant AND d.id = :id AND d.state = 'waiting'
      AND w.tenant_id = :tenant AND w.id = d.webhook_id AND w.enabled
      AND (w.retry_at IS NULL OR w.retry_at <= now())
    RETURNING d.event, d.data, d.created_at, w.url, w.secret
    """
)
_WAIT: Final = text(
    """
    SELECT extract(epoch FROM w.retry_at - now()) FROM webhook_deliveries d
    JOIN webhooks w ON w.tenant_id = :tenant AND w.id = d.webhook_id
    WHERE d.tenant_id = :tenant AND d.id = :id AND d.state = 'waiting' AND w.enabled AND w.retry_at > now()
    """
)
_DELIVERED: Final = text(
    """
    WITH done AS (
        UPDATE webhook_deliveries SET state = 'delivered', status = :status, error = NULL
        WHERE tenant_id = :tenant AND id = :id RETURNING webhook_id)
    UPDATE webhooks SET failing_since = NULL, retry_at = NULL
    WHERE tenant_id = :tenant AND id = (SELECT webhook_id FROM done) AND failing_since IS NOT NULL
    """
)
# It rests for as long as it has been failing: pauses double, for all its deliveries together.
_FAILED: Final = text(
    """
    WITH tried AS (
        UPDATE webhook_deliveries SET status = :status, error = :error
        WHERE tenant_id = :tenant AND id = :id AND state = 'waiting' RETURNING webhook_id)
    UPDATE webhooks w SET failing_since = coalesce(w.failing_since, now()),
        retry_at = now() + least(greatest(now() - w.failing_since, make_interval(secs => :first)),
                                 make_interval(secs => :longest))
    FROM tried WHERE w.tenant_id = :tenant AND w.id = tried.webhook_id
    RETURNING w.id, extract(epoch FROM w.retry_at - now()), w.failing_since < now() - make_interval(days => :days)
    """
)
_SWITCH_OFF: Final = text(
    "UPDATE webhooks SET enabled = false, retry_at = NULL WHERE tenant_id = :tenant AND id = :webhook"
)
_DROP: Final = text(
    """
    UPDATE webhook_deliveries SET state = 'failed' WHERE tenant_id = :tenant AND webhook_id = :webhook
      AND state = 'waiting'
    """
)
_DROP_ONE: Final = text(
    "UPDATE webhook_deliveries SET state = 'failed' WHERE tenant_id = :tenant AND id = :id AND state = 'waiting'"
)
_SWEEP: Final = text(
    """
    DELETE FROM webhook_deliveries WHERE tenant_id = :tenant AND created_at < now() - make_interval(days => :days)
      AND state <> 'waiting'
    """
)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A delivery that is to be tried now."""

    id: int
    event: str
    data: dict[str, Any]
    created_at: datetime
    url: str
    secret: str


def begin(context: TenantContext, delivery_id: int) -> Outgoing | float | None:
    """Count an attempt. Seconds to wait for, when the webhook rests; None when there is nothing to send (any more)."""
    with context.db.writing() as session:
        given = {"tenant": context.tenant.id, "id": delivery_id}
        row = session.execute(_BEGIN, given).first()
        if row is not None:
            return Outgoing(delivery_id, *row)
        rest = session.execute(_WAIT, given).scalar()
        if rest is None:
            session.execute(_DROP_ONE, given)  # the webhook was switched off meanwhile
            return None
        return float(rest)


def succeeded(context: TenantContext, delivery_id: int, status: int) -> None:
    """It arrived."""
    with context.db.writing() as session:
        given = {"tenant": context.tenant.id, "id": delivery_id}
        session.execute(_DELIVERED, {**given, "status": status})
        if delivery_id % _EVERY == 0:
            session.execute(_SWEEP, {"tenant": context.tenant.id, "days": _KEPT_DAYS})


def failed(context: TenantContext, delivery_id: int, status: int | None, error: str) -> float | None:
    """It did not: after how many seconds to try again, None when it was given up, with the webhook."""
    given = {"tenant": context.tenant.id, "id": delivery_id, "status": status, "error": error[:500]}
    pauses = {"first": FIRST_PAUSE, "longest": LONGEST_PAUSE, "days": GIVEN_UP_DAYS}
    with context.db.writing() as session:
        row = session.execute(_FAILED, {**given, **pauses}).first()
        if row is None:
            return None
        webhook_id, pause, hopeless = row
        if hopeless or status == _GONE:
            _give_up(session, context.tenant.id, webhook_id)
            return None
        return float(pause)


def _give_up(session: Session, tenant_id: int, webhook_id: int) -> None:
    for statement in (_SWITCH_OFF, _DROP):
        session.execute(statement, {"tenant": tenant_id, "webhook": webhook_id})
