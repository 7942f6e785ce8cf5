"""`/financial/imports`: the files that were imported, newest first, their entries, and the mappings they taught."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid, NotFound
from core.money import format_amount
from data.context import TenantContext
from data.frames.imports import entry_rows
from data.frames.resources import paged, tenant_version
from data.models.imports import Import, ImportMapping
from data.schemas.imports import ImportRecord, StoredEntry, StoredMapping
from data.schemas.pages import DEFAULT_LIMIT, Page, read_cursor

_STATUSES = ("new", "duplicate", "review", "skipped")
_NEWEST = 2**63 - 1


def list_imports(context: TenantContext, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page[ImportRecord]:
    """The imports in pages, newest first."""
    resource = context.list_name("imports")
    before = _NEWEST if cursor is None else int(read_cursor(resource, cursor, int)[0])
    statement = select(Import).where(Import.id < before).order_by(Import.id.desc()).limit(limit + 1)
    with context.db.reading() as session:
        rows = session.scalars(statement).all()
        records = [_record(row) for row in rows]
        return paged(resource, records, limit, tenant_version(session), lambda place: (rows[place].id,))


def get_import(context: TenantContext, import_id: int) -> tuple[ImportRecord, int]:
    """One import and the version at which it last changed; `NotFound` when it is not the tenant's."""
    with context.db.reading() as session:
        row = _find(session, import_id)
        return _record(row), row.updated_version


def list_entries(
    context: TenantContext,
    import_id: int,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
    status: str | None = None,
) -> Page[StoredEntry]:
    """All entries of a file in its order, or those of one status; `NotFound` when the import is not the tenant's."""
    if status is not None and status not in _STATUSES:
        raise Invalid.field("status", f"must be one of {', '.join(_STATUSES)}")
    resource = context.list_name(f"entries:{import_id}")
    after = 0 if cursor is None else int(read_cursor(resource, cursor, int)[0])
    with context.db.reading() as session:
        _find(session, import_id)
        rows = entry_rows(session, context.tenant.id, import_id, after=after, limit=limit + 1, status=status)
        entries = [entry_record(row) for row in rows]
        return paged(resource, entries, limit, tenant_version(session), lambda place: (rows[place].n,))


def get_entry(context: TenantContext, import_id: int, n: int) -> StoredEntry:
    """One entry; `NotFound` when there is none of this number, or no such import of the tenant."""
    with context.db.reading() as session:
        _find(session, import_id)
        return read_entry(session, context.tenant.id, import_id, n)


def read_entry(session: Session, tenant_id: int, import_id: int, n: int) -> StoredEntry:
    """One entry as the session sees it; `NotFound` when the import has none of this number."""
    rows = entry_rows(session, tenant_id, import_id, after=n - 1, limit=1)
    if not rows or rows[0].n != n:
        raise NotFound(f"Import {import_id} has no entry {n}")
    return entry_record(rows[0])


def list_mappings(context: TenantContext, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page[StoredMapping]:
    """The remembered mappings in pages."""
    resource = context.list_name("import-mappings")
    after = 0 if cursor is None else int(read_cursor(resource, cursor, int)[0])
    statement = select(ImportMapping).where(ImportMapping.id > after).order_by(ImportMapping.id).limit(limit + 1)
    with context.db.reading() as session:
        rows = session.scalars(statement).all()
        records = [mapping_record(row) for row in rows]
        return paged(resource, records, limit, tenant_version(session), lambda place: (rows[place].id,))


def get_mapping(context: TenantContext, mapping_id: int) -> tuple[StoredMapping, int]:
    """One remembered mapping and the version at which it last changed; `NotFound` when it is not the tenant's."""
    with context.db.reading() as session:
        row = session.scalars(select(ImportMapping).where(ImportMapping.id == mapping_id)).first()
        if row is None:
            raise NotFound(f"There is no mapping {mapping_id}")
        return mapping_record(row), row.updated_version


def mapping_record(row: ImportMapping) -> StoredMapping:
    return StoredMapping(
        id=str(row.id),
        header=row.header,
        mapping=row.mapping,
        filename=row.filename,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def entry_record(row: Any) -> StoredEntry:
    """A row of `entry_rows` as the API shows it."""
    texts = ("n", "booked_on", "value_on", "currency", "account", "payee", "counterparty", "purpose", "reference")
    return StoredEntry.model_validate(
        {
            **{name: getattr(row, name) for name in (*texts, "external_id", "pending", "category", "status")},
            "amount": format_amount(row.amount, row.currency),
            "balance": None if row.balance is None else format_amount(row.balance, row.currency),
            "transaction_id": None if row.transaction_id is None else str(row.transaction_id),
        }
    )


def _find(session: Session, import_id: int) -> Import:
    row = session.scalars(select(Import).where(Import.id == import_id)).first()
    if row is None:
        raise NotFound(f"There is no import {import_id}")
    return row


def _record(row: Import) -> ImportRecord:
    values: dict[str, Any] = {
        "id": str(row.id),
        "state": row.state,
        "filename": row.filename,
        "format": row.format,
        "counts": row.counts,
        "warnings": row.warnings,
        "errors": row.errors,
        "balance_check": row.balance_check,
        "mapping": row.mapping,
        "created_at": row.created_at,
        "imported_by": row.imported_by,
    }
    return ImportRecord.model_validate(values)
