"""The pages' cookies: the session, which no script sees, and its CSRF token, which scripts of our pages may read."""

from __future__ import annotations

from datetime import timedelta

from werkzeug.wrappers import Response

from data import sessions as stored
from data.directory import PersonInfo, TenantInfo
from data.sessions import Origin, SessionInfo
from web import sessions, tokens
from web.identity import csrf_cookie, session_cookie
from web.keys import signing_secret
from web.state import state
from web.tokens import Claims


def enter(
    response: Response,
    person: PersonInfo,
    tenant: TenantInfo,
    held: SessionInfo | None = None,
    origin: Origin | None = None,
) -> Response:
    """Sign the browser in as this person, in this tenant: in the session `held`, or a new one by `origin`."""
    with state().database.directory() as session:
        held = held or sessions.begin(session, person, "page", origin)
        secret = signing_secret(session, state().settings.secret_key)
    return _with_cookies(response, secret, person, tenant, held.sid, sessions.lifetime().longest)


def switch(response: Response, person: PersonInfo, tenant: TenantInfo, claims: Claims | None) -> Response:
    """Take the browser's session to another tenant; it ends when it would have ended."""
    with state().database.directory() as session:
        held = stored.find(session, claims.session) if claims and claims.session else None
        secret = signing_secret(session, state().settings.secret_key)
    if claims is None or held is None:
        return enter(response, person, tenant)
    return _with_cookies(response, secret, person, tenant, held.sid, claims.expires_at - state().clock())


def leave(response: Response) -> Response:
    """Take the cookies away."""
    settings = state().settings
    response.delete_cookie(session_cookie(), secure=settings.production, httponly=True, samesite="Lax")
    response.delete_cookie(csrf_cookie(tls=settings.production), secure=settings.production, samesite="Lax")
    return response


def _with_cookies(
    response: Response, secret: str, person: PersonInfo, tenant: TenantInfo, sid: str, longest: timedelta
) -> Response:
    settings, ttl = state().settings, min(tokens.SESSION_TTL, longest)
    token, claims = tokens.issue(
        secret,
        tokens.SESSION,
        person_id=person.id,
        tenant_id=tenant.id,
        epoch=person.epoch,
        now=state().clock(),
        ttl=ttl,
        session=sid,
    )
    age = int(ttl.total_seconds())
    response.set_cookie(session_cookie(), token, max_age=age, secure=settings.production, httponly=True, samesite="Lax")
    csrf = tokens.csrf_token(settings.secret_key, claims.jti)
    response.set_cookie(
        csrf_cookie(tls=settings.production), csrf, max_age=age, secure=settings.production, samesite="Lax"
    )
    return response
