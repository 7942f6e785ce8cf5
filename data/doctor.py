"""What an operator wants to know of a running installation: roles, security, grants, references, clock. Only reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from data.away import readable_errors
from data.db import WEB_ROLE, Database, normalise_url
from data.models import GLOBALS, Base

_ROLE: Final = text("SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
_PROTECTED: Final = text(
    """
    SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
    WHERE c.relname = ANY(:tables) AND c.relnamespace = to_regnamespace('public')
      AND c.relrowsecurity AND c.relforcerowsecurity
    GROUP BY c.relname
    HAVING count(*) = 1 AND bool_and(
        p.polcmd = '*' AND p.polroles = '{0}'
        AND pg_get_expr(p.polqual, p.polrelid) = '(tenant_id = (current_setting(''app.tenant_id''::text))::bigint)'
        AND pg_get_expr(p.polwithcheck, p.polrelid) = pg_get_expr(p.polqual, p.polrelid))
    """
)
_NEEDED: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")
_NEEDED_OF: Final = {"board_lease": ("SELECT", "UPDATE")}
_TOO_MUCH: Final = ("TRUNCATE", "REFERENCES", "TRIGGER")
_RIGHTS: Final = text(
    """
    SELECT c.relname, r.name, has_table_privilege(:role, c.oid, r.name),
           pg_get_userbyid(c.relowner) = :role OR has_table_privilege('public', c.oid, r.name)
    FROM pg_class c CROSS JOIN unnest(CAST(:rights AS text[])) AS r(name)
    WHERE c.relname = ANY(:tables) AND c.relnamespace = to_regnamespace('public') ORDER BY c.relname, r.name
    """
)
_REFERENCES: Final = text(
    """
    SELECT con.conname, con.convalidated AND con.conenforced_, con.conrelid::regclass::text,
           con.confrelid::regclass::text,
           string_agg(format('p.%I = c.%I', b.attname, a.attname), ' AND ' ORDER BY k.place),
           string_agg(format('c.%I IS NOT NULL', a.attname), ' AND ' ORDER BY k.place)
    FROM (SELECT *, coalesce((to_jsonb(pg_constraint)->>'conenforced')::boolean, true) AS conenforced_
          FROM pg_constraint) AS con
    CROSS JOIN LATERAL unnest(con.conkey, con.confkey) WITH ORDINALITY AS k(own, other, place)
    JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.own
    JOIN pg_attribute b ON b.attrelid = con.confrelid AND b.attnum = k.other
    WHERE con.contype = 'f' AND con.connamespace = to_regnamespace('public')
    GROUP BY con.conname, con.convalidated, con.conenforced_, con.conrelid, con.confrelid ORDER BY con.conname
    """
)


def role_problem(database: Database) -> str | None:
    """What is wrong with the role that the program acts as, None when nothing is."""
    with database.directory() as session:
        name, mighty = session.execute(_ROLE).one()
    return f"the role {name} passes by row-level security" if mighty else None


def unprotected_tables(database: Database) -> list[str]:
    """The tenant tables on which row-level security is not enabled and forced by exactly the strict policy."""
    tables = set(Base.metadata.tables) - GLOBALS
    with database.directory() as session:
        return sorted(tables - set(session.execute(_PROTECTED, {"tables": sorted(tables)}).scalars()))


def clock_difference(database: Database, before: datetime) -> float:
    """By how many seconds the database's clock is ahead of this machine's, which was just asked: `before`."""
    with database.directory() as session:
        there: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return (there - before).total_seconds()


def wrong_grants(owner_url: str) -> list[str]:
    """What the web role may not do though it must, or may though it must not: `table: RIGHT`."""
    names = {"role": WEB_ROLE, "rights": [*_NEEDED, *_TOO_MUCH], "tables": sorted(Base.metadata.tables)}
    with _as_owner(owner_url) as connection:
        rows = connection.execute(_RIGHTS, names).all()
    missing = [
        f"{table}: {right} missing"
        for table, right, granted, _ in rows
        if right in _NEEDED_OF.get(table, _NEEDED) and not granted
    ]
    too_much = [
        f"{table}: {right} too much"
        for table, right, granted, otherwise in rows
        if otherwise or (granted and right in _TOO_MUCH)
    ]
    return missing + too_much


def broken_references(owner_url: str) -> list[str]:
    """The foreign keys that are not valid, or that a row breaks all the same (a restore without triggers)."""
    with _as_owner(owner_url) as connection:
        if not connection.execute(_ROLE).one()[1]:
            return ["the owner's role cannot see all rows: ALTER ROLE ... BYPASSRLS"]
        return [name for name, *key in connection.execute(_REFERENCES).all() if _broken(connection, *key)]


def _broken(connection: Connection, valid: bool, own: str, other: str, equal: str, filled: str) -> bool:
    orphan = f"SELECT FROM {own} c WHERE {filled} AND NOT EXISTS (SELECT FROM {other} p WHERE {equal})"  # noqa: S608
    return not valid or bool(connection.execute(text(f"SELECT EXISTS ({orphan})")).scalar_one())


@contextmanager
def _as_owner(url: str) -> Iterator[Connection]:
    """A read-only transaction of the owner's, which may take long."""
    engine = create_engine(normalise_url(url), poolclass=NullPool)
    options: dict[str, Any] = {"postgresql_readonly": True}
    with readable_errors(), engine.connect().execution_options(**options) as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        yield connection
