"""The lease that makes a board count, and what writers do who cannot see that board.

One board at a time holds the lease of a database, for ten seconds, renewed while somebody reads. A writer that holds
a row lock and finds the lease in the hands of a board it does not share (it runs on another machine, as another
user) blocks the lease and waits until it has run out before it commits. So no reader trusts a board that a change
passed by. Until the block ends, every request asks the database once; that is also how several servers work.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from contextlib import suppress
from typing import Final

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.errors import Unavailable
from data.board import LEASE_SECONDS, Board, now_ns

BLOCK_SECONDS: Final = 600
TICK_SECONDS: Final = 2.0
IDLE_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.05
_LOG: Final = logging.getLogger("dashboard.lease")

# clock_timestamp(), because now() is the transaction's beginning.
_STATE: Final = text("""
    SELECT holder, lease_until > clock_timestamp() AS live,
           blocked_until > clock_timestamp() AS blocked,
           blocked_until < clock_timestamp() + make_interval(secs => :block / 2) AS block_ends_soon
    FROM board_lease WHERE id = 1
""")
_BLOCK: Final = text("""
    UPDATE board_lease SET blocked_until = clock_timestamp() + make_interval(secs => :block) WHERE id = 1
""")
_TAKE: Final = text("""
    UPDATE board_lease SET holder = :me, lease_until = clock_timestamp() + make_interval(secs => :lease)
    WHERE id = 1 AND lease_until <= clock_timestamp() AND blocked_until <= clock_timestamp()
""")
_RENEW: Final = text("""
    UPDATE board_lease SET lease_until = clock_timestamp() + make_interval(secs => :lease)
    WHERE id = 1 AND holder = :me AND lease_until > clock_timestamp() AND blocked_until <= clock_timestamp()
""")
_RELEASE: Final = text("UPDATE board_lease SET lease_until = clock_timestamp() WHERE id = 1 AND holder = :me")


def ensure_seen(session: Session, engine: Engine, board: Board | None) -> None:
    """Return once no board but `board` is trusted. The session holds the row lock of what it changes.

    Waits at most as long as a lease lasts. A board that takes the lease later must first take the same row lock to
    know anything, so it sees this change.
    """
    block = {"block": BLOCK_SECONDS}
    state = session.execute(_STATE, block).one()
    shared = board is not None and state.holder == board.generation
    if shared or not (state.live or state.blocked):
        return
    if not state.blocked or state.block_ends_soon:
        with engine.begin() as connection:  # of its own: it must count before this session commits
            connection.execute(_BLOCK, block)
    deadline = time.monotonic() + 2 * LEASE_SECONDS
    while session.execute(_STATE, block).one().live:
        if time.monotonic() > deadline:
            raise Unavailable("Another server does not give up its board of versions", code="board_not_released")
        time.sleep(_POLL_SECONDS)


class Keeper:
    """Renews the lease of this machine's board, in a thread of each web worker: any of them suffices."""

    def __init__(self, engine: Engine, board: Board) -> None:
        self._engine = engine
        self._board = board
        self._thread = threading.Thread(target=self._run, name="board-lease", daemon=True)

    def start(self) -> None:
        """Begin; the first lease is asked for at once."""
        self._board.trusted()
        self._thread.start()

    def release(self) -> None:
        """Give the lease up when the server ends, so that nobody waits for it to run out. It may be gone already."""
        mine = self._board.generation
        self._board.end()
        with suppress(Unavailable, SQLAlchemyError):
            self._update(_RELEASE, mine)

    def _run(self) -> None:
        while True:
            try:
                if self._board.tick(TICK_SECONDS * 0.9) and not self._board.idle(IDLE_SECONDS):
                    self.keep()
            except (Unavailable, SQLAlchemyError) as error:  # without the lease readers ask the database
                _LOG.warning("the board's lease was not renewed: %s", type(error).__name__)
            time.sleep(TICK_SECONDS / 4)

    def keep(self) -> bool:
        """Renew the lease, or take it; whether this machine's board has it now."""
        board, asked = self._board, now_ns()
        mine = board.generation
        if mine and self._update(_RENEW, mine):
            board.extend(asked)
            return True
        if mine:
            # First nobody here trusts the board, then the database hears of it.
            if board.generation == mine:
                board.end()
            self._update(_RELEASE, mine)
        generation, asked = secrets.randbits(30) + 1, now_ns()
        if not self._update(_TAKE, generation):
            return False
        board.begin(generation, asked)
        return True

    def _update(self, statement: object, me: int) -> bool:
        with self._engine.begin() as connection:
            result = connection.execute(statement, {"me": me, "lease": LEASE_SECONDS})  # type: ignore[call-overload]
            return bool(result.rowcount)
