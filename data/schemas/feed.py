"""The change feed: what followers of a tenant's books are told."""

from __future__ import annotations

from data.schemas.common import Id, Out


class Reference(Out):
    """A thing by its kind and its id, by which it is found below the address of its list."""

    kind: str
    id: Id


class Changes(Out):
    """What happened after a version, up to and including `version`; more pages follow while `next_cursor` is set."""

    created: list[Reference]
    updated: list[Reference]
    deleted: list[Reference]
    version: int
    next_cursor: str | None
