"""Signed tokens: access tokens for programs (RFC 9068) and the cookie of the pages. One key, one purpose each.

Algorithm, type, audience and issuer are pinned; every purpose has its own key, derived from `SECRET_KEY`.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import jwt

from core.errors import Unauthorized

ISSUER: Final = "financial-dashboard"
ACCESS_TTL: Final = timedelta(minutes=15)
SESSION_TTL: Final = timedelta(days=14)
_ALGORITHM: Final = "HS256"
_LONGEST = 4_096


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a token is for: its `typ` header and its audience."""

    typ: str
    audience: str
    ttl: timedelta


ACCESS: Final = Purpose("at+jwt", "api", ACCESS_TTL)
SESSION: Final = Purpose("session+jwt", "pages", SESSION_TTL)
SECOND_STEP: Final = Purpose("totp+jwt", "second-step", timedelta(minutes=5))
"""Says that the password was right; the code from the authenticator app is still to come."""
API: Final = Purpose("api-token", "api", timedelta(0))
"""Tokens that are stored (`fd_...`): random, not signed."""
API_PREFIX: Final = "fd_"


@dataclass(frozen=True, slots=True)
class Claims:
    """Whom a token speaks for. `epoch` must still be the person's (None: it does not matter); `jti` is the token's own
    id, `token:3` for a stored one. `generation` names the signing key, `session` the session it belongs to
    (`sid`); both are None for a stored token."""

    person_id: int
    tenant_id: int
    epoch: int | None
    jti: str
    expires_at: datetime
    scopes: tuple[str, ...] | None = None
    generation: str | None = None
    session: str | None = None


def purpose_of(token: str) -> Purpose:
    """What a bearer token must be, by its look."""
    return API if token.startswith(API_PREFIX) else ACCESS


def _key(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), f"fd:{purpose}".encode(), "sha256")


def key_id(secret: str, purpose: Purpose) -> str:
    """The `kid` of the key in use; it changes with the key and tells nothing of it."""
    return sha256(_key(secret, f"kid:{purpose.typ}")).hexdigest()[:12]


def kid_of(token: str) -> str | None:
    """The `kid` that a token claims to be signed with; nothing of it is verified."""
    if len(token) > _LONGEST:
        return None
    try:
        kid = jwt.get_unverified_header(token).get("kid")
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        return None
    return kid if isinstance(kid, str) else None


def issue(
    secret: str,
    purpose: Purpose,
    *,
    person_id: int,
    tenant_id: int,
    epoch: int,
    now: datetime,
    ttl: timedelta | None = None,
    scopes: tuple[str, ...] | None = None,
    session: str | None = None,
) -> tuple[str, Claims]:
    """A signed token and what it says."""
    expires_at = now + (ttl or purpose.ttl)
    claims = Claims(person_id, tenant_id, epoch, secrets.token_urlsafe(12), expires_at, scopes, None, session)
    payload: dict[str, Any] = {
        "iss": ISSUER,
        "aud": purpose.audience,
        "sub": str(person_id),
        "tid": str(tenant_id),
        "epoch": epoch,
        "jti": claims.jti,
        "iat": int(now.timestamp()),
        "exp": int(claims.expires_at.timestamp()),
    }
    if session is not None:
        payload["sid"] = session
    if scopes is not None:
        payload["scope"] = " ".join(scopes)
    headers = {"typ": purpose.typ, "kid": key_id(secret, purpose)}
    return jwt.encode(payload, _key(secret, purpose.typ), algorithm=_ALGORITHM, headers=headers), claims


def read(secret: str, purpose: Purpose, token: str, now: datetime) -> Claims:
    """What a token says, once everything about it is right; `Unauthorized` with one text for all that is wrong."""
    if len(token) > _LONGEST:
        raise Unauthorized("The token is not valid", code="invalid_token")
    try:
        header = jwt.get_unverified_header(token)
        if header.get("typ") != purpose.typ or header.get("kid") != key_id(secret, purpose):
            raise jwt.InvalidTokenError
        payload = jwt.decode(
            token,
            _key(secret, purpose.typ),
            algorithms=[_ALGORITHM],
            audience=purpose.audience,
            issuer=ISSUER,
            options={"require": ["exp", "iat", "sub", "tid", "jti"], "verify_exp": False, "verify_iat": False},
        )
        expires_at = datetime.fromtimestamp(int(payload["exp"]), UTC)
        scope, session = payload.get("scope"), payload.get("sid")
        claims = Claims(
            int(payload["sub"]),
            int(payload["tid"]),
            int(payload["epoch"]),
            str(payload["jti"]),
            expires_at,
            None if scope is None else tuple(str(scope).split()),
            session=None if session is None else str(session),
        )
        issued_at = int(payload["iat"])
    except (jwt.InvalidTokenError, ValueError, KeyError, TypeError, OverflowError, OSError, RecursionError):
        raise Unauthorized("The token is not valid", code="invalid_token") from None
    if expires_at <= now:
        raise Unauthorized("The token has expired", code="token_expired")
    if issued_at > now.timestamp() + 60:
        raise Unauthorized("The token is not valid", code="invalid_token")
    return claims


def csrf_token(secret: str, jti: str) -> str:
    """The value a cookie's writes must carry in `X-CSRF-Token`; bound to the session by its id."""
    return hmac.new(_key(secret, "csrf"), jti.encode(), sha256).hexdigest()


def new_opaque(prefix: str = "") -> tuple[str, bytes]:
    """A random token and the hash under which it is stored."""
    token = prefix + secrets.token_urlsafe(32)
    return token, opaque_hash(token)


def opaque_hash(token: str) -> bytes:
    """The hash of a random token: no salt is needed for 256 random bits."""
    return sha256(token.encode()).digest()
