"""Kind `import`: a statement file that somebody uploaded with `Prefer: respond-async`."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from time import monotonic
from typing import Any, Final

from core.errors import AppError
from data.commands import import_runs
from data.commands.import_runs import JOB, Overtaken
from data.commands.imports import ImportRequest, import_statement
from data.context import TenantContext
from data.db import Database
from data.queue import Taken
from jobs.kinds import Kind, Reins, open_books

_EVERY_SECONDS: Final = 1.0


class _Watch:
    """Tells how far the import is, and stops it when the worker says so."""

    def __init__(self, context: TenantContext, import_id: int, reins: Reins) -> None:
        self._context, self._import_id, self._reins = context, import_id, reins
        self._told = 0.0

    def began(self, connection: Any) -> None:
        self._reins.hold(connection)

    def read(self, entries: int, expected: int) -> None:
        self._reins.check()
        if entries == expected or monotonic() - self._told >= _EVERY_SECONDS:
            self._told = monotonic()
            import_runs.note_progress(self._context, self._import_id, entries, expected)


def _run(database: Database, job: Taken, reins: Reins) -> None:
    context = open_books(database, job)
    if context is None:
        return
    import_id = int(job.payload["import_id"])
    # Cancelled, deleted, or done by a worker that could not say so any more: nothing is left to do.
    with suppress(Overtaken):
        run = import_runs.begin(context, import_id)
        context = replace(context, actor=run.actor)
        request = ImportRequest(run.data, run.filename, import_id=import_id, **run.options)
        try:
            import_statement(context, request, _Watch(context, import_id, reins))
        except Overtaken:
            raise
        except AppError as error:
            reins.check()
            if error.status >= 500:
                raise
            import_runs.fail(context, import_id, problem_of(error))
        finally:
            reins.loosen()


def _gave_up(database: Database, job: Taken, _error: str) -> None:
    context = open_books(database, job)
    if context is not None:
        problem = {
            "code": "internal_error",
            "detail": f"The import was tried {job.attempt - 1} times and did not come to an end; nothing was booked",
            "errors": [],
        }
        with suppress(Overtaken):
            import_runs.fail(context, int(job.payload["import_id"]), problem)


def problem_of(error: AppError) -> dict[str, Any]:
    """What the caller would have been told at once."""
    errors = [{"field": each.field, "message": each.message} for each in error.errors]
    said = {"code": error.code, "title": error.title, "status": error.status, "detail": error.detail, "errors": errors}
    return {**said, **error.extra}


IMPORT: Final = Kind(JOB, _run, _gave_up, attempts=3)
