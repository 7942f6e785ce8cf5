"""Secrets that must be had back, sealed for the database: of no use without the installation's `SECRET_KEY`.

Encrypt-then-MAC with HMAC-SHA256 alone: a key stream in counter mode (NIST SP 800-108, 4.1) over a random nonce of 16
bytes, then a tag of 32 bytes over everything, bound to the purpose. For secrets of some dozen bytes.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Final

_NONCE: Final = 16
_TAG: Final = 32


def seal(secret_key: str, purpose: str, plain: bytes) -> bytes:
    """`plain` in a form that only the same key and purpose open."""
    nonce = secrets.token_bytes(_NONCE)
    hidden = _mixed(secret_key, purpose, nonce, plain)
    return nonce + hidden + _tag(secret_key, purpose, nonce + hidden)


def unseal(secret_key: str, purpose: str, sealed: bytes) -> bytes | None:
    """What was sealed; None when the key or the purpose is another, or a bit has changed."""
    body, tag = sealed[:-_TAG], sealed[-_TAG:]
    if len(body) < _NONCE or not hmac.compare_digest(tag, _tag(secret_key, purpose, body)):
        return None
    return _mixed(secret_key, purpose, body[:_NONCE], body[_NONCE:])


def _key(secret_key: str, use: str, purpose: str) -> bytes:
    return hmac.digest(secret_key.encode(), f"fd:sealing:{use}:{purpose}".encode(), "sha256")


def _tag(secret_key: str, purpose: str, body: bytes) -> bytes:
    return hmac.digest(_key(secret_key, "tag", purpose), body, "sha256")


def _mixed(secret_key: str, purpose: str, nonce: bytes, text: bytes) -> bytes:
    key = _key(secret_key, "stream", purpose)
    blocks = (hmac.digest(key, nonce + block.to_bytes(4, "big"), "sha256") for block in range(len(text) // 32 + 1))
    return bytes(left ^ right for left, right in zip(text, b"".join(blocks), strict=False))
