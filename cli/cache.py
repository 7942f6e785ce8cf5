"""`flask cache`: the answers kept ready."""

from __future__ import annotations

from dataclasses import replace

import click
from flask import Flask

from cli.output import Group
from cli.runtime import cache_url, load_settings
from core.settings import Settings
from web.cache import AnswerCache


@click.group("cache", cls=Group)
def group() -> None:
    """Look after the cache."""


@group.command()
def clear() -> None:
    """Forget all answers; they are computed anew when somebody asks."""
    clear_cache(load_settings())
    click.echo("The cache is empty.")


def clear_cache(settings: Settings) -> None:
    """Empty the cache that the web workers share."""
    app = Flask(__name__)
    cache = AnswerCache(app, replace(settings, cache_url=cache_url(settings)))
    with app.app_context():
        cache.clear()
