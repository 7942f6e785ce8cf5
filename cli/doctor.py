"""`flask doctor`: is everything as it must be?"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import click

from cli.output import Command
from cli.runtime import load_settings, open_database, open_owner_url, tenant_context
from core.errors import AppError
from core.settings import Settings
from data import directory, schema
from data import doctor as examine
from data.db import Database
from data.doctor_books import book_problems
from jobs.broker import publish
from web.state import utc_now

_CLOCK_SECONDS: Final = 2.0
_LEAST_FREE: Final = 1_000_000_000


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
    """Check settings, disk, clock, schema, roles, grants, references and every tenant's sums and balances.

    One line each; fails when one is wrong. Reads every book once, which takes a while with large ones.
    """
    settings = load_settings()
    findings = _Findings()
    findings.tell(f"settings ({settings.environment}, data under {settings.var_dir})", None)
    findings.tell("disk space", _disk(settings))
    if settings.amqp_url is not None:
        findings.tell("broker takes events", _broker(settings.amqp_url))
    with findings.examining("database"), open_database(settings) as database:
        database.ping()
        findings.tell("database answers", None)
        findings.tell("clock is the database's", _clock(database))
        with findings.examining("schema"), open_owner_url(settings) as url:
            _schema(url, findings)
            _security(database, url, findings)
            _books(database, findings)
    if findings.problems:
        raise click.ClickException(f"{findings.problems} problem{'s' if findings.problems > 1 else ''} found")


def _disk(settings: Settings) -> str | None:
    place = next(path for path in (settings.var_dir, *settings.var_dir.parents) if path.exists())
    free = shutil.disk_usage(place).free
    return f"only {free / 1e9:.1f} GB are free under {place}" if free < _LEAST_FREE else None


def _broker(url: str) -> str | None:
    try:
        publish(url, "", ())
    except ConnectionError as error:
        return str(error)
    return None


def _clock(database: Database) -> str | None:
    ahead = examine.clock_difference(database, utc_now())
    return f"the database is {ahead:.1f} seconds ahead" if abs(ahead) > _CLOCK_SECONDS else None


def _schema(url: str, findings: _Findings) -> None:
    differences = schema.check(url)
    behind = differences[0] if differences and differences[0].startswith("revision") else None
    findings.tell("migrations are at head", behind)
    if behind is None:
        count = len(differences)
        findings.tell("schema is the program's", f"{count} differences, flask db check names them" if count else None)


def _security(database: Database, url: str, findings: _Findings) -> None:
    findings.tell("the program's role cannot pass by row-level security", examine.role_problem(database))
    unprotected = examine.unprotected_tables(database)
    findings.tell("row-level security is forced on every tenant table", ", ".join(unprotected) or None)
    grants = examine.wrong_grants(url)
    findings.tell("grants of the program's role", "; ".join(grants[:5]) or None)
    broken = examine.broken_references(url)
    findings.tell("foreign keys hold for every row", "; ".join(broken[:5]) or None)


def _books(database: Database, findings: _Findings) -> None:
    with database.directory() as session:
        found = directory.all_tenants(session)
    for tenant in found:
        with findings.examining(f"books of {tenant.key}"):
            problems = list(book_problems(tenant_context(database, tenant.key)))
            findings.tell(f"sums and balances of {tenant.key}", "; ".join(problems) or None)
