"""`flask user`: people, and what they may do where."""

from __future__ import annotations

import sys
from typing import cast, get_args

import click

from cli.output import Group
from cli.runtime import load_settings, open_database, tenant_context
from core.errors import Conflict, Invalid, NotFound
from data import directory, second_factor
from data.directory import DirectorySession, PersonInfo
from data.schemas.common import Role
from web import letters
from web.passwords import hash_password, weakness
from web.state import utc_now

_LONGEST_ADDRESS = 254
_role = click.Choice(get_args(Role))
_password_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@click.group("user", cls=Group)
def group() -> None:
    """Let people in, change their roles and passwords."""


@group.command()
@click.argument("email")
@click.option("--tenant", "key", required=True, help="The tenant's key.")
@click.option("--role", type=_role, required=True, help="What the person may do there.")
@_password_stdin
def create(email: str, key: str, role: str, password_stdin: bool) -> None:
    """Let the person EMAIL into a tenant. Somebody who is known already keeps the password."""
    email = _address(email)
    with open_database(load_settings()) as database:
        tenant = tenant_context(database, key).tenant
        with database.directory() as session:
            person = directory.find_person(session, email)
            had = None if person is None else _role_in(session, person, tenant.id)
        if had is not None:
            raise Conflict(f"{email} is {had} of {key} already: flask user role changes that")
        hashed = _hashed(_read_password(password_stdin), email) if person is None else ""
        with database.directory() as session:
            person = person or directory.create_person(session, email, hashed)
            directory.set_role(session, person.id, tenant.id, cast(Role, role))
    click.echo(f"{email} is {role} of {key}{'' if hashed else ', with the password as before'}.")


@group.command()
@click.argument("email")
@click.argument("given", metavar="ROLE", type=_role, required=False)
@click.option("--tenant", "key", required=True, help="The tenant's key.")
@click.option("--role", type=_role, help="The role, as an option.")
def role(email: str, given: str | None, key: str, role: str | None) -> None:
    """Give the member EMAIL of a tenant another ROLE."""
    role = _one_role(given, role)
    with open_database(load_settings()) as database:
        tenant = tenant_context(database, key).tenant
        with database.directory() as session:
            person = known_person(session, email)
            if _role_in(session, person, tenant.id) is None:
                raise NotFound(f"{email} is no member of {key}: flask user create makes one")
            directory.set_role(session, person.id, tenant.id, cast(Role, role))
    click.echo(f"{email} is {role} of {key}.")


@group.command()
@click.argument("email")
@_password_stdin
def password(email: str, password_stdin: bool) -> None:
    """Set a new password for EMAIL; everything signed in before ends."""
    with open_database(load_settings()) as database:
        with database.directory() as session:
            person = known_person(session, email)
        hashed = _hashed(_read_password(password_stdin), email)
        with database.directory() as session:
            directory.set_password(session, person.id, hashed, end_sessions=True)
    click.echo(f"{email} has a new password.")


@group.command("reset-link")
@click.argument("email")
def reset_link(email: str) -> None:
    """Print a link with which EMAIL sets a new password; it works once, for an hour."""
    settings = load_settings()
    with open_database(settings) as database, database.directory() as session:
        link = letters.reset_link(session, settings, known_person(session, email), utc_now())
    click.echo(link)


@group.command("totp-off")
@click.argument("email")
def totp_off(email: str) -> None:
    """Switch the second factor of EMAIL off, for somebody who lost the device and the backup codes."""
    with open_database(load_settings()) as database, database.directory() as session:
        second_factor.remove(session, known_person(session, email).id)
    click.echo(f"{email} signs in by password alone.")


def known_person(session: DirectorySession, email: str) -> PersonInfo:
    """The person with this address, or `NotFound`."""
    person = directory.find_person(session, email)
    if person is None:
        raise NotFound(f"Nobody has the address {email}")
    return person


def _one_role(given: str | None, option: str | None) -> str:
    """The role, which is given in one of two ways."""
    found = given or option
    if found is None or (given and option):
        raise click.UsageError("Give one role: owner, admin, editor or viewer.")
    return found


def _role_in(session: DirectorySession, person: PersonInfo, tenant_id: int) -> Role | None:
    roles = {tenant.id: role for tenant, role in directory.tenants_of(session, person.id)}
    return roles.get(tenant_id)


def _address(text: str) -> str:
    email = text.strip()
    local, _, domain = email.rpartition("@")
    if not local or not domain or len(email) > _LONGEST_ADDRESS or " " in email or not email.isprintable():
        raise Invalid.field("email", f"{text!r} is not an e-mail address")
    return email


def _hashed(password: str, email: str) -> str:
    """An operator may set what a person may not, such as a first password to be changed, and is told of it."""
    reason = weakness(password, email)
    if reason:
        click.echo(f"Warning: the password {reason}", err=True)
    return hash_password(password, weak=True)


def _read_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
