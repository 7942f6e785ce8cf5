"""A guard against work that never ends: it measures nothing, it only stops a test that hangs."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

GUARD_SECONDS = 120


@contextmanager
def no_hang() -> Iterator[None]:
    """`TimeoutError` in the block when it has not ended after two minutes; what it guards takes seconds at most."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"still at work after {GUARD_SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(GUARD_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
