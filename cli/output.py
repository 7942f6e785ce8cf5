"""What commands say and how they fail: results on standard output, everything else on standard error."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any

import click

from core.errors import AppError

_TICK_SECONDS = 1.0
_TO_THE_END = "\x1b[K"  # ECMA-48, erase in line: what a longer text left there


class Command(click.Command):
    """A command whose expected failures are one sentence on standard error and exit code 1, never a trace."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AppError as error:
            raise click.ClickException(error.detail) from error
        except OSError as error:
            place = f" ({error.filename})" if error.filename else ""
            raise click.ClickException(f"{error.strerror or error}{place}") from error


class Group(click.Group):
    """A noun: its commands are `Command`s."""

    command_class = Command


def note(text: str) -> None:
    """Say something that is no result."""
    click.echo(text, err=True)


def table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns; the first row holds the names."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


@contextmanager
def progress(label: str) -> Iterator[Callable[[str], None]]:
    """Say on standard error that something long is under way; on a terminal, count the seconds too.

    What is yielded takes words on how far it is, which the terminal shows.
    """
    began, done, far = monotonic(), threading.Event(), [""]
    if not sys.stderr.isatty():
        note(f"{label} ...")
        yield lambda _words: None
        return

    def tell(words: str) -> None:
        far[0] = f" {words},"

    def count() -> None:
        while not done.wait(_TICK_SECONDS):
            click.echo(f"\r{label} ...{far[0]} {monotonic() - began:.0f} s{_TO_THE_END}", err=True, nl=False)

    click.echo(f"{label} ...", err=True, nl=False)
    ticker = threading.Thread(target=count, daemon=True)
    ticker.start()
    try:
        yield tell
    finally:
        done.set()
        ticker.join()
        note(f"\r{label} ... {monotonic() - began:.1f} s{_TO_THE_END}")
