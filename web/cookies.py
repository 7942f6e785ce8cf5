"""The pages' cookies: the session, which no script sees, and its CSRF token, which scripts of our pages may read."""

from __future__ import annotations

from werkzeug.wrappers import Response

from data.directory import PersonInfo, TenantInfo
from web import tokens
from web.identity import CSRF_COOKIE, session_cookie
from web.keys import signing_secret
from web.state import state


def enter(response: Response, person: PersonInfo, tenant: TenantInfo) -> Response:
    """Sign the browser in as this person, in this tenant."""
    settings = state().settings
    with state().database.directory() as session:
        secret = signing_secret(session, settings.secret_key)
    token, claims = tokens.issue(
        secret,
        tokens.SESSION,
        person_id=person.id,
        tenant_id=tenant.id,
        epoch=person.epoch,
        now=state().clock(),
    )
    age = int(tokens.SESSION_TTL.total_seconds())
    response.set_cookie(session_cookie(), token, max_age=age, secure=settings.production, httponly=True, samesite="Lax")
    csrf = tokens.csrf_token(settings.secret_key, claims.jti)
    response.set_cookie(CSRF_COOKIE, csrf, max_age=age, secure=settings.production, samesite="Lax")
    return response


def leave(response: Response) -> Response:
    """Take the cookies away."""
    response.delete_cookie(session_cookie(), secure=state().settings.production, httponly=True, samesite="Lax")
    response.delete_cookie(CSRF_COOKIE, samesite="Lax")
    return response
