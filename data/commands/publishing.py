"""What becomes of the events that wait for the broker. None of it is a change of the books: the version stays."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from data.context import TenantContext
from data.models.webhook import BrokerEvent

_AT_ONCE = 100


def waiting(context: TenantContext) -> Sequence[BrokerEvent]:
    """The oldest events that the broker does not have yet, at most a hundred, in their order."""
    with context.db.reading() as session:
        return session.scalars(select(BrokerEvent).order_by(BrokerEvent.id).limit(_AT_ONCE)).all()


def published(context: TenantContext, events: Sequence[BrokerEvent]) -> None:
    """The broker has them, and will not forget them."""
    ids = [event.id for event in events]
    with context.db.writing() as session:
        statement = delete(BrokerEvent).where(BrokerEvent.tenant_id == context.tenant.id, BrokerEvent.id.in_(ids))
        session.execute(statement, execution_options={"synchronize_session": False})
