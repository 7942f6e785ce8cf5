"""Requests that come while the database restarts are late, and do not fail."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from data import patience
from data.patience import Patience


class Away:
    """A dialect whose server refuses so many connections."""

    def __init__(self, refuses: int) -> None:
        self.refuses, self.asked = refuses, 0

    def connect(self, *_arguments: Any, **_options: Any) -> str:
        self.asked += 1
        if self.asked <= self.refuses:
            raise psycopg.OperationalError("connection refused")
        return "a connection"


def test_a_restart_is_waited_for_and_a_server_that_never_answered_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_POLL_SECONDS", 0.001)
    waiting = Patience()
    with pytest.raises(psycopg.OperationalError):
        waiting.connect(Away(1), None, (), {})
    assert waiting.connect(Away(0), None, (), {}) == "a connection"
    restarting = Away(20)
    assert waiting.connect(restarting, None, (), {}) == "a connection"
    assert restarting.asked == 21


def test_a_database_that_stays_away_costs_nobody_the_wait_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "WAIT_SECONDS", 0.05)
    monkeypatch.setattr(patience, "_POLL_SECONDS", 0.001)
    waiting, gone = Patience(), Away(1_000_000)
    waiting.connect(Away(0), None, (), {})
    with pytest.raises(psycopg.OperationalError):
        waiting.connect(gone, None, (), {})
    asked = gone.asked
    with pytest.raises(psycopg.OperationalError):
        waiting.connect(gone, None, (), {})
    assert gone.asked == asked + 1
