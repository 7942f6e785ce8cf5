"""Signing in, and who one is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from data.schemas.common import Currency, In, Out, Role, Text


class LoginIn(In):
    """`tenant` is a tenant's key; without it the last used one is taken, else the first by key."""

    email: Text = Field(min_length=3, max_length=320)
    password: Text = Field(min_length=1, max_length=1024)
    tenant: Text | None = Field(default=None, max_length=63)


class RefreshIn(In):
    """`tenant` switches to another of the person's tenants."""

    refresh_token: Text = Field(min_length=1, max_length=200)
    tenant: Text | None = Field(default=None, max_length=63)


class LogoutIn(In):
    refresh_token: Text | None = Field(default=None, max_length=200)
    everywhere: bool = False


class SeatOut(Out):
    """One of the person's tenants."""

    key: str
    type: Literal["user", "organization"]
    name: str
    role: Role


class TokensOut(Out):
    """`expires_in` is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    tenant: str
    tenants: list[SeatOut]


class CsrfOut(Out):
    """The value that a cookie's writes must carry in `X-CSRF-Token`."""

    csrf_token: str


class TenantOut(Out):
    key: str
    type: Literal["user", "organization"]
    name: str
    currency: Currency
    timezone: str
    month_start: int
    locale: str
    role: Role
    features: dict[str, bool]
    version: int
