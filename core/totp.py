"""Codes of authenticator apps: TOTP (RFC 6238) over HOTP (RFC 4226), with the parameters that all apps know."""

from __future__ import annotations

import base64
import hmac
from typing import Final
from urllib.parse import quote

STEP_SECONDS: Final = 30
DIGITS: Final = 6
_TOLERANCE: Final = 1
"""Steps by which the app's clock may differ (RFC 6238, section 5.2)."""


def code_at(secret: bytes, step: int) -> str:
    """The code of a time step: HMAC-SHA-1, dynamically truncated (RFC 4226, section 5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(secret: bytes, code: str, seconds: float) -> int | None:
    """The time step that `code` is of, if it is of the one at `seconds` (Unix time) or a neighbour."""
    present = int(seconds) // STEP_SECONDS
    steps = range(max(0, present - _TOLERANCE), present + _TOLERANCE + 1)
    return next((each for each in steps if hmac.compare_digest(code_at(secret, each).encode(), code.encode())), None)


def base32(secret: bytes) -> str:
    """The secret as people type it into an app."""
    return base64.b32encode(secret).decode().rstrip("=")


def provisioning_uri(secret: bytes, issuer: str, account: str) -> str:
    """The address that an app reads from a QR code (Google Authenticator's Key URI format)."""
    label = quote(f"{issuer}:{account}", safe="@:")
    return f"otpauth://totp/{label}?secret={base32(secret)}&issuer={quote(issuer)}"
