"""One import with how far it is, or what came of it."""

from __future__ import annotations

from sqlalchemy import select

from data.context import TenantContext
from data.models.import_runs import ImportRun
from data.reports.imports import get_import
from data.schemas.import_runs import ImportDetail, ImportState

_UNFINISHED = ("queued", "running")


def get_detail(context: TenantContext, import_id: int) -> tuple[ImportDetail, int | None]:
    """The import, and the version at which it last changed, None while it has not ended; `NotFound` for none."""
    record, version = get_import(context, import_id)
    values = record.model_dump()
    with context.db.reading() as session:
        run = session.scalars(select(ImportRun).where(ImportRun.import_id == import_id)).first()
        if run is None:
            done = {"read": record.counts.read, "total": record.counts.read}
            return ImportDetail.model_validate({**values, "progress": done}), version
        result = run.result or {}
        detail = {
            "progress": {"read": run.read, "total": run.total},
            "problem": run.problem,
            **{name: result.get(name) for name in ("accounts", "preview")},
        }
    ended = record.state not in _UNFINISHED
    return ImportDetail.model_validate({**values, **detail}), version if ended else None


def get_state(context: TenantContext, import_id: int) -> ImportState:
    """How far an import is; `NotFound` when it is not the tenant's."""
    detail, _ = get_detail(context, import_id)
    return ImportState(id=detail.id, state=detail.state, progress=detail.progress)
