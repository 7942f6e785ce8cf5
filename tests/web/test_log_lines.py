"""The log of a web worker: lines that a thread of its own writes, none lost while somebody reads them."""

from __future__ import annotations

import io
import json
import logging
import os
import threading
from typing import TextIO

import pytest

from web import log_lines
from web.log_lines import JsonLines, Queued


def _line(handler: Queued, text: str) -> None:
    handler.handle(logging.makeLogRecord({"msg": text, "levelname": "INFO", "name": "dashboard.x"}))


def _queued(stream: TextIO) -> Queued:
    handler = Queued(stream)
    handler.setFormatter(JsonLines())
    return handler


def _messages(text: str) -> list[str]:
    return [json.loads(line)["message"] for line in text.splitlines()]


def test_all_lines_of_all_threads_are_written_in_the_order_of_each() -> None:
    stream = io.StringIO()
    handler = _queued(stream)

    def write(name: str) -> None:
        for number in range(500):
            _line(handler, f"{name} {number}")

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    handler.close()
    found = _messages(stream.getvalue())
    assert len(found) == 2_000
    for name in "abcd":
        assert [each for each in found if each[0] == name] == [f"{name} {n}" for n in range(500)]


def test_requests_go_on_while_nobody_reads_and_what_is_lost_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_lines, "_MOST", 10)
    reads, writes = os.pipe()
    with os.fdopen(writes, "w") as stream:
        handler = _queued(stream)
        logger = logging.getLogger("dashboard.log")
        logger.addHandler(handler)
        try:
            long = "x" * 70_000  # more than a pipe holds: the writer waits in the middle of it
            for _ in range(30):
                _line(handler, long)
            with os.fdopen(reads) as reader:
                first = [json.loads(reader.readline())["message"] for _ in range(10)]
                while handler._lines.qsize():
                    reader.readline()
                reading = threading.Thread(target=lambda: first.extend(_messages(reader.read())))
                reading.start()
                _line(handler, "again")
                handler.close()
                stream.close()
                reading.join()
        finally:
            logger.removeHandler(handler)
    assert first[-1] == "again"
    assert any("lines of the log are lost" in each for each in first)


def test_a_reader_that_went_away_stops_nothing() -> None:
    reads, writes = os.pipe()
    os.close(reads)
    stream = os.fdopen(writes, "w")
    handler = _queued(stream)
    _line(handler, "nobody hears")
    _line(handler, "this")
    handler.close()
    assert not handler._writer.is_alive()
    with pytest.raises(BrokenPipeError):
        stream.close()
