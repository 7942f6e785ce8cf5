"""Embed tokens: what opens a tenant's figures in another site (JWT, RFC 7519; typed as RFC 8725, 3.11 asks).

Algorithm, type, audience and the longest life are pinned; the key is the tenant's own, found by `kid`. Signed by this
server or by the tenant's: both are read by the same rules.
"""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import jwt
from pydantic import TypeAdapter, ValidationError

from core.errors import AppError, Forbidden, Unauthorized
from core.lock import Lock
from data.directory import TenantInfo
from data.schemas.embeds import JTI, LONGEST_TTL, EmbedAllow, EmbedIn, EmbedLock, EmbedUi, EmbedView, Origin
from web.embed_seats import EmbedStanding

TYP: Final = "embed+jwt"
AUDIENCE: Final = "embed"
LONGEST: Final = 7_500
"""Characters: a header line of 8 kB is the most that web servers take."""
_ALGORITHM: Final = "HS256"
_KID: Final = re.compile(r"([1-9]\d{0,17})\.[A-Za-z0-9_-]{12}")
_SKEW_SECONDS: Final = 60
_LATEST: Final = 10**11
_OWN_JTI: Final = "e."
_VIEW: Final = TypeAdapter[EmbedView](EmbedView)
_ORIGINS: Final = TypeAdapter[list[Origin]](list[Origin])
Find = Callable[[int], EmbedStanding | None]


@dataclass(frozen=True, slots=True)
class Grant:
    """What a valid token opens. Without `origins`: all that the tenant has registered."""

    kid: str
    jti: str
    view: EmbedView
    lock: Lock
    allow: EmbedAllow
    ui: EmbedUi
    origins: tuple[str, ...]
    expires_at: datetime


def new_kid(tenant_id: int) -> str:
    """The id of a new key: it says whose it is, so that an address with it leads to the tenant."""
    return f"{tenant_id}.{secrets.token_urlsafe(9)}"


def tenant_of(kid: object) -> int | None:
    """The tenant that a `kid` names, None for what cannot be one."""
    found = _KID.fullmatch(kid) if isinstance(kid, str) else None
    return int(found[1]) if found else None


def new_jti(secret_key: str, tenant_id: int) -> str:
    """The id of a token of ours; the tenant can be proved from it (`may_revoke`)."""
    nonce = secrets.token_urlsafe(9)
    return f"{_OWN_JTI}{nonce}.{_jti_tag(secret_key, tenant_id, nonce)}"


def may_revoke(secret_keys: tuple[str, ...], tenant_id: int, jti: str) -> bool:
    """Whether a token with this id may be the tenant's: not if we issued it to another one."""
    if not JTI.fullmatch(jti):
        return False
    if not jti.startswith(_OWN_JTI):
        return True
    nonce, _, tag = jti.removeprefix(_OWN_JTI).partition(".")
    return any(hmac.compare_digest(tag, _jti_tag(secret_key, tenant_id, nonce)) for secret_key in secret_keys)


def _jti_tag(secret_key: str, tenant_id: int, nonce: str) -> str:
    tag = hmac.digest(secret_key.encode(), f"fd:embed-jti:{tenant_id}:{nonce}".encode(), "sha256")
    return urlsafe_b64encode(tag[:9]).decode()


def issue(
    tenant: TenantInfo, epoch: int, kid: str, secret: bytes, given: EmbedIn, origins: list[str], jti: str, now: datetime
) -> str:
    """A signed token for what `given` asks."""
    issued = int(now.timestamp())
    claims: dict[str, Any] = {
        "iss": tenant.key,
        "aud": AUDIENCE,
        "tid": str(tenant.id),
        "view": given.view,
        "lock": given.lock.model_dump(mode="json", by_alias=True, exclude_unset=True),
        "allow": given.allow.model_dump(mode="json"),
        "origins": origins,
        "ui": given.ui.model_dump(mode="json", exclude_none=True),
        "iat": issued,
        "exp": issued + given.ttl,
        "jti": jti,
        "epoch": epoch,
    }
    return jwt.encode(claims, secret, algorithm=_ALGORITHM, headers={"typ": TYP, "kid": kid})


