"""`flask rates`: the exchange rates that all tenants share."""

from __future__ import annotations

from pathlib import Path

import click

from cli.output import Group, progress
from cli.runtime import load_settings, open_database, tenant_context
from data import directory
from data.commands.rates import follow_global_rates
from data.db import Database
from data.global_rates import load_rates, note_followed, read_rates, unfollowed


@click.group("rates", cls=Group)
def group() -> None:
    """Load the exchange rates that all tenants share."""


@group.command()
@click.argument("file", type=click.Path(path_type=Path))
def load(file: Path) -> None:
    """Load FILE, the European Central Bank's history or daily file of reference rates (CSV, or its zip).

    New rates are added and corrected ones replaced; the same file again changes nothing. Then the transfers between
    accounts of different currencies and the budget alerts that rest on these rates are brought up to date.
    """
    rates = read_rates(file.read_bytes())
    with open_database(load_settings()) as database:
        with progress(f"Loading {len(rates)} rates"), database.directory() as session:
            loaded = load_rates(session, rates)
        click.echo(f"{loaded.read} rates read, {loaded.new} new, {loaded.corrected} corrected.")
        _follow(database)


def _follow(database: Database) -> None:
    """Let every tenant follow what changed; one that is broken off is taken up by the next load."""
    with database.directory() as session:
        changed = unfollowed(session)
        tenants = directory.all_tenants(session) if changed else []
    if changed is None:
        return
    with progress(f"Looking through {len(tenants)} tenants"):
        contexts = (tenant_context(database, tenant.key) for tenant in tenants)
        done = sum(follow_global_rates(context, changed.currencies, changed.days) for context in contexts)
    with database.directory() as session:
        note_followed(session, changed)
    click.echo(f"Transfers and alerts of {done} tenants brought up to date.")
