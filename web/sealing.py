"""Secrets that must be had back, sealed for the database: of no use without the installation's `SECRET_KEY`.

AES-256-GCM (NIST SP 800-38D) with a nonce of 96 random bits, under a key for each purpose that HKDF-SHA-256 (RFC 5869)
derives. A key is good for 2^32 seals (SP 800-38D, section 8.3). Whose secret it is, is authenticated with it: moved to
another's row it does not open. The form: a byte of version, the nonce, the text with its tag of 16 bytes.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION: Final = b"\x01"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_HEAD: Final = len(_VERSION) + _NONCE_BYTES
_TAG_BYTES: Final = 16


def seal(secret_key: str, purpose: str, plain: bytes, holder: str = "") -> bytes:
    """`plain` in a form that only the same key, purpose and holder open."""
    head = _VERSION + secrets.token_bytes(_NONCE_BYTES)
    return head + _cipher(secret_key, purpose).encrypt(head[len(_VERSION) :], plain, _bound(purpose, holder))


def unseal(secret_keys: tuple[str, ...], purpose: str, sealed: bytes, holder: str = "") -> bytes | None:
    """What was sealed under one of the keys; None for another key, purpose or holder, or when a bit has changed."""
    if not sealed.startswith(_VERSION) or len(sealed) < _HEAD + _TAG_BYTES:
        return None
    nonce, text = sealed[len(_VERSION) : _HEAD], sealed[_HEAD:]
    for secret_key in secret_keys:
        with suppress(InvalidTag):
            return _cipher(secret_key, purpose).decrypt(nonce, text, _bound(purpose, holder))
    return None


def reseal(secret_keys: tuple[str, ...], purpose: str, sealed: bytes, holder: str = "") -> bytes | None:
    """The same secret under the first key; `sealed` itself if it is so already, None when no key opens it."""
    if unseal(secret_keys[:1], purpose, sealed, holder) is not None:
        return sealed
    plain = unseal(secret_keys[1:], purpose, sealed, holder)
    return None if plain is None else seal(secret_keys[0], purpose, plain, holder)


def _cipher(secret_key: str, purpose: str) -> AESGCM:
    derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=f"fd:sealing:{purpose}".encode())
    return AESGCM(derived.derive(secret_key.encode()))


def _bound(purpose: str, holder: str) -> bytes:
    """What is authenticated and not kept: version, purpose (which holds no zero byte) and holder."""
    return _VERSION + purpose.encode() + b"\0" + holder.encode()
