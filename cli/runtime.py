"""How commands find the database: the one that DATABASE_URL names, else the embedded one, started if need be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from core.errors import Unavailable
from core.period import today_in
from core.settings import BadSetting, Settings
from data import directory, embedded
from data.board import Board
from data.context import Actor, TenantContext
from data.db import Database
from web.state import utc_now

_POOL = 2


def load_settings() -> Settings:
    """The settings; within a command a bad one is the command's failure, told in one line."""
    try:
        return Settings.load()
    except BadSetting as error:
        if click.get_current_context(silent=True) is None:
            raise
        raise click.ClickException(error.detail) from error


def embedded_directory(settings: Settings) -> Path:
    """Where the embedded PostgreSQL keeps its data."""
    return settings.var_dir / "postgres"


def cache_url(settings: Settings) -> str:
    """The cache that `flask serve` gives its workers unless CACHE_URL names one: files that all of them share."""
    return settings.cache_url or f"file:{settings.var_dir / 'cache'}"


@contextmanager
def open_url(settings: Settings) -> Iterator[str]:
    """The URL of a database that runs as long as the block does."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    with embedded.ensure(embedded_directory(settings)) as url:
        yield url


@contextmanager
def open_owner_url(settings: Settings) -> Iterator[str]:
    """Like `open_url`, as the role that owns the schema: for migrations."""
    if settings.database_owner_url is not None:
        yield settings.database_owner_url
        return
    with open_url(settings) as url:
        yield url


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """A command's own way to the database."""
    with open_url(settings) as url:
        database = Database(
            url,
            pool_size=_POOL,
            statement_timeout_ms=settings.statement_timeout_ms,
            board=Board.of(url),
            publishes=settings.amqp_url is not None,
        )
        try:
            yield database
        finally:
            database.dispose()


def tenant_context(database: Database, key: str) -> TenantContext:
    """A tenant's books open in front of the operator; `NotFound` when there is no such tenant."""
    with database.directory() as session:
        tenant = directory.find_tenant(session, key)
    return TenantContext(database.tenant(tenant.id), tenant, Actor("cli"), today_in(tenant.timezone, utc_now()))


class _Running(Database):
    """The embedded database that runs already, looked up when it is first used: making an application asks nothing."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __getattr__(self, name: str) -> Any:
        """Reached for what `Database.__init__` sets, before it has run."""
        if name not in ("url", "_engine", "_read", "_bare", "changes", "publishes"):
            raise AttributeError(name)
        settings = self._settings
        url = embedded.running_url(embedded_directory(settings))
        if url is None:
            raise Unavailable("No database runs: start the product with make run, or set DATABASE_URL")
        super().__init__(
            url,
            pool_size=settings.database_pool,
            statement_timeout_ms=settings.statement_timeout_ms,
            board=Board.of(url),
            publishes=settings.amqp_url is not None,
        )
        return self.__dict__[name]

    def dispose(self) -> None:
        if "_engine" in self.__dict__:
            super().dispose()


def running_database(settings: Settings) -> Database:
    """The application's database: that of DATABASE_URL, else the embedded one that runs by the time it is needed."""
    if settings.database_url is None:
        return _Running(settings)
    return Database(
        settings.database_url,
        pool_size=settings.database_pool,
        statement_timeout_ms=settings.statement_timeout_ms,
        board=Board.of(settings.database_url),
        publishes=settings.amqp_url is not None,
    )
