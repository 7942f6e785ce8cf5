"""What is kept of rollouts: which colour has which release, one lock, and the history."""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.rolling.driver import Colour
from deploy.validation.site import Failed


@dataclass(slots=True)
class State:
    """The colour that people are sent to (None before the first rollout), and the release of each colour."""

    active: Colour | None = None
    releases: dict[str, str] = field(default_factory=dict)


class Store:
    """The files of one installation's rollouts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = folder / "lock"

    def read(self) -> State:
        """The state; that before the first rollout when nothing is kept."""
        path = self._folder / "state.json"
        return State(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else State()

    def write(self, state: State) -> None:
        """Keep it, whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        new = self._folder / "state.new"
        new.write_text(json.dumps(asdict(state)) + "\n", encoding="utf-8")
        new.replace(self._folder / "state.json")

    @contextmanager
    def locked(self, command: str) -> Iterator[str | None]:
        """One rollout at a time: `Failed` names the other. Gives what an earlier one that was killed left behind.

        The system gives the lock back when its process ends, however; what stands in the file tells whose it was.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._lock.open("a+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Failed(f"another rollout is going on: {self.holder()}") from None
            left = self.holder()
            file.truncate(0)
            mark = {"command": command, "by": who(), "pid": os.getpid(), "at": now()}
            file.write(json.dumps(mark))
            file.flush()
            try:
                yield left
            finally:  # a process that is killed does not come here: the next one tells
                file.truncate(0)

    def holder(self) -> str | None:
        """Who has the lock, or had it when it was killed; None when the last rollout ended in order."""
        try:
            found = json.loads(self._lock.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return f"{found['command']} by {found['by']}, process {found['pid']}, since {found['at']}"

    def busy(self) -> bool:
        """Whether a rollout is going on just now."""
        if not self._lock.exists():
            return False
        with self._lock.open(encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return True
        return False

    def note(self, entry: dict[str, Any]) -> None:
        """Add an entry to the history: one JSON object a line."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "history.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

    def history(self, most: int) -> list[dict[str, Any]]:
        """The newest entries, the oldest of them first."""
        path = self._folder / "history.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [json.loads(line) for line in lines[-most:]]


def who() -> str:
    """The person and machine that run this."""
    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"
    except (KeyError, OSError):  # a user without a name
        return f"{os.getuid()}@{socket.gethostname()}"


def now() -> str:
    """The present instant as RFC 3339 in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")
