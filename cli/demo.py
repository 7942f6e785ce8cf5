"""`flask demo`: tenants with three years of made-up books."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

import click

from cli.output import Group, progress
from cli.runtime import load_settings, open_database, tenant_context
from core.errors import Conflict
from data import directory
from data.commands import tenants
from data.commands.demo import load_book
from data.db import Database
from data.demo.book import Book
from data.demo.organisation import organisation
from data.demo.person import person
from data.demo.stranger import stranger
from data.schemas.common import Role
from web.passwords import hash_password

PASSWORD: Final = "demo-demo-demo"  # noqa: S105 - no secret: production refuses it
OWNER: Final = "demo@example.org"
STRANGER: Final = "stranger@example.org"
_ROLE: Final[Role] = "owner"


@dataclass(frozen=True, slots=True)
class DemoTenant:
    """A demo tenant: who owns it, and what is in its books on a day."""

    key: str
    owner: str
    name: str
    currency: str
    timezone: str
    locale: str
    book: Callable[[date], Book]


TENANTS: Final = (
    DemoTenant("user_1", OWNER, "Demo person", "EUR", "Europe/Berlin", "en-IE", person),
    DemoTenant("org_2", OWNER, "Copperlight Lamps Ltd", "GBP", "Europe/London", "en-GB", organisation),
    DemoTenant("org_3", STRANGER, "Willow Creek Pottery", "USD", "America/New_York", "en-US", stranger),
)


@click.group("demo", cls=Group)
def group() -> None:
    """Try the product with made-up books."""


@group.command()
@click.option("--yes", is_flag=True, help="Load them in production too, with their well-known password.")
def load(yes: bool) -> None:
    """Load the demo tenants user_1, org_2 and org_3 and their people demo@example.org and stranger@example.org."""
    settings = load_settings()
    if settings.production and not yes:
        raise click.UsageError("Everybody knows the demo's password: add --yes to load it in production")
    with open_database(settings) as database:
        load_demo(database)
    click.echo(f"The demo is loaded. Sign in as {OWNER} with the password {PASSWORD}.")


def wants_demo(database: Database) -> bool:
    """Whether the database is empty, or the loading of the demo was cut off."""
    names = {each.key: each.name for each in TENANTS}
    with database.directory() as session:
        ours = all(names.get(tenant.key) == tenant.name for tenant in directory.all_tenants(session))
        return ours and directory.find_person(session, STRANGER) is None


def has_demo(database: Database) -> bool:
    """Whether somebody can sign in to the demo."""
    with database.directory() as session:
        return directory.find_person(session, OWNER) is not None


def load_demo(database: Database) -> None:
    """Load what is missing of the demo. `Conflict` when there is nothing missing, or another tenant has a key of it."""
    with database.directory() as session:
        names = {tenant.key: tenant.name for tenant in directory.all_tenants(session)}
        complete = directory.find_person(session, STRANGER) is not None
    foreign = [each.key for each in TENANTS if names.get(each.key, each.name) != each.name]
    if foreign:
        raise Conflict(f"The demo needs the key {foreign[0]}, which another tenant has")
    if complete:
        raise Conflict("The demo is loaded already")
    for each in TENANTS:
        with progress(f"Loading the books of {each.name}"):
            _put_tenant(database, each, new=each.key not in names)
    for each in TENANTS:
        _put_owner(database, each)


def _put_tenant(database: Database, each: DemoTenant, *, new: bool) -> None:
    if new:
        kind = "user" if each.key.startswith("user_") else "organization"
        tenants.create(
            database,
            {
                "key": each.key,
                "type": kind,
                "name": each.name,
                "currency": each.currency,
                "timezone": each.timezone,
                "locale": each.locale,
                "match_by_amount": kind == "user",
            },
        )
    context = tenant_context(database, each.key)
    if tenants.describe(database, context.tenant).version == 0:
        load_book(context, each.book(context.today))


def _put_owner(database: Database, each: DemoTenant) -> None:
    with database.directory() as session:
        tenant = directory.find_tenant(session, each.key)
        owner = directory.find_person(session, each.owner)
        owner = owner or directory.create_person(session, each.owner, hash_password(PASSWORD))
        directory.set_role(session, owner.id, tenant.id, _ROLE)
