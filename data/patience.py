"""How long to wait for whom. A database that restarts is waited for: requests that come then are late, and do not fail.

Only for a few seconds, and only where it has answered before: a wrong address, and a database that stays away, are told
at once.
"""

from __future__ import annotations

import threading
import time
from typing import Any, Final

import psycopg
from sqlalchemy import Engine, event

WAIT_SECONDS: Final = 5.0
"""Counted from the first attempt that failed: a database that is away for longer costs nobody this wait."""
_POLL_SECONDS: Final = 0.05


class Patience:
    """One per engine; makes its connections."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answered = False
        self._away_since: float | None = None

    def connect(self, dialect: Any, _record: Any, arguments: Any, options: Any) -> Any:
        """A new connection, after a wait when the database restarts; the driver's error when it does not come."""
        while True:
            try:
                connection = dialect.connect(*arguments, **options)
            except psycopg.OperationalError:
                if not self._worth_waiting():
                    raise
                time.sleep(_POLL_SECONDS)
            else:
                self._here()
                return connection

    def _worth_waiting(self) -> bool:
        with self._lock:
            if self._away_since is None:
                self._away_since = time.monotonic()
            return self._answered and time.monotonic() - self._away_since < WAIT_SECONDS

    def _here(self) -> None:
        with self._lock:
            self._answered, self._away_since = True, None


def session_options(timeout_ms: int) -> str:
    """What each connection is opened with. No process, frozen say, holds its locks for longer than a statement may."""
    limits = f"-c statement_timeout={timeout_ms} -c idle_in_transaction_session_timeout={timeout_ms}"
    return f"{limits} -c timezone=UTC -c jit=off"


def be_patient(engine: Engine) -> None:
    """Let all connections of this engine be made so."""
    event.listen(engine, "do_connect", Patience().connect)
