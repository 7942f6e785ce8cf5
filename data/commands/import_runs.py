"""Files that are imported in the background: taken in, run by a worker, cancelled, brought to their end.

The state stands in `imports` and moves by compare-and-set only: queued -> running -> done | failed, and from queued or
running to cancelled. An import sets `done` in the transaction that books its entries; so of two workers that run the
same file, or of a worker and a cancelling person, one wins, and the other leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any, Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from core.errors import Conflict, NotFound
from data import queue
from data.commands.unit import Write, write
from data.context import Actor, TenantContext
from data.models.import_runs import ImportChunk, ImportRun
from data.models.imports import Import
from data.schemas.imports import ImportCounts, ImportResult

JOB: Final = "import"
CHUNK: Final = 1 << 20
_NOTHING: Final = ImportCounts(read=0, new=0, duplicate=0, review=0, skipped=0, failed=0)
_NO_OTHERS: Final = {"synchronize_session": False}


class Overtaken(Conflict):
    """The import is not running any more: somebody cancelled it, or another worker has finished it."""

    code, title = "import_ended", "This import has ended already"


@dataclass(frozen=True, slots=True)
class Run:
    """What a worker needs to know of an import."""

    data: bytes
    filename: str
    actor: Actor
    options: dict[str, Any]


def submit(context: TenantContext, filename: str, chunks: Iterable[bytes], options: dict[str, Any]) -> int:
    """Keep a file and ask for its import, in one transaction; the import's id."""
    digest, size = sha256(), 0
    with write(context) as unit:
        import_id = unit.session.execute(
            insert(Import)
            .values(
                filename=filename,
                format=options.get("format") or "",
                state="queued",
                file_hash=b"",
                counts=_NOTHING.model_dump(),
                warnings=[],
                errors=[],
                balance_check=[],
                imported_by=context.actor.name,
                **unit.stamp,
            )
            .returning(Import.id)
        ).scalar_one()
        for position, data in enumerate(chunks):
            digest.update(data)
            size += len(data)
            row = {"tenant_id": unit.tenant_id, "import_id": import_id, "position": position, "data": data}
            unit.session.execute(insert(ImportChunk), [row])
        unit.session.execute(_row(import_id).values(file_hash=digest.digest()))
        job_id = queue.enqueue(unit.session, JOB, {"import_id": import_id}, tenant_id=unit.tenant_id)
        run = {"import_id": import_id, "job_id": job_id, "actor": context.actor.name, "address": context.actor.address}
        unit.session.execute(insert(ImportRun), [{"tenant_id": unit.tenant_id, "options": options, **run}])
        unit.audit("queue", "import", import_id, after={"filename": filename, "bytes": size})
    return import_id


def begin(context: TenantContext, import_id: int) -> Run:
    """Set the state to running and read the file; `Overtaken` when there is nothing to run."""
    with context.db.writing() as session:
        _move(session, import_id, ("queued", "running"), state="running")
        row = session.execute(
            select(Import.filename, ImportRun.actor, ImportRun.address, ImportRun.options)
            .join(ImportRun, ImportRun.import_id == Import.id)
            .where(Import.id == import_id)
        ).one()
        session.execute(_run(import_id).values(read=0))
        file = BytesIO()
        chunks = select(ImportChunk.data).where(ImportChunk.import_id == import_id).order_by(ImportChunk.position)
        for data in session.execute(chunks, execution_options={"yield_per": 1}).scalars():
            file.write(data)
    return Run(file.getvalue(), row.filename, Actor(row.actor, row.address), row.options)


def note_progress(context: TenantContext, import_id: int, read: int, total: int) -> None:
    """Say how far the reading is, in a transaction of its own."""
    with context.db.writing() as session:
        session.execute(_run(import_id).values(read=read, total=total))


def check_running(session: Session, import_id: int) -> None:
    """`Overtaken` when the import has ended. Asked with the tenant's version taken: whoever had it before is seen."""
    if session.execute(select(Import.state).where(Import.id == import_id)).scalar_one_or_none() != "running":
        raise Overtaken(f"Import {import_id} has ended already")


def complete(unit: Write, import_id: int, outcome: dict[str, Any], result: ImportResult) -> None:
    """The last step of the import's own transaction; `Overtaken` when it was cancelled or finished meanwhile."""
    session = unit.session
    _move(session, import_id, ("running",), state="done", updated_version=unit.version, **outcome)
    read = result.counts.read
    session.execute(_run(import_id).values(read=read, total=read, result=result.model_dump(mode="json")))
    _drop_file(session, import_id)


def fail(context: TenantContext, import_id: int, problem: dict[str, Any]) -> None:
    """Say why nothing was booked; `Overtaken` when the import has ended already."""
    with write(context) as unit:
        version = unit.version
        _move(unit.session, import_id, ("queued", "running"), state="failed", updated_version=version)
        unit.session.execute(_run(import_id).values(problem=problem))
        _drop_file(unit.session, import_id)
        unit.audit("fail", "import", import_id, after={"code": problem.get("code")})


def cancel(context: TenantContext, import_id: int) -> None:
    """End an import that is queued or running: nothing is booked. `Overtaken` when it has ended already.

    No write of the ledger: it must not wait for the import, which holds the tenant's version.
    """
    with context.db.writing() as session:
        known = session.execute(
            select(Import.state, ImportRun.job_id)
            .outerjoin(ImportRun, ImportRun.import_id == Import.id)
            .where(Import.id == import_id)
        ).first()
        if known is None:
            raise NotFound(f"There is no import {import_id}")
        _move(session, import_id, ("queued", "running"), state="cancelled")
        queue.withdraw(session, known.job_id, context.tenant.id)
        _drop_file(session, import_id)


def _row(import_id: int) -> Any:
    return update(Import).where(Import.id == import_id).execution_options(**_NO_OTHERS)


def _run(import_id: int) -> Any:
    return update(ImportRun).where(ImportRun.import_id == import_id).execution_options(**_NO_OTHERS)


def _move(session: Session, import_id: int, states: tuple[str, ...], **values: Any) -> None:
    moved = session.execute(_row(import_id).where(Import.state.in_(states)).values(values).returning(Import.id))
    if moved.first() is None:
        raise Overtaken(f"Import {import_id} has ended already")


def _drop_file(session: Session, import_id: int) -> None:
    session.execute(delete(ImportChunk).where(ImportChunk.import_id == import_id).execution_options(**_NO_OTHERS))
