"""How a change is announced on the board, for tenants and the directory alike.

A change takes the row lock of its slot, makes sure that no board it cannot see is trusted, announces itself, commits,
and settles. A process killed on the way leaves the slot unsettled: readers ask the database, and `Changes.repair`
settles it by a change of nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, Engine, TextClause, cast, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from data.board import DIRECTORY, Board
from data.lease import ensure_seen
from data.models.tenant import Installation
from data.notices import tell_directory

QUIET: Final = "fd_quiet"
"""The execution option of a statement on the directory that nobody's rights or answers depend on."""
DIRECTORY_ROW: Final = "directory"
WATCHED: Final = frozenset(
    {"tenants", "people", "memberships", "installation", "exchange_rates", "api_tokens", "ended_sessions", "sessions"}
)
_WRITES_WATCHED: Final = re.compile(
    rf"\b(?:insert\s+into|update|delete\s+from|merge\s+into)\s+(?:only\s+)?(?:public\.)?(?:{'|'.join(sorted(WATCHED))})\b",
    re.IGNORECASE,
)
"""A statement given as text that writes a watched table."""
_CHANGED: Final = "fd_changed"
Tokens = tuple[int, int]


@dataclass(slots=True)
class Notice:
    """One change's entry on the board."""

    board: Board | None
    slot: int
    _token: int = 0

    def announce(self) -> None:
        """Last thing before the commit, with the row lock held."""
        if self.board is not None:
            self._token = self.board.announce(self.slot)

    def settle(self) -> None:
        """First thing after the commit succeeded."""
        if self.board is not None:
            self.board.settle(self.slot, self._token)


@dataclass(frozen=True, slots=True)
class Changes:
    """What changes need besides their session: connections for the lease, and this machine's board if it has one."""

    engine: Engine
    board: Board | None

    def of_tenant(self, session: Session, tenant_id: int) -> Notice:
        """The notice of a tenant's change; the session holds the lock on its row of `tenant_state`."""
        ensure_seen(session, self.engine, self.board)
        return Notice(self.board, tenant_id)

    def of_directory(self, session: Session) -> Notice | None:
        """The announced notice of what the session changed in the directory, None when it changed nothing there."""
        session.flush()
        if not session.info.get(_CHANGED) or not session.in_transaction():
            return None
        session.execute(_RAISE_DIRECTORY)
        tell_directory(session)
        ensure_seen(session, self.engine, self.board)
        notice = Notice(self.board, DIRECTORY)
        notice.announce()
        return notice

    def cleared(self) -> int:
        """See `Board.cleared`."""
        return self.board.cleared if self.board is not None else 0

    def tokens(self, tenant_id: int) -> Tokens | None:
        """The settled tokens of the directory and the tenant: what was learnt under them is true. None: ask."""
        if self.board is None:
            return None
        directory, tenant = self.board.settled(DIRECTORY), self.board.settled(tenant_id)
        return (directory, tenant) if directory and tenant else None

    def repair(self, tenant_id: int) -> Tokens | None:
        """Settle what nobody is changing just now, and answer `tokens`. Never waits for a writer."""
        board = self.board
        if board is None or not board.has(tenant_id) or not board.trusted():
            return None
        for slot, lock in ((DIRECTORY, _LOCK_DIRECTORY), (tenant_id, _LOCK_TENANT)):
            if not board.settled(slot):
                self._settle(Notice(board, slot), lock, tenant_id)
        return self.tokens(tenant_id)

    def _settle(self, notice: Notice, lock: TextClause, tenant_id: int) -> None:
        with self.engine.begin() as connection:
            connection.exec_driver_sql(f"SET LOCAL app.tenant_id = {tenant_id:d}")
            if connection.execute(lock, {"tenant": tenant_id}).first() is None:
                return
            notice.announce()
        notice.settle()


def directory_version() -> ColumnElement[int]:
    """The directory's version as a scalar sub-select."""
    stored = select(cast(Installation.value["version"].astext, BigInteger)).where(Installation.name == DIRECTORY_ROW)
    return func.coalesce(stored.scalar_subquery(), 0)


_LOCK_DIRECTORY: Final = text("""
    SELECT name FROM installation WHERE name = 'directory' FOR NO KEY UPDATE SKIP LOCKED
""")
_LOCK_TENANT: Final = text("""
    SELECT tenant_id FROM tenant_state WHERE tenant_id = :tenant FOR NO KEY UPDATE SKIP LOCKED
""")
_NEXT: Final = text("jsonb_build_object('version', coalesce((installation.value->>'version')::bigint, 0) + 1)")
_RAISE_DIRECTORY: Final = (
    insert(Installation)
    .values(name=DIRECTORY_ROW, value={"version": 1})
    .on_conflict_do_update(index_elements=["name"], set_={"value": _NEXT})
)


def touch_directory(session: Session) -> None:
    """Say that the session changes what identities or answers rest on: for changes that no statement shows."""
    session.info[_CHANGED] = True


def notice_statement(state: ORMExecuteState) -> None:
    """Event of sessions: statements that write a watched table make the transaction a change of the directory."""
    if state.is_select or state.execution_options.get(QUIET):
        return
    table = getattr(getattr(state.statement, "table", None), "name", None)
    if table in WATCHED or (table is None and _WRITES_WATCHED.search(str(state.statement))):
        touch_directory(state.session)


def notice_flush(session: Session, _context: UOWTransaction, _objects: object) -> None:
    """Event of directory sessions: objects written by the unit of work make it a change."""
    for each in (*session.new, *session.dirty, *session.deleted):
        if each.__table__.name in WATCHED:
            touch_directory(session)
