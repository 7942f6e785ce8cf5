"""Who asks for an answer, as far as the cache must know: a person (`web.identity`) or an embed (`web.embeds`)."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from data.context import TenantContext
from data.directory import TenantInfo


class Validity(Protocol):
    """For what an answer is valid: as `web.seats.Standing`."""

    @property
    def lasting(self) -> bytes: ...

    def validity(self, day: date) -> bytes: ...


class Asker(Protocol):
    """Somebody with a tenant's books open, and what answers to them are valid for."""

    @property
    def tenant(self) -> TenantInfo: ...

    @property
    def context(self) -> TenantContext: ...

    @property
    def standing(self) -> Validity: ...
