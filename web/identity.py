"""Who asks: from a bearer token or the pages' cookie to a person's seat in a tenant. The only way to a TenantDb."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import g, request

from core.errors import Forbidden, NotFound, Unauthorized
from core.period import today_in
from data import directory
from data.context import Actor, TenantContext
from data.credentials import STORED
from data.directory import Seat, TenantInfo
from data.schemas.common import Role
from web import sessions, tokens
from web.seats import Standing
from web.state import state

_RANK: Final[dict[Role, int]] = {"viewer": 0, "editor": 1, "admin": 2, "owner": 3}
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER: Final = "X-CSRF-Token"


@dataclass(frozen=True, slots=True)
class Identity:
    """A signed-in person in one tenant. `session_id` is set for the pages' cookie, `scopes` for a token with some,
    `claims` for whoever signed in: what its credential says."""

    standing: Standing
    context: TenantContext
    session_id: str | None
    scopes: tuple[str, ...] | None = None
    claims: tokens.Claims | None = None

    @property
    def seat(self) -> Seat:
        return self.standing.seat

    @property
    def tenant(self) -> TenantInfo:
        return self.seat.tenant

    @property
    def email(self) -> str:
        return self.seat.person.email

    @property
    def role(self) -> Role:
        return self.seat.role

    @property
    def version(self) -> int:
        """The tenant's version when the request began."""
        return self.seat.version

    @property
    def tenants(self) -> list[TenantInfo]:
        """All tenants of the person, by key."""
        with state().database.directory() as session:
            return [tenant for tenant, _ in directory.tenants_of(session, self.seat.person.id)]

    def has_role(self, role: Role) -> bool:
        """Whether the person's role in the tenant is `role` or more."""
        return _RANK[self.role] >= _RANK[role]

    def require(self, role: Role) -> None:
        """`Forbidden` when the person's role in the tenant is below `role`."""
        if not self.has_role(role):
            raise Forbidden(f"This needs the role {role} or more; yours is {self.role}")

    def require_feature(self, name: str) -> None:
        """`NotFound` (code feature_disabled) when the feature is switched off here."""
        if not has_feature(self.seat, name):
            raise NotFound(f"The {name} is switched off for this tenant", code="feature_disabled")


def has_feature(seat: Seat, name: str) -> bool:
    """Whether a feature is on for the tenant of this seat."""
    return seat.features.get(name, True)


def current() -> Identity:
    """The identity of this request; `Unauthorized` when it has none."""
    found = g.get("identity")
    if not isinstance(found, Identity):
        raise Unauthorized()
    return found


def session_cookie() -> str:
    """The cookie's name: with TLS it is bound to this host alone (`__Host-`)."""
    return "__Host-fd_session" if state().settings.production else "fd_session"


def csrf_cookie(*, tls: bool) -> str:
    """The name of the cookie that scripts of our pages read; with TLS it is bound to this host as well."""
    return "__Host-fd_csrf" if tls else "fd_csrf"


def authenticate() -> Identity:
    """Read the request's token or cookie and take the person's seat; `Unauthorized` when there is none."""
    now = state().clock()
    header = request.headers.get("Authorization", "")
    if header:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthorized("Only bearer tokens are accepted", code="invalid_token")
        token = token.strip()
        return _seated(_claims(tokens.purpose_of(token), token, now), cookie=False)
    cookie = request.cookies.get(session_cookie())
    if not cookie:
        raise Unauthorized()
    claims = _claims(tokens.SESSION, cookie, now)
    if request.method not in _SAFE_METHODS:
        _check_csrf(claims.jti)
    return _seated(claims, cookie=True)


def _claims(purpose: tokens.Purpose, token: str, now: datetime) -> tokens.Claims:
    return state().memory.claims(state().database, state().settings.secret_keys, purpose, token, now)


def _seated(claims: tokens.Claims, *, cookie: bool) -> Identity:
    standing = sessions.check(state().memory.standing(state().database, claims), claims)
    seat = standing.seat
    stored = claims.jti.startswith(STORED)
    if stored:
        state().usage.note(state().database, claims, state().clock())
    actor = Actor(claims.jti if stored else f"person:{seat.person.id}", request.remote_addr)
    today = today_in(seat.tenant.timezone, state().clock())
    context = TenantContext(state().database.tenant(seat.tenant.id), seat.tenant, actor, today)
    return Identity(standing, context, claims.jti if cookie else None, claims.scopes, claims)


def books_of(tenant: TenantInfo, actor: str) -> TenantContext:
    """A tenant's books for whoever was let in by another way than a seat (`web.embeds`)."""
    today = today_in(tenant.timezone, state().clock())
    return TenantContext(state().database.tenant(tenant.id), tenant, Actor(actor, request.remote_addr), today)


def _check_csrf(jti: str) -> None:
    """A cookie's write must prove that it comes from our own page (OWASP: signed double submit)."""
    expected = [tokens.csrf_token(secret_key, jti).encode() for secret_key in state().settings.secret_keys]
    given = request.headers.get(CSRF_HEADER, "")
    if not given and request.mimetype == "application/x-www-form-urlencoded":
        given = request.form.get("csrf_token", "")
    if not any(hmac.compare_digest(each, given.encode()) for each in expected):
        raise Forbidden("The page is too old: reload it", code="csrf_failed")
