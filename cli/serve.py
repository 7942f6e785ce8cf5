"""`flask serve`: the whole product in one command, as `make run` starts it."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import Final

import click

from cli.cache import clear_cache
from cli.demo import OWNER, PASSWORD, has_demo, load_demo, wants_demo
from cli.output import Command, note
from cli.processes import (
    check_port,
    check_writable,
    exit_code,
    reachable_host,
    wait_until_healthy,
    web_server,
    worker,
)
from cli.runtime import cache_url, load_settings, open_url
from core.settings import Settings
from data import schema
from data.board import Board
from data.db import Database

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_OF_THE_OWNER: Final = ("DATABASE_OWNER_URL", "DATABASE_OWNER_URL_FILE")


@click.command("serve", cls=Command)
def serve() -> None:
    """Start the database (unless DATABASE_URL names one), a worker and the web server; Ctrl-C stops all.

    The schema is upgraded, and an empty database gets the demo tenants, except in production.
    """
    settings = load_settings()
    check_port(settings.host, settings.port)
    check_writable(settings.var_dir)
    for number in _SIGNALS:
        signal.signal(number, _end)
    with open_url(settings) as url:
        signed_in = _prepare(settings, url)
        environment = _environment(settings, url)
        with worker(environment), web_server(environment) as server:
            if wait_until_healthy(server, settings):
                _welcome(settings, demo=signed_in)
            code = exit_code(server)
            note("The web server ended by itself; see the messages above.")
            sys.exit(code)


def _end(_number: int, _frame: FrameType | None) -> None:
    """Leave all blocks in order: the web server stops first, the database after it. A second signal is not needed."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise SystemExit(0)


def _prepare(settings: Settings, url: str) -> bool:
    """Upgrade the schema, load the demo when it is wanted; whether there is a demo to sign in to."""
    schema.upgrade(settings.database_owner_url or url)
    if settings.cache_url is None:
        clear_cache(settings)  # answers of an earlier run may be those of another database
    if settings.production:
        return False
    database = Database(url, pool_size=1, statement_timeout_ms=settings.statement_timeout_ms, board=Board.of(url))
    try:
        if wants_demo(database):
            load_demo(database)
        return has_demo(database)
    finally:
        database.dispose()


def _environment(settings: Settings, url: str) -> dict[str, str]:
    """What the web server is told. It never learns how to be the schema's owner."""
    quiet = settings.environment == "development" and sys.stderr.isatty()  # a person watches, not a log collector
    return {
        **{name: value for name, value in os.environ.items() if name not in _OF_THE_OWNER},
        "DATABASE_URL": url,
        "CACHE_URL": cache_url(settings),
        "VAR_DIR": str(settings.var_dir),
        "LOG_LEVEL": os.environ.get("LOG_LEVEL") or ("WARNING" if quiet else settings.log_level),
    }


def _welcome(settings: Settings, *, demo: bool) -> None:
    host = reachable_host(settings.host)
    host = f"[{host}]" if ":" in host else host
    click.echo(f"\n  The dashboard runs at {settings.public_url or f'http://{host}:{settings.port}'}")
    if demo:
        click.echo(f"  Sign in as {OWNER} with the password {PASSWORD}")
    click.echo("  Ctrl-C stops it; the data stays.\n")
