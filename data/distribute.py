"""Spreads the schema over several machines with Citus: by tenant, with the directory on every machine.

The plan follows from the models, so that it is never behind the migrations. docs/decisions/0003 says which rules of the
schema make it possible. The database administrator installs Citus and adds the machines before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from core.errors import Unavailable
from data import schema
from data.away import readable_errors
from data.db import WEB_ROLE, normalise_url
from data.models import GLOBALS, Base

LOCAL: Final = frozenset({"attempts", "board_lease", "ended_sessions", "jobs"})
"""Global tables that stay on the coordinator: nothing refers to them, and they are written often."""
_FIRST: Final = "tenant_state"
_PLACED: Final = text("SELECT table_name::text FROM citus_tables")
_INSTALLED: Final = text("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')")
# Session settings would not reach the workers' shards otherwise; a new connection sees it.
_SETTINGS: Final = "ALTER DATABASE {name} SET citus.propagate_set_commands = 'local'"
_BEFORE: Final = (
    "SET LOCAL citus.enable_local_reference_table_foreign_keys = off",
    "SET LOCAL citus.multi_shard_modify_mode = 'sequential'",
)
_REFERENCE: Final = "SELECT create_reference_table('{table}')"
_DISTRIBUTE: Final = "SELECT create_distributed_table('{table}', 'tenant_id'{beside})"
_BESIDE: Final = f", colocate_with => '{_FIRST}'"
_GRANT: Final = f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {WEB_ROLE}"
_TRUNCATE: Final = "SELECT truncate_local_data_after_distributing_table('{table}')"


@dataclass(frozen=True, slots=True)
class Plan:
    """The statements in their order: `settings` alone, `placing` in one transaction, each of `cleaning` alone."""

    settings: tuple[str, ...]
    placing: tuple[str, ...]
    cleaning: tuple[str, ...]
    stays: tuple[str, ...]

    def lines(self) -> tuple[str, ...]:
        """All of it as a script."""
        return (*self.settings, "BEGIN", *self.placing, "COMMIT", *self.cleaning)


def make_plan(url: str) -> Plan:
    """What `distribute` would do at `url` (the owner's) now; on a database without Citus, what it would do there.

    `Unavailable` when the schema is not that of this program.
    """
    differences = schema.check(url)
    if differences:
        raise Unavailable("The schema is not what the program needs: run flask db upgrade", code="not_migrated")
    engine = create_engine(normalise_url(url), poolclass=NullPool)
    with readable_errors(), engine.connect() as connection:
        placed = set(connection.execute(_PLACED).scalars()) if _has_citus(connection) else set()
    return _plan(str(make_url(normalise_url(url)).database), placed)


def distribute(url: str, tell: Callable[[str], None]) -> int:
    """Place every table that is not placed yet, and say each statement; how many tables. For an offline hour.

    `Unavailable` without Citus. One transaction: either all tables are placed, or none.
    """
    plan = make_plan(url)
    engine = create_engine(normalise_url(url), poolclass=NullPool)
    with readable_errors(), engine.connect() as connection:
        if not _has_citus(connection):
            raise Unavailable("The database has no Citus: CREATE EXTENSION citus (see --dry-run for the plan)")
        connection.rollback()
        _run(connection, plan.settings, tell)
    with readable_errors(), engine.connect() as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.commit()
        _run(connection, plan.placing, tell)
        for statement in plan.cleaning:
            _run(connection, (statement,), tell)
    return len(plan.cleaning)


def _plan(database: str, placed: set[str]) -> Plan:
    tables = [each.name for each in Base.metadata.sorted_tables if each.name not in placed]
    reference = [name for name in tables if name in GLOBALS - LOCAL]
    tenants = sorted((name for name in tables if name not in GLOBALS), key=lambda name: name != _FIRST)
    quoted = '"' + database.replace('"', '""') + '"'
    return Plan(
        settings=(_SETTINGS.format(name=quoted),),
        placing=(
            *_BEFORE,
            *(_REFERENCE.format(table=name) for name in reference),
            *(_DISTRIBUTE.format(table=name, beside="" if name == _FIRST else _BESIDE) for name in tenants),
            _GRANT,
        ),
        cleaning=tuple(_TRUNCATE.format(table=name) for name in (*reference, *tenants)),
        stays=tuple(sorted(LOCAL)),
    )


def _has_citus(connection: Connection) -> bool:
    return bool(connection.execute(_INSTALLED).scalar_one())


def _run(connection: Connection, statements: tuple[str, ...], tell: Callable[[str], None]) -> None:
    """One transaction."""
    with connection.begin():
        for statement in statements:
            tell(statement)
            connection.exec_driver_sql(statement)
