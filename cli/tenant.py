"""`flask tenant`: people's and organisations' books."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from babel import Locale, UnknownLocaleError

from cli.output import Group, note, progress, table
from cli.runtime import load_settings, open_database, tenant_context
from core.errors import Invalid
from core.money import is_currency
from data import directory
from data.commands import tenant_files, tenants

_KEY: Final = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_LONGEST_NAME: Final = 200
_STATES: Final[dict[str, bool | None]] = {"on": True, "off": False, "default": None}


@click.group("tenant", cls=Group)
def group() -> None:
    """Make, list, show, empty, copy and delete tenants, and switch their features."""


@group.command()
@click.argument("key")
@click.option("--name", required=True, help="What people see.")
@click.option("--currency", required=True, help="The base currency, an ISO 4217 code such as EUR.")
@click.option("--timezone", required=True, help="The tenant's days, an IANA zone such as Europe/Berlin.")
@click.option(
    "--type",
    "type_",
    type=click.Choice(["user", "organization"]),
    help="Whose books these are; by default user for keys that begin with user_, else organization.",
)
@click.option("--locale", default="en-GB", show_default=True, help="How numbers and dates are written, such as de-DE.")
@click.option("--month-start", type=click.IntRange(1, 28), default=1, show_default=True, help="A month's first day.")
def create(key: str, name: str, currency: str, timezone: str, type_: str | None, locale: str, month_start: int) -> None:
    """Add the tenant KEY (user_1, org_2) with empty books."""
    kind = type_ or ("user" if key.startswith("user_") else "organization")
    values = {
        "key": _key(key),
        "name": _name(name),
        "currency": _currency(currency),
        "timezone": _timezone(timezone),
        "locale": _locale(locale),
        "type": kind,
        "month_start": month_start,
        "match_by_amount": kind == "user",
    }
    with open_database(load_settings()) as database:
        tenants.create(database, values)
    click.echo(f"The tenant {key} is there. Let somebody in: flask user create EMAIL --tenant {key} --role owner")


@group.command("list")
def list_() -> None:
    """List all tenants."""
    with open_database(load_settings()) as database, database.directory() as session:
        found = directory.all_tenants(session)
    rows = [(each.key, each.type, each.currency, each.timezone, each.name) for each in found]
    table([("KEY", "TYPE", "CURRENCY", "TIME ZONE", "NAME"), *rows])


@group.command()
@click.argument("key")
def info(key: str) -> None:
    """Show the tenant KEY: its settings, how much it holds, its members."""
    with open_database(load_settings()) as database:
        details = tenants.describe(database, tenant_context(database, key).tenant)
    tenant = details.tenant
    shown: dict[str, Any] = {
        "key": tenant.key,
        "type": tenant.type,
        "name": tenant.name,
        "currency": tenant.currency,
        "timezone": tenant.timezone,
        "locale": tenant.locale,
        "month start": tenant.month_start,
        "version": details.version,
        "accounts": details.accounts,
        "transactions": details.transactions,
        "features": ", ".join(f"{name} {'on' if on else 'off'}" for name, on in tenant.features.items()) or "default",
        "members": ", ".join(f"{email} ({role})" for email, role in details.members) or "none",
    }
    for name, value in shown.items():
        click.echo(f"{name + ':':14}{value}")


@group.command()
@click.argument("key")
@click.option("--yes", is_flag=True, help="Really delete. Without it nothing happens.")
def reset(key: str, yes: bool) -> None:
    """Delete all accounts, transactions, budgets and so on of the tenant KEY; members and the audit log stay."""
    if not yes:
        raise click.UsageError(f"This deletes the books of {key} for good: add --yes")
    with open_database(load_settings()) as database:
        count = tenants.reset(tenant_context(database, key))
    click.echo(f"The books of {key} are empty; {count} transactions are gone.")


@group.command()
@click.argument("key")
def export(key: str) -> None:
    """Write the books of the tenant KEY to standard output, as one file that `flask tenant import` reads."""
    target = sys.stdout.buffer
    if target.isatty():
        raise click.UsageError(f"Say where to: flask tenant export {key} > {key}.zip")
    with open_database(load_settings()) as database, progress(f"Writing {key}"):
        rows = tenant_files.export_tenant(tenant_context(database, key), target)
    note(f"{rows} rows are written.")


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", help="Another key for the tenant than the one in the file.")
def import_(file: Path, key: str | None) -> None:
    """Make a tenant from a FILE that `flask tenant export` wrote. People are not in it."""
    wanted = None if key is None else _key(key)
    with open_database(load_settings()) as database, file.open("rb") as source, progress(f"Reading {file.name}"):
        tenant, rows = tenant_files.import_tenant(database, source, wanted)
    click.echo(f"The tenant {tenant.key} is there, with {rows} rows. Let somebody in: flask user create")


@group.command()
@click.argument("key")
@click.option("--yes", is_flag=True, help="Really delete. Without it nothing happens.")
def delete(key: str, yes: bool) -> None:
    """Delete the tenant KEY for good: its books, history and tokens. People stay."""
    if not yes:
        raise click.UsageError(f"This deletes {key} and all it holds for good: add --yes")
    with open_database(load_settings()) as database:
        tenant_files.delete_tenant(tenant_context(database, key))
    click.echo(f"The tenant {key} is gone.")


@group.command()
@click.argument("key", nargs=-1)
@click.argument("name", type=click.Choice(tenants.FEATURES))
@click.argument("state", type=click.Choice(list(_STATES)))
@click.option("--all", "everywhere", is_flag=True, help="The whole installation instead of one tenant.")
def feature(key: tuple[str, ...], name: str, state: str, everywhere: bool) -> None:
    """Switch the feature NAME of the tenant KEY, or with --all of the installation, on, off or to its default.

    The default is on for the installation, and what the installation has for a tenant.
    """
    if len(key) != (0 if everywhere else 1):
        raise click.UsageError("Name one tenant, or say --all and name none")
    with open_database(load_settings()) as database:
        if not everywhere:
            tenants.set_feature(tenant_context(database, key[0]), name, _STATES[state])
        else:
            with database.directory() as session:
                directory.set_feature(session, None, name, _STATES[state])
    whose = "the installation" if everywhere else key[0]
    click.echo(f"{name} of {whose}: {state}")


def _key(text: str) -> str:
    if not _KEY.fullmatch(text):
        raise Invalid.field("key", "begins with a small letter; then small letters, digits, - and _, at most 63 in all")
    return text


def _name(text: str) -> str:
    name = text.strip()
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise Invalid.field("name", f"must have 1 to {_LONGEST_NAME} printable characters")
    return name


def _currency(text: str) -> str:
    if not is_currency(text):
        raise Invalid.field("currency", f"{text!r} is not an ISO 4217 code such as EUR")
    return text


def _timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid.field("timezone", f"{text!r} is not an IANA zone such as Europe/Berlin") from None
    return text


def _locale(text: str) -> str:
    try:
        return str(Locale.parse(text.replace("_", "-"), sep="-")).replace("_", "-")
    except (UnknownLocaleError, ValueError):
        raise Invalid.field("locale", f"{text!r} is not a locale such as de-DE") from None
