"""Passwords as argon2id hashes (RFC 9106), checked in the same time whether the person exists or not."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from core.common_passwords import is_a_name, is_common
from core.errors import Invalid

MIN_LENGTH = 8
"""OWASP ASVS 5, 6.2.1: at least 8 characters."""
_MAX_BYTES = 1_024


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys_hash() -> str:
    return _hasher().hash("the password of a person who does not exist")


def weakness(password: str, email: str | None = None) -> str | None:
    """Why this is one of those that are tried first, or None.

    `email` is the person's address, whose words alone make no password (ASVS 5, 6.2.4 and 6.2.11).
    """
    if is_common(password):
        return "is one of the passwords that are tried first: choose another"
    if is_a_name(password, email):
        return "must be more than a name from your address or of this product"
    return None


def hash_password(password: str, field: str = "password", *, email: str | None = None, weak: bool = False) -> str:
    """The hash to store; `Invalid` when the password is too short, absurdly long, or has a `weakness`, unless
    `weak` ones are accepted (from an operator, who is told)."""
    if len(password) < MIN_LENGTH:
        raise Invalid.field(field, f"must have at least {MIN_LENGTH} characters")
    if len(password.encode()) > _MAX_BYTES:
        raise Invalid.field(field, f"must have at most {_MAX_BYTES} bytes")
    reason = None if weak else weakness(password, email)
    if reason:
        raise Invalid.field(field, reason)
    return _hasher().hash(password)


def password_fits(password: str, stored: str | None) -> bool:
    """Whether the password has this hash. Without a hash (None, or empty) the work is the same and the answer no."""
    try:
        _hasher().verify(stored or _nobodys_hash(), password[:_MAX_BYTES])
    except (Argon2Error, InvalidHashError):
        return False
    return bool(stored)


def renewed(password: str, stored: str) -> str | None:
    """A new hash of a password that fits, if the stored one was made with other parameters than those of today."""
    return _hasher().hash(password[:_MAX_BYTES]) if _hasher().check_needs_rehash(stored) else None
