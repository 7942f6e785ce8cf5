"""The only way to the database: `Database` hands out a `TenantDb` for one tenant, which hands out sessions.

Isolation is said twice. Every session's transaction begins with `SET LOCAL app.tenant_id`, which row-level
security demands of the web role; and every ORM statement gets `tenant_id = ...` by a criteria event. Each
suffices without the other (docs/decisions/0003-tenants-in-postgresql.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, with_loader_criteria

from data.away import readable_errors
from data.board import Board
from data.changes import Changes, Tokens, notice_flush, notice_statement
from data.frames.driver import begin
from data.lease import Keeper
from data.models import TenantOwned
from data.patience import be_patient, session_options
from data.timing import watch

WEB_ROLE = "fd_web"
"""The role that the program acts as: it owns nothing and cannot bypass row-level security."""

_DRIVER_SCHEMES = ("postgresql://", "postgres://")
_VERSIONS = """
    BEGIN READ ONLY; SET LOCAL app.tenant_id = {tenant};
    SELECT coalesce((SELECT (value->>'version')::bigint FROM installation WHERE name = 'directory'), 0), version
    FROM tenant_state WHERE tenant_id = {tenant}; COMMIT
"""


class TenantSession(Session):
    """A session whose `info["tenant_id"]` is the only tenant it can see."""


def normalise_url(url: str) -> str:
    """A libpq-style URL as SQLAlchemy and psycopg 3 take it."""
    for scheme in _DRIVER_SCHEMES:
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


@event.listens_for(TenantSession, "after_begin")
def _set_tenant(session: TenantSession, transaction: SessionTransaction, connection: Connection) -> None:
    # Its own statement and the first one: set_config() does not reach Citus workers (docs/decisions/0003).
    if not transaction.nested:
        begin(session, connection, f"SET LOCAL app.tenant_id = {int(session.info['tenant_id'])}")


@event.listens_for(TenantSession, "do_orm_execute")
def _narrow_to_tenant(state: ORMExecuteState) -> None:
    if not state.is_column_load and not state.is_relationship_load:
        tenant_id = int(state.session.info["tenant_id"])
        state.statement = state.statement.options(
            with_loader_criteria(TenantOwned, lambda cls: cls.tenant_id == tenant_id, include_aliases=True)
        )


class DirectorySession(Session):
    """A session on the global tables."""


for _kind in (TenantSession, DirectorySession):
    event.listen(_kind, "do_orm_execute", notice_statement)
    event.listen(_kind, "before_flush", notice_flush)


@contextmanager
def _transaction(session: Session, changes: Changes) -> Iterator[Session]:
    """One transaction; what it changes in the directory is announced and settled."""
    with session.begin():
        yield session
        notice = changes.of_directory(session)
    if notice is not None:
        notice.settle()


@dataclass(frozen=True, slots=True)
class TenantDb:
    """A handle on one tenant's rows. Made only by `Database.tenant`."""

    tenant_id: int
    _write: Engine = field(repr=False)
    _read: Engine = field(repr=False)
    changes: Changes = field(repr=False)
    publishes: bool = False
    """Whether what happens goes to a broker, too (`data.commands.outbox`)."""

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One REPEATABLE READ READ ONLY transaction: all its statements see the same moment."""
        known = {"tenant_id": self.tenant_id}
        with readable_errors(), TenantSession(self._read, info=known, expire_on_commit=False) as session:
            yield session
            session.commit()  # on a rollback the driver would forget all that it prepared

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction that commits when the block ends well and rolls back otherwise. For `data.commands` only."""
        with (
            readable_errors(),
            TenantSession(self._write, info={"tenant_id": self.tenant_id}) as session,
            _transaction(session, self.changes),
        ):
            yield session


