"""`flask token`: access tokens for programs and for trying things out."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import click

from cli.output import Group
from cli.runtime import load_settings, open_database, tenant_context
from cli.user import known_person
from core.errors import Invalid, NotFound
from data import directory
from web import tokens
from web.state import utc_now

SCOPES: Final = ("read", "write", "import", "embed", "admin")


@click.group("token", cls=Group)
def group() -> None:
    """Issue access tokens."""


@group.command()
@click.argument("email")
@click.option("--tenant", "key", required=True, help="The tenant's key.")
@click.option("--ttl", type=click.IntRange(1, 31 * 86_400), help="Seconds until it expires (default: 15 minutes).")
@click.option("--scopes", help="What it may be used for: read, write, import, embed, admin, separated by commas.")
def issue(email: str, key: str, ttl: int | None, scopes: str | None) -> None:
    """Print an access token for the member EMAIL of a tenant, and nothing else."""
    settings = load_settings()
    wanted = None if scopes is None else _scopes(scopes)
    with open_database(settings) as database:
        tenant = tenant_context(database, key).tenant
        with database.directory() as session:
            person = known_person(session, email)
            members = {each.id for each, _ in directory.tenants_of(session, person.id)}
    if tenant.id not in members:
        raise NotFound(f"{email} is no member of {key}")
    token, _ = tokens.issue(
        settings.secret_key,
        tokens.ACCESS,
        person_id=person.id,
        tenant_id=tenant.id,
        epoch=person.epoch,
        now=utc_now(),
        ttl=None if ttl is None else timedelta(seconds=ttl),
        scopes=wanted,
    )
    click.echo(token)


def _scopes(text: str) -> tuple[str, ...]:
    given = dict.fromkeys(text.replace(",", " ").split())
    unknown = [scope for scope in given if scope not in SCOPES]
    if unknown or not given:
        raise Invalid.field("scopes", f"must be some of {', '.join(SCOPES)}")
    return tuple(given)
