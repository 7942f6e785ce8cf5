"""What a kind of job is, and how a worker keeps it on its reins."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Final

from core.period import today_in
from data import directory
from data.context import Actor, TenantContext
from data.db import Database
from data.queue import Taken

_CANCEL_SECONDS: Final = 5.0


class Stopped(Exception):
    """The job has to end here: it was withdrawn, taken by another worker, or this worker stops."""


class Later(Exception):
    """Nothing went wrong here: the job has to be done again in so many seconds."""

    def __init__(self, seconds: float, why: str) -> None:
        super().__init__(why)
        self.seconds = seconds


class Reins:
    """How a running job is told to stop. It asks `check` now and then; a long statement of its own is cancelled."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._connection: Any = None
        self.stopped = False

    def check(self) -> None:
        """`Stopped` when the job has to end."""
        if self.stopped:
            raise Stopped

    def hold(self, connection: Any) -> None:
        """Statements on this connection of the driver are cancelled when the job has to end."""
        with self._lock:
            self._connection = connection
        self.check()

    def loosen(self) -> None:
        """The connection goes back to where it came from, and belongs to others."""
        with self._lock:
            self._connection = None

    def stop(self) -> None:
        """Tell the job; may be said again, for a statement that began just then."""
        with self._lock:
            self.stopped = True
            if self._connection is not None:
                with suppress(Exception):
                    self._connection.cancel_safe(timeout=_CANCEL_SECONDS)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job. `run` may be begun more than once for one job; an exception means: again later, at most `attempts`
    times in all, then `gave_up` is told why. One job of a `standing` kind is always in the queue."""

    name: str
    run: Callable[[Database, Taken, Reins], None]
    gave_up: Callable[[Database, Taken, str], None] | None = None
    attempts: int = 5
    standing: bool = False


def open_books(database: Database, job: Taken, actor: str = "worker") -> TenantContext | None:
    """The books of the job's tenant; None when the tenant is gone."""
    if job.tenant_id is None:
        return None
    with database.directory() as session:
        tenant = directory.find_tenant_by_id(session, job.tenant_id)
    if tenant is None:
        return None
    today = today_in(tenant.timezone, datetime.now(UTC))
    return TenantContext(database.tenant(tenant.id), tenant, Actor(actor), today)
