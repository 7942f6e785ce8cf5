"""What an application holds: its settings, its database, its clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask, current_app

from core.settings import Settings
from data.db import Database

RELEASE = "0.1.0"
_KEY = "financial_dashboard"


def utc_now() -> datetime:
    """The present instant, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class State:
    """One per application. `clock` gives the present instant; tests set their own."""

    settings: Settings
    database: Database
    clock: Callable[[], datetime] = utc_now


def attach(app: Flask, state: State) -> None:
    """Give the application its state."""
    app.extensions[_KEY] = state


def state() -> State:
    """The state of the application that answers this request."""
    found = current_app.extensions[_KEY]
    if not isinstance(found, State):
        raise TypeError("the application has no state")
    return found
