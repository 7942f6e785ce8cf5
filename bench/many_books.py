"""Many tenants of one size, cheaply: one ledger is made (`bench.cold_books`), the database copies it for the others.

All tenants have the same books but for their ids; each has an owner of its own. The last booking is of today, because
web servers ask for periods by the clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import psycopg
from psycopg import sql

from bench import cold_books
from bench.support import SECRET_KEY, Installation, issued
from bench.trouble import plain_url
from data import directory
from data.db import Database
from web import tokens

_CHUNK = 25
_DAYS = 1_095
_TENANT_TABLES = """
    SELECT c.oid::regclass::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1
"""
_COLUMNS = """
    SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
    AND attgenerated = '' AND attname <> 'tenant_id' ORDER BY attnum
"""
_MORE_TENANTS = """
    INSERT INTO tenants ({columns}, key) SELECT {columns}, 'user_' || (1000 + number)
    FROM tenants, generate_series(1, %s) AS number WHERE id = %s RETURNING id
"""
_INDEXES = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = 'tenant_id'
    JOIN pg_class t ON t.oid = i.indrelid AND t.relnamespace = 'public'::regnamespace
    WHERE NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
"""
_COPY = """
    INSERT INTO {table} (tenant_id{columns}) OVERRIDING SYSTEM VALUE SELECT new.copy_of{columns}
    FROM unnest(%s::bigint[]) AS new(copy_of), LATERAL (SELECT * FROM {table} WHERE tenant_id = %s) AS old
"""


@dataclass(frozen=True, slots=True)
class Seat:
    """How a person asks for a tenant's books: with a token, or with the cookie of the pages; an account to book on."""

    token: str
    cookie: str
    csrf: str
    account: int


def make_many(made: Installation, tenants: int, size: int) -> list[Seat]:
    """So many tenants with `size` transactions each, and a seat in each."""
    database = made.database()
    with patch.multiple(cold_books, LAST_DAY=datetime.now(UTC).date(), DAYS=_DAYS):
        first = cold_books.make(database, made.url, "user_1000", size, "real")
    ids = [first.tenant.id, *_copied(plain_url(made.url), first.tenant.id, tenants - 1)]
    seats = _seats(database, ids, first.accounts[0])
    database.dispose()
    return seats


def _copied(url: str, template: int, count: int) -> list[int]:
    """New tenants with the template's rows."""
    with psycopg.connect(url) as connection:
        columns = [name for name in _columns(connection, "tenants") if name not in ("id", "key")]
        listed = sql.SQL(", ").join(map(sql.Identifier, columns))
        statement = sql.SQL(_MORE_TENANTS).format(columns=listed)
        ids = [row[0] for row in connection.execute(statement, (count, template))]
    chunks = [ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK)]
    with _without_indexes(url), ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(_fill, url, template, chunk) for chunk in chunks]:
            done.result()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return ids


@contextmanager
def _without_indexes(url: str) -> Iterator[None]:
    """Primary keys stay; other indexes are made again at the end, which takes less than to let them grow."""
    with psycopg.connect(url, autocommit=True) as connection:
        indexes = connection.execute(_INDEXES).fetchall()
        for name, _ in indexes:
            connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        yield
        connection.execute("SET maintenance_work_mem = '512MB'")
        for _, definition in indexes:
            connection.execute(definition)


def _fill(url: str, template: int, ids: list[int]) -> None:
    """Tenant by tenant, so that each index grows at one end."""
    with psycopg.connect(url) as connection:
        # The rows are right by construction: checking foreign keys would be most of the time.
        connection.execute("SET session_replication_role = replica")
        for (table,) in connection.execute(_TENANT_TABLES).fetchall():
            columns = [sql.SQL(", ") + sql.Identifier(name) for name in _columns(connection, table)]
            statement = sql.SQL(_COPY).format(table=sql.Identifier(table), columns=sql.Composed(columns))
            connection.execute(statement, (ids, template))


def _columns(connection: psycopg.Connection[Any], table: str) -> list[str]:
    return [row[0] for row in connection.execute(_COLUMNS, (table,))]


def _seats(database: Database, ids: list[int], account: int) -> list[Seat]:
    with database.directory() as session:
        people = [directory.create_person(session, f"owner{tenant}@example.org", "-") for tenant in ids]
        for tenant, person in zip(ids, people, strict=True):
            directory.set_role(session, person.id, tenant, "owner")
    return [_seat(database, tenant, person, account) for tenant, person in zip(ids, people, strict=True)]


def _seat(database: Database, tenant: int, person: directory.PersonInfo, account: int) -> Seat:
    token, _ = issued(database, tokens.ACCESS, person, tenant)
    session, claims = issued(database, tokens.SESSION, person, tenant)
    return Seat(token, f"fd_session={session}", tokens.csrf_token(SECRET_KEY, claims.jti), account)
