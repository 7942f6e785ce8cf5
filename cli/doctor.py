"""`flask doctor`: is everything as it must be?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click

from cli.output import Command
from cli.runtime import load_settings, open_database, open_owner_url
from core.errors import AppError
from core.settings import Settings
from data import directory, schema
from data import doctor as examine
from data.db import Database


@dataclass(slots=True)
class _Findings:
    """Counts what is wrong while it is told."""

    problems: int = 0

    def tell(self, subject: str, problem: str | None) -> None:
        click.echo(f"{'ok     ' if problem is None else 'PROBLEM'}  {subject}{f': {problem}' if problem else ''}")
        self.problems += problem is not None

    @contextmanager
    def examining(self, subject: str) -> Iterator[None]:
        """What the block raises is a problem of `subject`."""
        try:
            yield
        except AppError as error:
            self.tell(subject, error.detail)


@click.command("doctor", cls=Command)
def doctor() -> None:
    """Check the settings, the database, its schema, its roles and every tenant's sums; fail when one is wrong."""
    settings = load_settings()
    findings = _Findings()
    findings.tell(f"settings ({settings.environment}, data under {settings.var_dir})", None)
    with findings.examining("database"), open_database(settings) as database:
        database.ping()
        findings.tell("database answers", None)
        with findings.examining("schema"):
            _schema(settings, findings)
            _security(database, findings)
            _rollups(database, findings)
    if findings.problems:
        raise click.ClickException(f"{findings.problems} problem{'s' if findings.problems > 1 else ''} found")


def _schema(settings: Settings, findings: _Findings) -> None:
    with open_owner_url(settings) as url:
        differences = schema.check(url)
    findings.tell("schema is the program's", "; ".join(differences[:3]) or None)


def _security(database: Database, findings: _Findings) -> None:
    findings.tell("the program's role cannot pass by row-level security", examine.role_problem(database))
    unprotected = examine.unprotected_tables(database)
    findings.tell("row-level security is forced on every tenant table", ", ".join(unprotected) or None)


def _rollups(database: Database, findings: _Findings) -> None:
    with database.directory() as session:
        found = directory.all_tenants(session)
    for tenant in found:
        wrong = examine.rollup_differences(database.tenant(tenant.id))
        findings.tell(f"sums of {tenant.key}", f"{wrong} differ from the transactions" if wrong else None)
