"""One import with how far it is, or what came of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.context import TenantContext
from data.frames.imports import account_rows, entry_rows
from data.models.import_runs import ImportRun
from data.reports.imports import entry_record, get_import
from data.schemas.import_runs import ImportDetail, ImportState
from data.schemas.imports import PREVIEW

_UNFINISHED = ("queued", "running")


def get_detail(context: TenantContext, import_id: int) -> tuple[ImportDetail, int | None]:
    """The import, and the version at which it last changed, None while it has not ended; `NotFound` for none."""
    record, version = get_import(context, import_id)
    values = record.model_dump()
    with context.db.reading() as session:
        run = session.scalars(select(ImportRun).where(ImportRun.import_id == import_id)).first()
        if run is None:
            detail = {
                "progress": {"read": record.counts.read, "total": record.counts.read},
                **_contents(session, context.tenant.id, import_id),
            }
            return ImportDetail.model_validate({**values, **detail}), version
        result = run.result or {}
        detail = {
            "progress": {"read": run.read, "total": run.total},
            "problem": run.problem,
            **{name: result.get(name) for name in ("accounts", "preview")},
        }
    ended = record.state not in _UNFINISHED
    return ImportDetail.model_validate({**values, **detail}), version if ended else None


def _contents(session: Session, tenant_id: int, import_id: int) -> dict[str, Any]:
    """The accounts and the first entries of an import that was done at once, as they stand now."""
    accounts = account_rows(session, tenant_id, import_id)
    entries = map(entry_record, entry_rows(session, tenant_id, import_id, limit=PREVIEW))
    return {
        "accounts": [{"id": str(each.id), "name": each.name, "currency": each.currency} for each in accounts],
        "preview": [each.model_dump(exclude={"transaction_id"}) for each in entries],
    }


def get_state(context: TenantContext, import_id: int) -> ImportState:
    """How far an import is; `NotFound` when it is not the tenant's."""
    detail, _ = get_detail(context, import_id)
    return ImportState(id=detail.id, state=detail.state, progress=detail.progress)
