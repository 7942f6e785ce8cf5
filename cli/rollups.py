"""`flask rollups`: the sums that are kept beside the ledger."""

from __future__ import annotations

import click

from cli.output import Group, progress
from cli.runtime import load_settings, open_database, tenant_context
from data import directory
from data.commands.rollup_check import Difference, differences
from data.commands.rollup_repair import rebuild as rebuild_rollups
from data.db import Database


@click.group("rollups", cls=Group)
def group() -> None:
    """Check and repair the sums that are kept beside the ledger."""


@group.command()
@click.option("--tenant", help="Only this tenant; otherwise all.")
def verify(tenant: str | None) -> None:
    """Compare all sums by day, month and payee, and the recurring payments, with a full scan of the ledger.

    Names what differs and fails if anything does. Only reads.
    """
    wrong = 0
    with open_database(load_settings()) as database:
        for key in _keys(database, tenant):
            with progress(f"Reading the books of {key}"):
                found = list(differences(tenant_context(database, key)))
            for each in found:
                click.echo(_told(key, each))
            wrong += bool(found)
    if wrong:
        raise click.ClickException("There are differences; flask rollups rebuild --tenant KEY repairs a tenant.")
    click.echo("All rollups are right.")


@group.command()
@click.option("--tenant", help="Only this tenant; otherwise all, one after the other.")
def rebuild(tenant: str | None) -> None:
    """Make all sums and recurring payments anew from the ledger.

    Only the writers of the tenant that is being repaired wait; everybody can read.
    """
    with open_database(load_settings()) as database:
        for key in _keys(database, tenant):
            with progress(f"Rebuilding the rollups of {key}"):
                rebuild_rollups(tenant_context(database, key))
            click.echo(f"{key}: rebuilt.")


def _keys(database: Database, tenant: str | None) -> list[str]:
    """The tenants to look at."""
    if tenant is not None:
        return [tenant]
    with database.directory() as session:
        return [each.key for each in directory.all_tenants(session)]


def _told(key: str, found: Difference) -> str:
    """One difference in one line."""
    line = f"{key} {found.table} {found.key}: ledger {found.ledger or 'nothing'}, rollup {found.rollup or 'nothing'}"
    return f"{line} (and {found.more} more)" if found.more else line
