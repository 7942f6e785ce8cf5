"""What an application holds: its settings, its database, its clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import Flask, current_app

from core.release import RELEASE as RELEASE
from core.settings import Settings
from data.db import Database
from web.embed_seats import EmbedMemory
from web.limits import Limits
from web.live import Live
from web.provider import Provider
from web.seats import Memory
from web.usage import Usage

_KEY = "financial_dashboard"


def utc_now() -> datetime:
    """The present instant, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class State:
    """One per application. `clock` gives the present instant; tests set their own. `memory`: see `web.seats`;
    `provider`: of OpenID Connect, if there is one."""

    settings: Settings
    database: Database
    clock: Callable[[], datetime] = utc_now
    memory: Memory = field(default_factory=Memory)
    embeds: EmbedMemory = field(default_factory=EmbedMemory)
    usage: Usage = field(default_factory=Usage)
    live: Live = field(default_factory=Live)
    limits: Limits = field(init=False)
    provider: Provider | None = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "provider", Provider(self.settings) if self.settings.oidc_issuer else None)
        object.__setattr__(self, "limits", Limits(self.settings))


def attach(app: Flask, state: State) -> None:
    """Give the application its state."""
    app.extensions[_KEY] = state


def state() -> State:
    """The state of the application that answers this request."""
    return state_of(current_app)


def state_of(app: Flask) -> State:
    """The state of an application."""
    found = app.extensions[_KEY]
    if not isinstance(found, State):
        raise TypeError("the application has no state")
    return found
