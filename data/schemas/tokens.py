"""Stored tokens for programs."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from data.schemas.common import Day, Id, In, Name, Out, Scope


class ApiTokenIn(In):
    """`expires_on` is the last day on which the token works, by the tenant's clock; without it, till it is revoked."""

    name: Name
    scopes: list[Scope] = Field(min_length=1, max_length=5)
    expires_on: Day | None = None


class ApiTokenOut(Out):
    """`last_used_at` is right to about a minute."""

    id: Id
    name: str
    scopes: list[Scope]
    expires_on: Day | None
    created_at: datetime
    last_used_at: datetime | None


class NewApiToken(ApiTokenOut):
    """`token` is shown this once, and null when a retry gets this answer again."""

    token: str | None
