"""Who belongs to a tenant (global tables; open directory sessions). Making members is `data.directory.set_role`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from data.models.person import Membership, Person
from data.models.token import ApiToken, RefreshToken
from data.schemas.common import Role


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a tenant."""

    person_id: int
    email: str
    role: Role


def members_of(session: Session, tenant_id: int) -> list[Member]:
    """The tenant's people by address."""
    rows = session.execute(
        select(Person.id, Person.email, Membership.role)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.tenant_id == tenant_id)
        .order_by(func.lower(Person.email))
    )
    return [Member(person_id, email, cast(Role, role)) for person_id, email, role in rows]


def role_of(session: Session, person_id: int, tenant_id: int) -> Role | None:
    """The person's role in the tenant, None without one."""
    which = (Membership.person_id == person_id, Membership.tenant_id == tenant_id)
    return cast("Role | None", session.execute(select(Membership.role).where(*which)).scalar_one_or_none())


def remove_member(session: Session, person_id: int, tenant_id: int, now: datetime) -> None:
    """End a membership, and all that the person could come back with: stored and refresh tokens for the tenant."""
    which = (Membership.person_id == person_id, Membership.tenant_id == tenant_id)
    session.execute(delete(Membership).where(*which))
    for model in (ApiToken, RefreshToken):
        issued = (model.person_id == person_id, model.tenant_id == tenant_id, model.revoked_at.is_(None))
        session.execute(update(model).where(*issued).values(revoked_at=now))
