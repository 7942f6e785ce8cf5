"""A tenant's books as one file, and back: a zip with a manifest and, for each table, its rows as lines of JSON.

PostgreSQL itself writes and reads the rows (`to_jsonb`, `jsonb_populate_recordset`), so every value comes back as it
was. Ids stay: they are the tenant's own. People, tokens, embed keys and webhooks are no books and stay behind.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any, Final

from sqlalchemy import Table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.errors import Invalid
from data import directory
from data.commands import statistics
from data.context import TenantContext
from data.db import Database
from data.directory import TenantInfo
from data.models.base import Base, TenantOwned

FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
_LEFT_OUT: Final = frozenset(
    {"idempotency", "embed_keys", "embed_settings", "revoked_embeds", "webhooks", "webhook_deliveries"}
    | {"broker_events", "import_runs", "import_chunks"}
)
"""What belongs to people, to other programs or to the moment, not to the books."""
_SETTINGS: Final = ("type", "name", "currency", "timezone", "locale", "month_start", "match_by_amount", "features")
_BATCH: Final = 2_000
_LARGEST_GAP: Final = 20_000_000
_FOREIGN_ACTORS: Final = text("UPDATE audit_log SET actor = 'imported:' || actor WHERE tenant_id = :tenant")
"""The ids of people are another installation's."""


def export_tenant(context: TenantContext, target: IO[bytes]) -> int:
    """Write the tenant's books as they are at one moment; how many rows there are."""
    rows = 0
    with context.db.reading() as session, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        tenant = {name: getattr(context.tenant, name) for name in ("key", *_SETTINGS)}
        manifest = {"format": FORMAT, "tenant": tenant, "tables": _shape()}
        archive.writestr(_MANIFEST, json.dumps(manifest, ensure_ascii=False))
        for table in _tables():
            with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as file:
                for line in _lines(session, table):
                    file.write(line.encode() + b"\n")
                    rows += 1
    return rows


def _lines(session: Session, table: Table) -> Iterator[str]:
    statement = text(f"SELECT (to_jsonb(x) - 'tenant_id')::text FROM {table.name} x ORDER BY {_key(table)}")  # noqa: S608
    yield from session.scalars(statement, execution_options={"yield_per": _BATCH})


def _key(table: Table) -> str:
    return ", ".join(f"x.{column.name}" for column in table.primary_key)


def import_tenant(database: Database, source: IO[bytes], key: str | None) -> tuple[TenantInfo, int]:
    """Make a tenant from an exported file, under the key it had or another, all or nothing; how many rows came.

    `Conflict` when the key is taken, `Invalid` when it is no such file, or one of another version of the schema.
    """
    try:
        with zipfile.ZipFile(source) as archive, database.directory() as session:
            manifest = _manifest(archive)
            values = {name: manifest["tenant"][name] for name in _SETTINGS}
            tenant = directory.create_tenant(session, {**values, "key": key or manifest["tenant"]["key"]})
            session.execute(text(f"SET LOCAL app.tenant_id = {tenant.id:d}"))
            rows = sum(_read_table(session, archive, table, tenant.id) for table in _tables())
            session.execute(_FOREIGN_ACTORS, {"tenant": tenant.id})
            statistics.follow(session)
            return tenant, rows
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError) as error:
        raise Invalid.field("file", "is not an exported tenant, or is damaged") from error
    except DBAPIError as error:
        raise Invalid.field("file", "holds rows that do not fit together") from error


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(archive.read(_MANIFEST))
    if manifest["format"] != FORMAT or manifest["tables"] != _shape():
        raise Invalid.field("file", "was written by another version of the product: use the same one")
    return manifest


def _shape() -> dict[str, list[str]]:
    """The tables and their columns: a file fits where they are the same."""
    return {table.name: _columns(table) for table in _tables()}


def _columns(table: Table) -> list[str]:
    return sorted(each.name for each in table.columns if each.name != "tenant_id" and each.computed is None)


def _read_table(session: Session, archive: zipfile.ZipFile, table: Table, tenant_id: int) -> int:
    columns = ", ".join(_columns(table))
    insert = text(
        f"INSERT INTO {table.name} (tenant_id, {columns}) SELECT :tenant, {columns} "  # noqa: S608
        f"FROM jsonb_populate_recordset(NULL::{table.name}, CAST(:rows AS jsonb))"
    )
    refers_to_itself = any(each.column.table is table for key in table.foreign_key_constraints for each in key.elements)
    rows = 0
    with archive.open(f"{table.name}.jsonl") as file:
        lines = (line.decode() for line in file)
        while batch := list(islice(lines, None if refers_to_itself else _BATCH)):
            session.execute(insert, {"tenant": tenant_id, "rows": f"[{','.join(batch)}]"})
            rows += len(batch)
    if rows and "id" in table.columns and table.columns["id"].identity is not None:
        _pass_by(session, table, tenant_id)
    return rows


def _pass_by(session: Session, table: Table, tenant_id: int) -> None:
    """Move the table's sequence beyond the ids that came, so that new rows get new ones."""
    highest = session.execute(
        text(f"SELECT max(id) FROM {table.name} WHERE tenant_id = :tenant"),  # noqa: S608
        {"tenant": tenant_id},
    ).scalar_one()
    sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
    gap = highest - session.execute(text(f"SELECT nextval({sequence})")).scalar_one()
    if gap > _LARGEST_GAP:
        raise Invalid.field("file", f"has ids far beyond those of this installation ({table.name})")
    if gap > 0:
        burn = text(f"SELECT count(nextval({sequence})) FROM generate_series(1, :gap)")  # noqa: S608
        session.execute(burn, {"gap": gap})


def delete_tenant(context: TenantContext) -> None:
    """Delete the tenant for good: every row of it in every table, its history and its tokens too.

    People stay, also those who belong to no other tenant.
    """
    with context.db.writing() as session:
        parameters = {"tenant": context.tenant.id}
        session.execute(text("SELECT 1 FROM tenant_state WHERE tenant_id = :tenant FOR UPDATE"), parameters)
        names = [table.name for table in reversed(_owned())]
        for name in (*names, "jobs"):
            session.execute(text(f"DELETE FROM {name} WHERE tenant_id = :tenant"), parameters)  # noqa: S608
        session.execute(text("DELETE FROM tenants WHERE id = :tenant"), parameters)


def _tables() -> list[Table]:
    return [table for table in _owned() if table.name not in _LEFT_OUT and not _of_a_person(table)]


def _of_a_person(table: Table) -> bool:
    """Whether its rows belong to a person here: nobody is in the file."""
    return any(key.column.table.name == "people" for key in table.foreign_keys)


def _owned() -> list[Table]:
    """The tables of tenants, those that others refer to first."""
    owned = {each.local_table for each in Base.registry.mappers if issubclass(each.class_, TenantOwned)}
    return [table for table in Base.metadata.sorted_tables if table in owned]
