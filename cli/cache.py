"""`flask cache`: the answers kept ready."""

from __future__ import annotations

from dataclasses import replace

import click
from flask import Flask

from cli.output import Group
from cli.runtime import cache_url, embedded_directory, load_settings
from core.settings import Settings
from data import embedded
from data.board import Board
from web.cache import AnswerCache
from web.metrics import hits_in


@click.group("cache", cls=Group)
def group() -> None:
    """Look after the cache."""


@group.command()
def clear() -> None:
    """Forget all answers; they are computed anew when somebody asks."""
    clear_cache(load_settings())
    click.echo("The cache is empty.")


@group.command()
def stats() -> None:
    """Show how many answers were ready, for each kind, since the web server started."""
    found = hits_in(load_settings().metrics_dir)
    if not found:
        raise click.ClickException("No web server has counted anything under this VAR_DIR and PORT yet.")
    total = [sum(counts) for counts in zip(*found.values(), strict=True)]
    click.echo(f"{'KIND':<14}{'HITS':>12}{'MISSES':>12}{'RATIO':>9}")
    for kind, (hits, misses) in [*found.items(), ("all", (total[0], total[1]))]:
        ratio = hits / (hits + misses) if hits + misses else 0.0
        click.echo(f"{kind:<14}{hits:>12.0f}{misses:>12.0f}{ratio:>9.4f}")


def clear_cache(settings: Settings) -> None:
    """Empty the cache that the web workers share, and what each of them on this machine keeps in memory."""
    app = Flask(__name__)
    AnswerCache(app, replace(settings, cache_url=cache_url(settings))).clear()
    url = settings.database_url or embedded.running_url(embedded_directory(settings))
    board = Board.of(url) if url else None
    if board is not None:
        board.clear()
