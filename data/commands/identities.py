"""People who come by way of a provider of identity: linked, unlinked, invited, new. All in a tenant's audit log."""

from __future__ import annotations

from typing import Any, Final

from core.errors import Conflict, NotFound
from data import directory, identities
from data.commands import tenants
from data.commands.unit import write
from data.context import TenantContext
from data.db import Database
from data.directory import PersonInfo, TenantInfo

NO_PASSWORD: Final = ""
"""In place of the hash of somebody who never chose a password: no password fits it."""
_NEW_BOOKS: Final[dict[str, Any]] = {
    "type": "user",
    "currency": "EUR",
    "timezone": "UTC",
    "locale": "en-GB",
    "month_start": 1,
    "match_by_amount": True,
}
"""What somebody's own books begin with; all of it can be changed in the settings."""


def link(context: TenantContext, person_id: int, issuer: str, subject: str, email: str | None) -> None:
    """From now on the person may sign in by this provider. `Conflict` when either side is linked already."""
    with write(context) as unit:
        identities.add(unit.session, person_id, issuer, subject, email)
        unit.audit("link", "identity", person_id, after={"issuer": issuer, "email": email})


def unlink(context: TenantContext, person_id: int, issuer: str) -> None:
    """The person signs in without this provider again; `NotFound` when not linked."""
    with write(context) as unit:
        if not identities.remove(unit.session, person_id, issuer):
            raise NotFound("Nothing is linked")
        unit.audit("unlink", "identity", person_id, before={"issuer": issuer})


def create_person(database: Database, email: str, issuer: str, subject: str) -> PersonInfo:
    """Somebody new, linked to the provider and without a password."""
    with database.directory() as session:
        person = directory.create_person(session, email, NO_PASSWORD)
        identities.add(session, person.id, issuer, subject, email)
    return person


def create_books(database: Database, person: PersonInfo) -> TenantInfo:
    """Books of the person's own: `user_<id>`, or `user_<id>_2` and so on where that key is taken."""
    tenant = _create_tenant(database, person)
    with database.directory() as session:
        directory.set_role(session, person.id, tenant.id, "owner")
    return tenant


def _create_tenant(database: Database, person: PersonInfo) -> TenantInfo:
    values = {**_NEW_BOOKS, "name": person.email.partition("@")[0][:200]}
    for number in range(1, 10):
        key = f"user_{person.id}" + (f"_{number}" if number > 1 else "")
        try:
            return tenants.create(database, {**values, "key": key})
        except Conflict:
            continue
    raise Conflict(f"No key for the books of {person.email} is free")
