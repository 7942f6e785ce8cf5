"""How many statements something ran and how long the database took: for `Server-Timing`, logs and tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from sqlalchemy import Engine, event


@dataclass(slots=True)
class Statements:
    """The statements run since the recording began, and their time in seconds."""

    texts: list[str] = field(default_factory=list)
    parameters: list[Any] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, text: str, parameters: Any, seconds: float) -> None:
        """Note one more."""
        self.texts.append(text)
        self.parameters.append(parameters)
        self.seconds += seconds


_followers: list[Callable[[str, float], None]] = []
_recording: ContextVar[Statements | None] = ContextVar("statements", default=None)


@contextmanager
def recording() -> Iterator[Statements]:
    """Record all statements of this context (this request, this test)."""
    statements = Statements()
    token = _recording.set(statements)
    try:
        yield statements
    finally:
        _recording.reset(token)


def follow(told: Callable[[str, float], None]) -> None:
    """Tell `told` of every statement of this process from now on, and the seconds it took: for traces."""
    _followers.append(told)


def note(text: str, parameters: Any, seconds: float) -> None:
    """Record a statement that was given to the driver without the engine."""
    for told in _followers:
        told(text, seconds)
    statements = _recording.get()
    if statements is not None:
        statements.add(text, parameters, seconds)


def watch(engine: Engine) -> None:
    """Let an engine's statements be recorded."""

    @event.listens_for(engine, "before_cursor_execute")
    def begin(_c: Any, _cursor: Any, _s: str, _p: Any, context: Any, _many: bool) -> None:
        if context is not None:
            context._fd_began = perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def end(_c: Any, _cursor: Any, statement: str, parameters: Any, context: Any, _many: bool) -> None:
        note(statement, parameters, 0.0 if context is None else perf_counter() - context._fd_began)
