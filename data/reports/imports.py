"""`/financial/imports`: the files that were imported, newest last."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.errors import NotFound
from data.context import TenantContext
from data.frames.resources import paged, tenant_version
from data.models.imports import Import
from data.schemas.imports import ImportRecord
from data.schemas.pages import DEFAULT_LIMIT, Page, read_cursor


def list_imports(context: TenantContext, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page[ImportRecord]:
    """The imports in pages."""
    after = 0 if cursor is None else int(read_cursor("imports", cursor, int)[0])
    statement = select(Import).where(Import.id > after).order_by(Import.id).limit(limit + 1)
    with context.db.reading() as session:
        rows = session.scalars(statement).all()
        records = [_record(row) for row in rows]
        return paged("imports", records, limit, tenant_version(session), lambda place: (rows[place].id,))


def get_import(context: TenantContext, import_id: int) -> tuple[ImportRecord, int]:
    """One import and the version at which it last changed; `NotFound` when it is not the tenant's."""
    with context.db.reading() as session:
        row = session.scalars(select(Import).where(Import.id == import_id)).first()
        if row is None:
            raise NotFound(f"There is no import {import_id}")
        return _record(row), row.updated_version


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
    }
    return ImportRecord.model_validate(values)
