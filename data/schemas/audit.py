"""The audit log, as it is read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from data.schemas.common import Id, Out


class AuditRecord(Out):
    """One change: `actor` is `person:7`, `token:3`, `cli` or the like; `before` and `after` hold what changed.

    `person` is the address of the person behind the actor, null when there is none (any more).
    """

    id: Id
    at: datetime
    version: int
    actor: str
    person: str | None
    address: str | None
    action: str
    kind: str
    object_id: Id | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
