"""What keeps a frame from showing on a site: its address, its headers, a token of its server, each looked at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import jwt
from pydantic import TypeAdapter, ValidationError

from core.errors import AppError
from core.i18n import _
from data.schemas.embeds import LONGEST_TTL, Origin
from web import embed_tokens
from web.embed_tokens import Find

Finding = tuple[bool, str]
"""Whether it is well, and in words."""
_SKEW_SECONDS: Final = 30
_ORIGIN: Final = TypeAdapter[str](Origin)
_ADDRESS: Final = re.compile(r"(https?://[^/?#\s]+)", re.IGNORECASE)


def check_site(address: str, registered: Sequence[str]) -> list[Finding]:
    """Whether browsers will show frames there."""
    found = _ADDRESS.match(address.strip())
    try:
        origin = _ORIGIN.validate_python(found[1] if found else address)
    except ValidationError:
        return [(False, _("The address is no web address: it must begin with https:// and name a host."))]
    if origin not in registered:
        return [
            (
                False,
                _(
                    "{origin} is not among your sites: browsers refuse to show frames there. Add it above.",
                    origin=origin,
                ),
            )
        ]
    findings = [(True, _("{origin} is among your sites.", origin=origin))]
    if origin.startswith("http://") and not re.match(r"http://(localhost|127\.|\[::1\])", origin):
        findings.append((False, _("The site is not served by TLS: anybody on the way can read the tokens.")))
    return findings


def check_headers(text: str, host: str, now: datetime) -> list[Finding]:
    """What the headers of the page around the frame mean for it; `host` is the origin of this installation."""
    headers: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if colon:
            headers.setdefault(name.strip().lower(), []).append(value.strip())
    if not headers:
        return []
    findings = _policy(headers.get("content-security-policy", []), host)
    if "x-frame-options" in headers:
        words = _(
            "Your server adds X-Frame-Options to pages. If it also stands before this installation as a proxy, it must"
            " not add it to addresses that begin with /embed/: it forbids every frame."
        )
        findings.append((False, words))
    if any("require-corp" in value for value in headers.get("cross-origin-embedder-policy", [])):
        findings.append((False, _("Cross-Origin-Embedder-Policy: require-corp keeps frames of other sites out.")))
    if any(value.lower() == "no-referrer" for value in headers.get("referrer-policy", [])):
        findings.append((True, _("Referrer-Policy: no-referrer does no harm: frames do not look at the referrer.")))
    return findings + _clock(headers.get("date", []), now)


def _policy(policies: list[str], host: str) -> list[Finding]:
    findings: list[Finding] = []
    for policy in policies:
        parts = [part.split() for part in policy.split(";") if part.strip()]
        directives = {part[0].lower(): part[1:] for part in parts}
        for name, what in (("script-src", _("the script embed-host.js")), ("frame-src", _("the frame"))):
            fallback = "child-src" if name == "frame-src" else "default-src"
            allowed = directives.get(name, directives.get(fallback, directives.get("default-src")))
            if allowed is not None and not _allows(allowed, host):
                blocked = _(
                    "Your Content-Security-Policy blocks {what}: add {host} to {directive}.",
                    what=what,
                    host=host,
                    directive=name,
                )
                findings.append((False, blocked))
    if policies and not findings:
        return [(True, _("Your Content-Security-Policy lets the script and the frame in."))]
    return findings


def _allows(sources: list[str], host: str) -> bool:
    scheme, _, name = host.partition("://")
    hosts = {host, name, f"{scheme}:", "*"} | {f"*.{name.split('.', 1)[-1]}", f"{scheme}://*.{name.split('.', 1)[-1]}"}
    return any(source.lower().rstrip("/") in hosts for source in sources)


def _clock(dates: list[str], now: datetime) -> list[Finding]:
    try:
        behind = (now - parsedate_to_datetime(dates[0])).total_seconds() if dates else 0.0
    except (TypeError, ValueError):
        return []
    if abs(behind) <= _SKEW_SECONDS:
        return [(True, _("The clocks agree."))] if dates else []
    seconds = f"{abs(behind):.0f}"
    if behind > 0:
        return [
            (False, _("Your server's clock is {seconds} s behind ours (if these headers are fresh).", seconds=seconds))
        ]
    return [
        (False, _("Your server's clock is {seconds} s ahead of ours (if these headers are fresh).", seconds=seconds))
    ]


def check_token(token: str, find: Find, now: datetime) -> list[Finding]:
    """Whether a token opens its view, and why not."""
    try:
        grant, _standing = embed_tokens.read(token.strip(), now, find)
    except AppError as error:
        return [
            (False, _("The token is refused ({status}): {detail}.", status=error.status, detail=error.detail)),
            *_times(token, now),
        ]
    left = (grant.expires_at - now).total_seconds()
    return [(True, _("The token opens the view {view} for {seconds} s more.", view=grant.view, seconds=f"{left:.0f}"))]


def _times(token: str, now: datetime) -> list[Finding]:
    """What the token's own times tell, though nothing of it is verified."""
    try:
        claims: dict[str, Any] = jwt.decode(token.strip(), options={"verify_signature": False})
        issued, expires = float(claims["iat"]), float(claims["exp"])
    except (jwt.InvalidTokenError, ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return [(False, _("It is no JWT with iat and exp."))]
    findings: list[Finding] = []
    if expires - issued > LONGEST_TTL:
        life = f"{expires - issued:.0f}"
        findings.append((False, _("It would live {life} s; {longest} s is the most.", life=life, longest=LONGEST_TTL)))
    if issued > now.timestamp() + _SKEW_SECONDS:
        ahead = f"{issued - now.timestamp():.0f}"
        said = _("It was made {seconds} s in the future: set your server's clock.", seconds=ahead)
        findings.append((False, said))
    return findings
