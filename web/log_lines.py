"""The program's log: JSON lines on standard error.

A web worker's threads do not write them themselves. Each write lets go of the interpreter's lock and waits for it again
behind whatever computes, with the log's lock held: all other requests would wait for the log in turn.
"""

from __future__ import annotations

import logging
import sys
import threading
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from time import sleep
from typing import Any, Final, TextIO

import orjson

_LOG: Final = logging.getLogger("dashboard.log")
_AT_ONCE: Final = 1_000
"""Lines that are written together, if as many wait."""
_MOST: Final = 20_000
"""Lines that wait at most, some 10 MB; of those that come while nobody reads them only their number is written."""
_GATHERING: Final = 0.02
"""Seconds in which lines gather: to be woken for each of thousands would take the interpreter from the requests."""
_LAST_SECONDS: Final = 3.0


class JsonLines(logging.Formatter):
    """A log record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "service": "financial-dashboard",
            **(getattr(record, "fields", None) or {"message": record.getMessage()}),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(entry, default=str).decode()


class Queued(logging.Handler):
    """Makes the lines, and leaves their writing to a thread of its own."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        self._lost = 0
        self._writer = threading.Thread(target=self._write, name="log", daemon=True)
        self._writer.start()

    def emit(self, record: logging.LogRecord) -> None:
        if self._lines.qsize() >= _MOST:
            self._lost += 1
            return
        if self._lost:
            lost, self._lost = self._lost, 0
            _LOG.warning("%d lines of the log are lost: they came faster than they could be written", lost)
        try:
            self._lines.put(self.format(record) + "\n")
        except Exception:  # as logging's own handlers do: a line that cannot be made never fails a request
            self.handleError(record)

    def close(self) -> None:
        """Write what is left, if somebody reads it; later lines are lost."""
        self._lines.put(None)
        self._writer.join(_LAST_SECONDS)
        super().close()

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            waiting = [line, *self._more()]
            try:
                self._stream.write("".join(waiting))
                self._stream.flush()
            except OSError:  # nobody reads any more: requests go on
                continue
            sleep(_GATHERING)

    def _more(self) -> list[str]:
        """The lines that wait by now, up to the one that ends it all."""
        found: list[str] = []
        try:
            while len(found) < _AT_ONCE:
                line = self._lines.get_nowait()
                if line is None:
                    self._lines.put(None)
                    break
                found.append(line)
        except Empty:
            pass
        return found


def configure(level: str) -> None:
    """Write the program's log as JSON lines to standard error."""
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False  # no line shows them
    _handle(logging.StreamHandler(sys.stderr))
    logger = logging.getLogger("dashboard")
    logger.setLevel(level)
    logger.propagate = False


def in_background() -> None:
    """From now on let a thread write the log of this process. `logging` closes it when the process ends."""
    _handle(Queued(sys.stderr))


def _handle(handler: logging.Handler) -> None:
    handler.setFormatter(JsonLines())
    logging.getLogger("dashboard").handlers[:] = [handler]
