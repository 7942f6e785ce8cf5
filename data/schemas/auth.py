"""Signing in, and who one is."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from data.schemas.common import Currency, Id, In, Out, Role, Text


class LoginIn(In):
    """`tenant` is a tenant's key; without it the last used one is taken, else the first by key.

    `totp` is the code of an authenticator app, or a backup code, of people who have a second factor.
    """

    email: Text = Field(min_length=3, max_length=320)
    password: Text = Field(min_length=1, max_length=1024)
    tenant: Text | None = Field(default=None, max_length=63)
    totp: Text | None = Field(default=None, max_length=80)


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


class PasswordIn(In):
    """A new password, by whoever knows the one before."""

    current_password: Text = Field(min_length=1, max_length=1024)
    new_password: Text = Field(min_length=1, max_length=1024)


class TotpIn(In):
    """The password, so that a device left open cannot lock its person out."""

    password: Text = Field(min_length=1, max_length=1024)


class TotpCodeIn(In):
    code: Text = Field(min_length=1, max_length=80)


class TotpOut(Out):
    """Whether a second factor is asked for, and how many backup codes are left."""

    enabled: bool
    backup_codes: int


class TotpSecretOut(Out):
    """What an authenticator app needs: the key to type, or the address that its QR code holds."""

    secret: str
    uri: str


class BackupCodesOut(Out):
    """Each works once, in place of a code from the app. They are shown this once."""

    backup_codes: list[str]


class SessionOut(Out):
    """Where somebody is signed in: `page` is a browser, `program` whoever has tokens from `/auth/login`.

    `last_used_at` and `address` are right to about five minutes; `browser` is what it calls itself, in short.
    `current` is the session that asks.
    """

    id: Id
    kind: Literal["page", "program"]
    started_at: datetime
    last_used_at: datetime
    address: str | None
    browser: str | None
    current: bool


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
