"""`flask worker`: does what was put into the queue."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import click

from cli.output import Command, note
from cli.runtime import load_settings, open_url
from data.board import Board
from data.db import Database
from data.queue import Taken
from jobs.kinds import Kind, Reins
from jobs.registry import kinds_of
from jobs.worker import Worker
from web import reporting, tracing

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_MOST_THREADS: Final = 32


@click.command("worker", cls=Command)
@click.option(
    "--threads", type=click.IntRange(1, _MOST_THREADS), default=2, show_default=True, help="Jobs at the same time."
)
@click.option("--until-idle", is_flag=True, help="End when nothing is due.")
def worker(threads: int, until_idle: bool) -> None:
    """Do the work that waits in the queue: imports in the background and the like. Any number of workers may run."""
    settings = load_settings()
    reporting.start(settings)
    tracing.start(settings)
    with open_url(settings) as url:
        # Each job may need two connections, and the worker one for the queue and one to listen.
        database = Database(
            url,
            pool_size=2 * threads + 2,
            statement_timeout_ms=settings.statement_timeout_ms,
            board=Board.of(url),
            publishes=settings.amqp_url is not None,
        )
        try:
            working = Worker(database, map(_traced, kinds_of(settings)), threads)
            if sys.stdin.isatty() and not until_idle:
                note("The worker waits for jobs; Ctrl-C stops it.")
            with _stopped_by_signals(working):
                working.run(until_idle=until_idle)
        finally:
            database.dispose()


def _traced(kind: Kind) -> Kind:
    """The kind, with a span around each of its runs."""

    def run(database: Database, job: Taken, reins: Reins) -> None:
        with tracing.span(f"job {kind.name}", job=job.id, attempt=job.attempt):
            kind.run(database, job, reins)

    return replace(kind, run=run)


@contextmanager
def _stopped_by_signals(working: Worker) -> Iterator[None]:
    before = [signal.signal(number, lambda *_: working.stop()) for number in _SIGNALS]
    try:
        yield
    finally:
        for number, handler in zip(_SIGNALS, before, strict=True):
            signal.signal(number, handler)