class Database:
    """The installation's PostgreSQL. Connects lazily and survives the server's absence."""

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 8,
        statement_timeout_ms: int = 60_000,
        board: Board | None = None,
        publishes: bool = False,
    ) -> None:
        """`board`: the one that the processes of this machine share (`Board.of(url)`); without it each request asks.
        `publishes`: writes leave their events for a broker."""
        self.url = normalise_url(url)
        self._engine = create_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=10,
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": 5,
                "application_name": "financial-dashboard",
                "options": session_options(statement_timeout_ms),
            },
        )
        be_patient(self._engine)
        event.listen(self._engine, "connect", _become_web_role)
        watch(self._engine)
        self._read = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._bare = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self.changes = Changes(self._engine, board)
        self.publishes = publishes

    def tenant(self, tenant_id: int) -> TenantDb:
        """The handle on a tenant. Only `web.identity`, `jobs` and `cli` may call this (an import contract)."""
        return TenantDb(tenant_id, self._engine, self._read, self.changes, self.publishes)

    @contextmanager
    def directory(self) -> Iterator[Session]:
        """One transaction on the global tables. For `data.directory` only."""
        with (
            readable_errors(),
            DirectorySession(self._engine) as session,
            _transaction(session, self.changes),
        ):
            yield session

    @contextmanager
    def directory_of(self, tenant_id: int) -> Iterator[Session]:
        """Like `directory`, able to see one tenant's rows too: sign-in reads a tenant and its version in one go."""
        with (
            readable_errors(),
            TenantSession(self._engine, info={"tenant_id": tenant_id}) as session,
            _transaction(session, self.changes),
        ):
            yield session

    def versions(self, tenant_id: int) -> tuple[int, int] | None:
        """The versions of the directory and of the tenant, in one message to the server; None without the tenant."""
        with readable_errors(), self._bare.connect() as connection:
            cursor = connection.connection.cursor()
            cursor.execute(_VERSIONS.format(tenant=int(tenant_id)))
            cursor.nextset()
            cursor.nextset()
            row = cursor.fetchone()
            return (row[0], row[1]) if row else None

    def tokens(self, tenant_id: int) -> Tokens | None:
        """The board's tokens for a tenant, after a repair where the board needs one; see `data.changes`."""
        with readable_errors():
            return self.changes.tokens(tenant_id) or self.changes.repair(tenant_id)

    def keeper(self) -> Keeper | None:
        """What keeps this machine's board in power, for each web worker to start; None without a board."""
        return Keeper(self._engine, self.changes.board) if self.changes.board is not None else None

    @contextmanager
    def listening(self, channel: str) -> Iterator[Any]:
        """A connection of the driver, out of the pool and in autocommit, that hears what is notified on `channel`."""
        with readable_errors():
            pooled = self._engine.raw_connection()
            # What this checkout holds: the pool's record of it may be another's already.
            connection: Any = pooled.dbapi_connection
            pooled.detach()
            try:
                connection.autocommit = True
                connection.execute(f"LISTEN {channel}")
                yield connection
            finally:
                connection.close()

    def pool_figures(self) -> dict[str, int]:
        """How many connections are in use, and how many wait to be."""
        pool: Any = self._engine.pool
        return {"used": pool.checkedout(), "idle": pool.checkedin()}

    def ping(self) -> None:
        """Ask the server for a sign of life; `Unavailable` when there is none."""
        with readable_errors(), self._engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def dispose(self) -> None:
        """Close all pooled connections (before a fork, at the end)."""
        self._engine.dispose()


def _become_web_role(connection: Any, _record: Any) -> None:
    """Drop to the web role when the URL's user could pass by row-level security (a superuser, the owner)."""
    previous, connection.autocommit = connection.autocommit, True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls OR pg_has_role(current_user, "
            "(SELECT datdba FROM pg_database WHERE datname = current_database()), 'member') "
            "FROM pg_roles WHERE rolname = current_user"
        )
        (mighty,) = cursor.fetchone()
        if mighty:
            cursor.execute(f"SET ROLE {WEB_ROLE}")
    connection.autocommit = previous
