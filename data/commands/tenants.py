"""Make a tenant, look at it as its operator, empty its books."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from data import directory
from data.commands.unit import Write, write
from data.context import TenantContext
from data.db import Database
from data.directory import TenantInfo
from data.models import account, audit, state, transaction, view, webhook
from data.models.base import Base, TenantOwned
from data.models.followed import FOLLOWED
from data.models.person import Membership, Person
from data.schemas.common import Role

FEATURES: Final = ("dashboard",)
"""The flags that switch a part of the product off."""
_KEPT: Final = frozenset(
    {state.TenantState, state.Deletion, audit.AuditEntry}
    | {webhook.Webhook, webhook.WebhookDelivery, webhook.BrokerEvent, webhook.AlertSetting}
    | {view.SavedView}
)
"""No books: the history, who is told of it, and what people keep for themselves."""
_TOMBSTONES: Final = """
    INSERT INTO deletions (tenant_id, version, kind, object_id) SELECT tenant_id, :version, :kind, id FROM {table}
    WHERE tenant_id = :tenant
"""


@dataclass(frozen=True, slots=True)
class TenantDetails:
    """What an operator may know of a tenant: its version, how much it holds, who belongs to it."""

    tenant: TenantInfo
    version: int
    accounts: int
    transactions: int
    members: list[tuple[str, Role]]


def create(database: Database, values: dict[str, Any]) -> TenantInfo:
    """Add a tenant with empty books at version 0; `values` are columns of `tenants`. `Conflict`: the key is taken."""
    with database.directory() as session:
        tenant = directory.create_tenant(session, values)
        session.execute(text(f"SET LOCAL app.tenant_id = {tenant.id:d}"))
        session.execute(insert(state.TenantState).values(tenant_id=tenant.id))
        return tenant


def describe(database: Database, tenant: TenantInfo) -> TenantDetails:
    """The tenant's figures for its operator."""
    with database.directory_of(tenant.id) as session:
        members = session.execute(
            select(Person.email, Membership.role)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.tenant_id == tenant.id)
            .order_by(Person.email)
        )
        return TenantDetails(
            tenant=tenant,
            version=session.execute(select(state.TenantState.version)).scalar_one(),
            accounts=_count(session, account.Account),
            transactions=_count(session, transaction.Transaction),
            members=[(email, cast(Role, role)) for email, role in members],
        )


def _count(session: Session, model: type[TenantOwned]) -> int:
    return session.execute(select(func.count()).select_from(model)).scalar_one()


def reset(context: TenantContext) -> int:
    """Delete the tenant's books, as one write, and answer how many transactions there were.

    The tenant, its members, its audit log and its version stay; followers of the change feed learn what went.
    """
    with write(context) as unit:
        transactions = _count(unit.session, transaction.Transaction)
        _leave_tombstones(unit)
        for model in _owned_models():
            unit.session.execute(delete(model), execution_options={"synchronize_session": False})
        unit.audit("reset", "tenant", context.tenant.id, before={"transactions": transactions})
        return transactions


def set_feature(context: TenantContext, name: str, enabled: bool | None) -> None:
    """Switch one of `FEATURES` for the tenant, at once and everywhere; with None it has what the installation has."""
    with write(context) as unit:
        found = directory.find_tenant_by_id(unit.session, unit.tenant_id)
        before = None if found is None else found.features.get(name)
        if before is enabled:
            unit.discard = True
            return
        directory.set_feature(unit.session, unit.tenant_id, name, enabled)
        old, new = {"features": {name: before}}, {"features": {name: enabled}}
        unit.audit("update", "tenant", unit.tenant_id, before=old, after=new)


def _leave_tombstones(unit: Write) -> None:
    for kind, model in FOLLOWED.items():
        if model in _KEPT:
            continue
        unit.session.execute(
            text(_TOMBSTONES.format(table=model.__tablename__)),
            {"tenant": unit.tenant_id, "version": unit.version, "kind": kind},
        )


def _owned_models() -> list[type[TenantOwned]]:
    """The models whose rows are books: those that refer to others first."""
    place = {table: number for number, table in enumerate(Base.metadata.sorted_tables)}
    models = [mapper for mapper in Base.registry.mappers if issubclass(mapper.class_, TenantOwned)]
    models.sort(key=lambda mapper: place[cast(Any, mapper.local_table)], reverse=True)
    return [mapper.class_ for mapper in models if mapper.class_ not in _KEPT]
