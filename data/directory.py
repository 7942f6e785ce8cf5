"""The directory: tenants, people, memberships (global tables). The one module besides sign-in that reads them.

All functions take an open directory session (`Database.directory`); what leaves is frozen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.errors import Conflict, NotFound
from data.changes import QUIET, directory_version
from data.models.person import Membership, Person
from data.models.state import TenantState
from data.models.tenant import Installation, Tenant, rates_version_column
from data.schemas.common import Role
from data.shapes import shaped

DirectorySession = Session
"""A session on the global tables, as `Database.directory` opens it."""


@dataclass(frozen=True, slots=True)
class TenantInfo:
    """A tenant as everybody else sees it. `features` are its own overrides of the installation's flags,
    `updated_version` is the tenant's version of its settings."""

    id: int
    key: str
    type: str
    name: str
    currency: str
    timezone: str
    locale: str
    month_start: int
    match_by_amount: bool
    features: dict[str, bool]
    updated_version: int = 0


@dataclass(frozen=True, slots=True)
class PersonInfo:
    id: int
    email: str
    password_hash: str
    epoch: int
    last_tenant_id: int | None


@dataclass(frozen=True, slots=True)
class Seat:
    """A person's place in a tenant, with its current version and its feature flags (what is not named is on).

    `directory` is the directory's version at the same moment: the rest is true until it rises.
    """

    person: PersonInfo
    tenant: TenantInfo
    role: Role
    version: int
    features: dict[str, bool]
    rates_version: int
    directory: int


def _tenant(row: Tenant) -> TenantInfo:
    return shaped(TenantInfo, row, features=dict(row.features))


def _person(row: Person) -> PersonInfo:
    return shaped(PersonInfo, row)


def find_person(session: Session, email: str) -> PersonInfo | None:
    """The person with this e-mail address (letter case does not matter)."""
    row = session.scalars(select(Person).where(func.lower(Person.email) == email.strip().lower())).first()
    return _person(row) if row else None


def find_person_by_id(session: Session, person_id: int) -> PersonInfo | None:
    """The person with this id."""
    row = session.get(Person, person_id)
    return _person(row) if row else None


def tenants_of(session: Session, person_id: int) -> list[tuple[TenantInfo, Role]]:
    """The person's tenants by key, with the role in each."""
    rows = session.execute(
        select(Tenant, Membership.role)
        .join(Membership, Membership.tenant_id == Tenant.id)
        .where(Membership.person_id == person_id)
        .order_by(Tenant.key)
    )
    return [(_tenant(tenant), cast(Role, role)) for tenant, role in rows]


def find_tenant(session: Session, key: str) -> TenantInfo:
    """The tenant with this key, or `NotFound`."""
    row = session.scalars(select(Tenant).where(Tenant.key == key)).first()
    if row is None:
        raise NotFound(f"There is no tenant {key}", code="unknown_tenant")
    return _tenant(row)


def find_tenant_by_id(session: Session, tenant_id: int) -> TenantInfo | None:
    """The tenant with this id, None when it is gone."""
    row = session.get(Tenant, tenant_id)
    return None if row is None else _tenant(row)


def read_one(session: Session) -> None:
    """Read a row of the directory, if it has any: an error says what keeps the program from its tables."""
    session.execute(select(Tenant.id).limit(1)).first()


def all_tenants(session: Session) -> list[TenantInfo]:
    """Every tenant of the installation, by key."""
    return [_tenant(row) for row in session.scalars(select(Tenant).order_by(Tenant.key))]


def seat(session: Session, person_id: int, tenant_id: int) -> Seat | None:
    """The person's seat in the tenant, `None` when there is none. The session must be `directory_of(tenant_id)`."""
    row = session.execute(
        select(
            Person,
            Tenant,
            Membership.role,
            TenantState.version,
            Installation.value,
            rates_version_column(),
            directory_version(),
        )
        .join(Membership, Membership.person_id == Person.id)
        .join(Tenant, Tenant.id == Membership.tenant_id)
        .join(TenantState, TenantState.tenant_id == Tenant.id)
        .outerjoin(Installation, Installation.name == "features")
        .where(Person.id == person_id, Tenant.id == tenant_id)
    ).first()
    if row is None:
        return None
    person, tenant, role, version, flags, rates_version, directory = row
    features = {**(flags or {}), **tenant.features}
    return Seat(_person(person), _tenant(tenant), cast(Role, role), version, features, rates_version, directory)


def remember_tenant(session: Session, person_id: int, tenant_id: int) -> None:
    """Note the tenant a person last used; the next sign-in without a tenant goes there."""
    statement = update(Person).where(Person.id == person_id).values(last_tenant_id=tenant_id)
    session.execute(statement, execution_options={QUIET: True})


def create_tenant(session: Session, values: dict[str, Any]) -> TenantInfo:
    """Add a tenant; the columns of `tenants` as `values`. `Conflict` when the key is taken."""
    try:
        row = session.scalars(insert(Tenant).values(**values).returning(Tenant)).one()
    except IntegrityError as error:
        raise Conflict(f"The tenant {values['key']} exists already", code="tenant_exists") from error
    return _tenant(row)


def update_tenant(session: Session, tenant_id: int, values: dict[str, Any]) -> TenantInfo:
    """Change columns of a tenant."""
    changed = update(Tenant).where(Tenant.id == tenant_id).values(**values).returning(Tenant)
    return _tenant(session.scalars(changed, execution_options={"populate_existing": True}).one())


def create_person(session: Session, email: str, password_hash: str) -> PersonInfo:
    """Add a person; `Conflict` when the address is taken."""
    try:
        row = session.scalars(insert(Person).values(email=email, password_hash=password_hash).returning(Person)).one()
    except IntegrityError as error:
        raise Conflict(f"{email} exists already", code="person_exists") from error
    return _person(row)


def set_password(session: Session, person_id: int, password_hash: str, *, end_sessions: bool) -> None:
    """Store a new hash; with `end_sessions` everything signed in before ends (a person's own change of password)."""
    values: dict[str, Any] = {"password_hash": password_hash}
    if end_sessions:
        values["epoch"] = Person.epoch + 1
    session.execute(update(Person).where(Person.id == person_id).values(**values))


def end_sessions(session: Session, person_id: int) -> None:
    """Make every session and refresh token of the person void."""
    session.execute(update(Person).where(Person.id == person_id).values(epoch=Person.epoch + 1))


def set_role(session: Session, person_id: int, tenant_id: int, role: Role) -> None:
    """Give the person this role in the tenant, as a new member or instead of the role it had."""
    changed = session.execute(
        update(Membership)
        .where(Membership.person_id == person_id, Membership.tenant_id == tenant_id)
        .values(role=role)
        .returning(Membership.person_id)
    ).first()
    if changed is None:
        session.execute(insert(Membership).values(person_id=person_id, tenant_id=tenant_id, role=role))


def set_feature(session: Session, tenant_id: int | None, name: str, enabled: bool | None) -> None:
    """Switch a feature flag for a tenant, or for the installation (`tenant_id` None); `enabled` None removes it."""
    change = {name: enabled}
    if tenant_id is not None:
        row = session.scalars(select(Tenant).where(Tenant.id == tenant_id).with_for_update()).one()
        row.features = _merged(row.features, change)
        return
    flags = session.get(Installation, "features", with_for_update=True)
    if flags is None:
        session.add(Installation(name="features", value=_merged({}, change)))
    else:
        flags.value = _merged(flags.value, change)


def _merged(flags: dict[str, Any], change: dict[str, bool | None]) -> dict[str, Any]:
    return {name: value for name, value in {**flags, **change}.items() if value is not None}
