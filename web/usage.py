"""When stored tokens were last used: noted in memory, written by a thread of its own, never while somebody waits."""

from __future__ import annotations

import logging
import threading
from datetime import datetime

from core.errors import AppError
from data import credentials
from data.db import Database
from web.tokens import Claims

_LOG = logging.getLogger("dashboard.usage")


class Usage:
    """What one worker noted. Each token is written at most once a minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._written: dict[int, datetime] = {}
        self._pending: dict[int, datetime] = {}
        self._writer: threading.Thread | None = None

    def note(self, database: Database, claims: Claims, now: datetime) -> None:
        """A stored token (`claims.jti` is `token:<id>`) was used."""
        token_id = int(claims.jti.removeprefix(credentials.STORED))
        written = self._written.get(token_id)
        if written is not None and now - written < credentials.USED_AT_MOST_EVERY:
            return
        with self._lock:
            self._written[token_id] = self._pending[token_id] = now
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, args=(database,), name="usage", daemon=True)
                self._writer.start()

    def settle(self) -> None:
        """Wait until what was noted is written."""
        writer = self._writer
        if writer is not None:
            writer.join()

    def _write(self, database: Database) -> None:
        while True:
            with self._lock:
                if not self._pending:
                    self._writer = None
                    return
                pending, self._pending = self._pending, {}
            try:
                with database.directory() as session:
                    credentials.note_use(session, pending)
            except AppError as error:  # the next use is written again; nobody's request fails for it
                _LOG.warning("the last use of tokens was not written: %s", error.detail)
