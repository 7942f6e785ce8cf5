"""`flask token`: tokens for programs and for trying things out, and the keys that sign them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final, cast, get_args

import click

from cli.output import Group
from cli.runtime import load_settings, open_database, tenant_context
from cli.user import known_person
from core.errors import Conflict, Invalid, NotFound
from core.settings import Settings
from data import credentials, directory, second_factor
from data.commands.embeds import seal_keys_anew
from data.commands.tokens import issue_token
from data.context import TenantContext
from data.db import Database
from data.directory import DirectorySession, PersonInfo
from data.schemas.common import Role, Scope
from data.schemas.tokens import ApiTokenIn
from web import embed_seats, keys, sealing, tokens
from web import second_factor as factors
from web.state import utc_now

SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)


@click.group("token", cls=Group)
def group() -> None:
    """Issue and revoke tokens, change the keys that sign them."""


@group.command()
@click.argument("email")
@click.option("--tenant", "key", required=True, help="The tenant's key.")
@click.option("--ttl", type=click.IntRange(1, 31 * 86_400), help="Seconds until it expires (default: 15 minutes).")
@click.option("--scopes", help="What it may be used for: read, write, import, embed, admin, separated by commas.")
@click.option("--name", help="Issue a stored token (fd_...) with this name, which lives until it is revoked.")
@click.option("--expires-on", type=click.DateTime(["%Y-%m-%d"]), help="The last day of a stored token.")
def issue(
    email: str, key: str, ttl: int | None, scopes: str | None, name: str | None, expires_on: datetime | None
) -> None:
    """Print an access token for the member EMAIL of a tenant, and nothing else."""
    if name is None and expires_on is not None:
        raise click.UsageError("--expires-on is for a stored token: add --name")
    if name is not None and ttl is not None:
        raise click.UsageError("A stored token has --expires-on, not --ttl")
    settings = load_settings()
    wanted = None if scopes is None else _scopes(scopes)
    with open_database(settings) as database:
        context = tenant_context(database, key)
        with database.directory() as session:
            person = known_person(session, email)
            roles = {each.id: role for each, role in directory.tenants_of(session, person.id)}
        role = roles.get(context.tenant.id)
        if role is None:
            raise NotFound(f"{email} is no member of {key}")
        if name is None:
            click.echo(_signed(database, settings, person, context, ttl, wanted))
        else:
            click.echo(_stored(context, person, role, name, wanted, expires_on.date() if expires_on else None))


@group.command()
@click.argument("token")
def revoke(token: str) -> None:
    """Revoke TOKEN at once: a stored one (fd_..., or its id) or an access token."""
    settings, now = load_settings(), utc_now()
    with open_database(settings) as database, database.directory() as session:
        if token.startswith(tokens.API_PREFIX) or token.isdecimal():
            token_id, tenant_id = _find(session, token)
            credentials.revoke_token(session, token_id, None, tenant_id, now)
        else:
            _, secret = keys.Ring().find(database, settings.secret_keys, tokens.ACCESS, token)
            claims = tokens.read(secret, tokens.ACCESS, token, now)
            credentials.end_session(session, claims.jti, claims.expires_at, now)
    click.echo("The token is revoked.")


@group.command("rotate-keys")
@click.option("--end-old", is_flag=True, help="End everything that was signed before: everybody has to sign in again.")
def rotate_keys(end_old: bool) -> None:
    """Sign with a new key from now on. The key before stays valid until the next rotation."""
    with open_database(load_settings()) as database, database.directory() as session:
        keys.rotate(session, end_old=end_old)
    before = "everybody has to sign in again" if end_old else "what was signed with the one before stays valid"
    click.echo(f"A new key signs from now on; {before}.")


@group.command("reseal")
def reseal_secrets() -> None:
    """Seal second factors and embed keys under SECRET_KEY that are still sealed under SECRET_KEY_PREVIOUS."""
    settings = load_settings()
    with open_database(settings) as database:
        changed, lost = _reseal_all(database, settings.secret_keys)
    click.echo(f"Sealed anew: {changed}.")
    if lost:
        raise Conflict(f"Sealed under another key than these, and left as they are: {lost}")


def _reseal_all(database: Database, secret_keys: tuple[str, ...]) -> tuple[int, int]:
    """How many secrets got the first key's seal, and how many no key opens. A transaction for people, one a tenant."""

    def of_person(person_id: int, sealed: bytes) -> bytes | None:
        return sealing.reseal(secret_keys, factors.PURPOSE, sealed, str(person_id))

    def of_embeds(kid: str, sealed: bytes) -> bytes | None:
        return sealing.reseal(secret_keys, embed_seats.PURPOSE, sealed, kid)

    with database.directory() as session:
        counts = [second_factor.seal_anew(session, of_person)]
        tenants = directory.all_tenants(session)
    counts += [seal_keys_anew(tenant_context(database, tenant.key), of_embeds) for tenant in tenants]
    return sum(changed for changed, _ in counts), sum(lost for _, lost in counts)


def _signed(
    database: Database,
    settings: Settings,
    person: PersonInfo,
    context: TenantContext,
    ttl: int | None,
    scopes: tuple[Scope, ...] | None,
) -> str:
    with database.directory() as session:
        secret = keys.signing_secret(session, settings.secret_key)
    token, _ = tokens.issue(
        secret,
        tokens.ACCESS,
        person_id=person.id,
        tenant_id=context.tenant.id,
        epoch=person.epoch,
        now=utc_now(),
        ttl=None if ttl is None else timedelta(seconds=ttl),
        scopes=scopes,
    )
    return token


def _stored(
    context: TenantContext,
    person: PersonInfo,
    role: Role,
    name: str,
    scopes: tuple[Scope, ...] | None,
    expires_on: date | None,
) -> str:
    given = ApiTokenIn(name=name, scopes=list(scopes or ("read",)), expires_on=expires_on)
    token, token_hash = tokens.new_opaque(tokens.API_PREFIX)
    issue_token(context, person.id, role, given, token_hash)
    return token


def _find(session: DirectorySession, token: str) -> tuple[int, int]:
    """The id and the tenant of a stored token, or `NotFound`."""
    found = credentials.find_token_anywhere(
        session, int(token[:18]) if token.isdecimal() else None, tokens.opaque_hash(token)
    )
    if found is None:
        raise NotFound("There is no such token, or it is revoked already")
    return found


def _scopes(text: str) -> tuple[Scope, ...]:
    given = dict.fromkeys(text.replace(",", " ").split())
    unknown = [scope for scope in given if scope not in SCOPES]
    if unknown or not given:
        raise Invalid.field("scopes", f"must be some of {', '.join(SCOPES)}")
    return cast("tuple[Scope, ...]", tuple(given))
