"""When stored tokens and sessions were last used: noted in memory, written by a thread of its own, never while somebody
waits."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import datetime

from core.errors import AppError
from data import credentials, sessions
from data.db import Database
from web.seats import Kept
from web.tokens import Claims

_LOG = logging.getLogger("dashboard.usage")


@dataclass(frozen=True, slots=True)
class _Use:
    at: datetime
    address: str | None


class Usage:
    """What one worker noted. Each token is written at most once a minute, each session every five."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._written: Kept[str, datetime] = Kept()
        self._pending: dict[str, _Use] = {}
        self._writer: threading.Thread | None = None

    def note(self, database: Database, claims: Claims, now: datetime, address: str | None = None) -> None:
        """A stored token (`claims.jti` is `token:<id>`) was used, or else the session of a signed one."""
        stored = claims.jti.startswith(credentials.STORED)
        name = claims.jti if stored else claims.session
        if name is None:
            return
        written = self._written.get(name)
        every = credentials.USED_AT_MOST_EVERY if stored else sessions.NOTED_EVERY
        if written is not None and now - written < every:
            return
        with self._lock:
            self._written.put(name, now)
            self._pending[name] = _Use(now, address)
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
            tokens = {name: use for name, use in pending.items() if name.startswith(credentials.STORED)}
            try:
                with database.directory() as session:
                    used = {int(name.removeprefix(credentials.STORED)): use.at for name, use in tokens.items()}
                    credentials.note_use(session, used)
                    others = {name: (use.at, use.address) for name, use in pending.items() if name not in tokens}
                    sessions.note_use(session, others)
            except AppError as error:  # the next use is written again; nobody's request fails for it
                _LOG.warning("the last use of tokens was not written: %s", error.detail)
