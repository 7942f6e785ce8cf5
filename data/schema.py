"""The schema's life: upgrade, downgrade, check. Runs as the owner role, never as the web role.

Alembic is loaded by who uses it: with what it loads it takes 8 MB, which a web server would carry for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from core.errors import Invalid, Unavailable
from data.away import readable_errors
from data.db import WEB_ROLE, normalise_url
from data.models import Base

if TYPE_CHECKING:
    from alembic.config import Config

_LOCK = 0x66645F6D  # "fd_m": one migration at a time, whoever starts it


@contextmanager
def _configured(url: str) -> Iterator[tuple[Config, Connection]]:
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    engine = create_engine(normalise_url(url), poolclass=NullPool)
    with readable_errors(), engine.connect() as connection:
        config.attributes["connection"] = connection
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        connection.commit()
        try:
            yield config, connection
        except CommandError as error:
            raise Invalid.field("revision", str(error)) from error
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
            connection.commit()
    engine.dispose()


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema at `url` (the owner's) to `revision`; makes the web role when it is missing."""
    from alembic import command

    with _configured(url) as (config, connection):
        _ensure_web_role(connection)
        command.upgrade(config, revision)


def downgrade(url: str, revision: str) -> None:
    """Take the schema back to `revision` (`base` removes everything)."""
    from alembic import command

    with _configured(url) as (config, _):
        command.downgrade(config, revision)


def check(url: str) -> list[str]:
    """What differs between database and program: pending revisions, then tables and columns. Empty when equal."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with _configured(url) as (config, connection):
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        head = ScriptDirectory.from_config(config).get_current_head()
        current = context.get_current_revision()
        if current != head:
            return [f"revision is {current or 'none'}, the program needs {head}"]
        return [str(difference) for difference in compare_metadata(context, Base.metadata)]


def revise(url: str, message: str, revision_id: str) -> None:
    """Write a new revision from what differs (for developers)."""
    from alembic import command

    with _configured(url) as (config, _):
        command.revision(config, message=message, autogenerate=True, rev_id=revision_id)


def ensure_web_role(url: str) -> None:
    """Make the web role when it is missing: a restore needs it before its grants."""
    with _configured(url) as (_, connection):
        _ensure_web_role(connection)


def _ensure_web_role(connection: Connection) -> None:
    exists = connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": WEB_ROLE}).first()
    if not exists:
        may_create = connection.execute(
            text("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
        ).scalar_one()
        if not may_create:
            raise Unavailable(
                f"The role {WEB_ROLE} does not exist and this user may not make it. As a superuser, run: "
                f"CREATE ROLE {WEB_ROLE} NOLOGIN NOBYPASSRLS; GRANT {WEB_ROLE} TO <owner>;"
            )
        connection.exec_driver_sql(f"CREATE ROLE {WEB_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE")
    connection.commit()
