"""Processes that share a board with the test, and stop at a point of a write."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent
_WRITER: Final = """
import os, signal, sys
from pathlib import Path
from data.board import Board
from data.changes import Notice
from data.commands.accounts import create_account
from data.db import Database
from data.schemas.ledger import AccountIn
from cli.runtime import tenant_context

url, board, when, how = sys.argv[1:]
real = {name: getattr(Notice, name) for name in ("announce", "settle")}

def stopping(notice):
    if when == "before commit":
        real["announce"](notice)
    os.kill(os.getpid(), signal.SIGKILL if how == "kill" else signal.SIGSTOP)
    if when == "after commit":
        real["settle"](notice)

setattr(Notice, "announce" if when == "before commit" else "settle", stopping)
database = Database(url, pool_size=1, board=Board(Path(board)))
context = tenant_context(database, "org_1")
new = {"name": "Till", "type": "cash", "opening_balance": "5.00", "opening_on": "2026-06-01"}
create_account(context, AccountIn.model_validate(new))
"""


class Writer:
    """A process that opens an account of 5.00 at org_1 and is killed or frozen on the way.

    `when` is "before commit" (its change is announced) or "after commit" (and not settled); `how` "kill" or "stop".
    """

    def __init__(self, url: str, board: Path, when: str, how: str) -> None:
        command = [sys.executable, "-c", _WRITER, url, str(board), when, how]
        self._process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})

    def wait_until_stopped(self) -> None:
        """Return when it is killed or frozen."""
        os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WSTOPPED | os.WNOWAIT)

    def go_on(self) -> None:
        """Let it run to its end."""
        self._process.send_signal(signal.SIGCONT)
        assert self._process.wait(60) == 0

    def end(self) -> None:
        self._process.kill()
        self._process.wait(60)