def read(token: str, now: datetime, find: Find) -> tuple[Grant, EmbedStanding]:
    """What a token opens, and where. `Unauthorized` for one that is not valid (any more), `Forbidden` for one that
    asks for what it cannot have."""
    kid, standing, claims = _verified(token, find)
    expires = _check_times(claims, now.timestamp())
    jti = claims.get("jti")
    if not isinstance(jti, str) or not JTI.fullmatch(jti):
        raise _invalid()
    epoch = claims.get("epoch")
    if type(epoch) is not int or epoch != standing.place.epoch or jti in standing.place.revoked:
        raise Unauthorized("The token has been revoked", code="token_revoked")
    _check_tenant(claims, standing.place.tenant)
    grant = Grant(
        kid=kid,
        jti=jti,
        view=_claim("view", lambda: _VIEW.validate_python(claims["view"])),
        lock=_claim("lock", lambda: EmbedLock.model_validate(claims["lock"]).lock()),
        allow=_claim("allow", lambda: EmbedAllow.model_validate(claims.get("allow", {}))),
        ui=_claim("ui", lambda: EmbedUi.model_validate(claims.get("ui", {}))),
        origins=tuple(_claim("origins", lambda: _ORIGINS.validate_python(claims.get("origins", [])))),
        expires_at=expires,
    )
    if not set(grant.origins) <= set(standing.place.origins):
        raise Forbidden("The token names a site that is not registered", code="embed_origin")
    return grant, standing


def _verified(token: str, find: Find) -> tuple[str, EmbedStanding, dict[str, Any]]:
    """The claims, once type, key, signature and audience are right."""
    if len(token) > LONGEST or not token.isascii():
        raise _invalid()
    try:
        header = jwt.get_unverified_header(token)
        kid = str(header.get("kid"))
        tenant_id = tenant_of(kid)
        standing = find(tenant_id) if tenant_id is not None and header.get("typ") == TYP else None
        secret = standing.secrets.get(kid) if standing is not None else None
        if standing is None or secret is None:
            raise _invalid()
        claims = jwt.decode(
            token,
            secret,
            algorithms=[_ALGORITHM],
            audience=AUDIENCE,
            options={"require": ["aud"], "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
    except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError, RecursionError):
        raise _invalid() from None
    return kid, standing, claims


def _check_times(claims: dict[str, Any], now: float) -> datetime:
    """The end of a token that lives now, and not longer than it may."""
    issued, expires, earliest = (_instant(claims, name) for name in ("iat", "exp", "nbf"))
    if issued is None or expires is None or not 0 < expires - issued <= LONGEST_TTL:
        raise _invalid()
    if expires <= now:
        raise Unauthorized("The token has expired", code="token_expired")
    if max(issued, earliest or 0) > now + _SKEW_SECONDS:
        raise Unauthorized("The token is not valid yet: is the clock of its server right?", code="token_early")
    return datetime.fromtimestamp(expires, UTC)


def _instant(claims: dict[str, Any], name: str) -> float | None:
    """Seconds since 1970 (RFC 7519, NumericDate); None without the claim."""
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < _LATEST:
        raise _invalid()
    return float(value)


def _check_tenant(claims: dict[str, Any], tenant: TenantInfo) -> None:
    """Both claims must name the tenant whose key signed; `tid` may be its key, which its own server knows better."""
    if claims.get("iss") != tenant.key or claims.get("tid") not in (str(tenant.id), tenant.key):
        raise Forbidden("The token does not name the tenant of its key", code="embed_claim")


def _claim(name: str, read_claim: Callable[[], Any]) -> Any:
    try:
        return read_claim()
    except (KeyError, ValidationError, AppError, RecursionError):
        raise Forbidden(f"The claim {name} is missing or cannot be read", code="embed_claim") from None


def _invalid() -> Unauthorized:
    return Unauthorized("The token is not valid", code="invalid_token")
