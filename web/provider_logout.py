"""The provider of identity ends a session: its logout token, once all of it is checked.

OpenID Connect Back-Channel Logout 1.0, section 2.6. The provider's server posts the token; no browser and no cookie
take part, so its signature is all there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from core.errors import BadRequest
from web.provider import Provider

_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_SKEW_SECONDS: Final = 60
_OLDEST_SECONDS: Final = 600
"""Within the time for which a token is remembered, so that none counts twice."""
_LONGEST: Final = 8_192


@dataclass(frozen=True, slots=True)
class Logout:
    """Whose sessions end: all of `subject`, or the one that the provider calls `session`. `jti` names the token."""

    jti: str
    subject: str | None
    session: str | None


def read_logout(found: Provider, token: str, now: datetime) -> Logout:
    """What a logout token says. `BadRequest` for whatever is wrong, `Unavailable` when its keys cannot be read."""
    from joserfc.errors import JoseError

    try:
        decoded = found.decoded(token[:_LONGEST])
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise _refusal() from error
    header, claims = decoded.header, decoded.claims
    kind = str(header.get("typ", "logout+jwt")).lower().removeprefix("application/")
    right = kind in ("logout+jwt", "jwt") and _is_ours(claims, found) and _in_time(claims, now.timestamp())
    if not (right and _is_logout(claims)):
        raise _refusal()
    return Logout(claims["jti"], _name(claims, "sub"), _name(claims, "sid"))


def _is_ours(claims: Mapping[str, Any], found: Provider) -> bool:
    audience = claims.get("aud")
    for_us = found.client_id in audience if isinstance(audience, list) else audience == found.client_id
    return claims.get("iss") == found.issuer and for_us


def _in_time(claims: Mapping[str, Any], now: float) -> bool:
    issued, ends = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int | float) or not isinstance(ends, int | float):
        return False
    return now - _OLDEST_SECONDS < issued < now + _SKEW_SECONDS and ends > now - _SKEW_SECONDS


def _is_logout(claims: Mapping[str, Any]) -> bool:
    """A logout and nothing else: an ID token has a nonce, and neither the event nor (always) a name of its own."""
    events = claims.get("events")
    says_so = isinstance(events, dict) and isinstance(events.get(_EVENT), dict) and "nonce" not in claims
    whose = [name for name in ("sub", "sid") if name in claims]
    return says_so and bool(whose) and all(_name(claims, name) is not None for name in ("jti", *whose))


def _name(claims: Mapping[str, Any], name: str) -> str | None:
    value = claims.get(name)
    return value if isinstance(value, str) and 0 < len(value) <= 255 and value.isprintable() else None


def _refusal() -> BadRequest:
    return BadRequest("The logout token is not valid")
