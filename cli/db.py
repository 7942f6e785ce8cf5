"""`flask db`: the schema's life."""

from __future__ import annotations

import click

from cli.output import Group, note
from cli.runtime import load_settings, open_owner_url
from data import distribute as spreading
from data import schema


@click.group("db", cls=Group)
def group() -> None:
    """Bring the database's schema up to date, back, or compare it with the program."""


@group.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Upgrade the schema to REVISION (default: the newest)."""
    with open_owner_url(load_settings()) as url:
        schema.upgrade(url, revision)
    click.echo(f"The schema is at {revision}.")


@group.command(context_settings={"ignore_unknown_options": True})
@click.argument("revision", default="-1")
def downgrade(revision: str) -> None:
    """Take the schema back to REVISION (default: one step; "base" removes everything, data included)."""
    with open_owner_url(load_settings()) as url:
        schema.downgrade(url, revision)
    click.echo(f"The schema went back to {revision}.")


@group.command()
def check() -> None:
    """Compare the schema with what the program needs; fail when they differ."""
    with open_owner_url(load_settings()) as url:
        differences = schema.check(url)
    for difference in differences:
        click.echo(difference)
    if differences:
        raise click.ClickException("The schema is not what the program needs: run flask db upgrade")
    click.echo("The schema is up to date.")


@group.command()
@click.option("--dry-run", is_flag=True, help="Print the plan, and change nothing; works without Citus.")
def distribute(dry_run: bool) -> None:
    """Spread the tables over the machines of a Citus database, by tenant.

    Stop web servers and workers first. Tables that are placed already stay, so it can be run again after an upgrade.
    """
    with open_owner_url(load_settings()) as url:
        if dry_run:
            plan = spreading.make_plan(url)
            for line in plan.lines():
                click.echo(f"{line};")
            note(f"These stay on the coordinator: {', '.join(plan.stays)}.")
            return
        count = spreading.distribute(url, note)
    click.echo(f"{count} tables were distributed.")
