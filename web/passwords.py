"""Passwords as argon2id hashes (RFC 9106), checked in the same time whether the person exists or not."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

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


def hash_password(password: str, field: str = "password") -> str:
    """The hash to store; `Invalid` when the password is too short or absurdly long."""
    if len(password) < MIN_LENGTH:
        raise Invalid.field(field, f"must have at least {MIN_LENGTH} characters")
    if len(password.encode()) > _MAX_BYTES:
        raise Invalid.field(field, f"must have at most {_MAX_BYTES} bytes")
    return _hasher().hash(password)


def password_fits(password: str, stored: str | None) -> bool:
    """Whether the password has this hash. Without a hash (None, or empty) the work is the same and the answer no."""
    try:
        _hasher().verify(stored or _nobodys_hash(), password[:_MAX_BYTES])
    except (Argon2Error, InvalidHashError):
        return False
    return bool(stored)
