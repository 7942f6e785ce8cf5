"""The second step of signing in: a code from an authenticator app, or a backup code. Each works once."""

from __future__ import annotations

import base64
import logging
import secrets
from hashlib import sha256
from typing import Final

from core import totp
from core.errors import Conflict, Unauthorized
from data import second_factor
from data.directory import DirectorySession, PersonInfo
from web.sealing import seal, unseal
from web.state import state

PURPOSE: Final = "second-factor"
ISSUER: Final = "Financial Dashboard"
_BACKUP_CODES: Final = 10
_CODE_BYTES: Final = 16
"""ASVS 11.5.1: 128 bits. From 112 on a hash without a salt suffices (6.5.2)."""
_SECRET_BYTES: Final = 20
"""As long as HMAC-SHA-1's result (RFC 4226, section 4)."""
_LOG: Final = logging.getLogger("dashboard.sign_in")


def is_on(session: DirectorySession, person_id: int) -> bool:
    """Whether the person has to give a code."""
    found = second_factor.find(session, person_id)
    return found is not None and found.confirmed


def check(person: PersonInfo, code: str) -> None:
    """Use up the person's code; `Unauthorized` when it is wrong, old, or was used before."""
    with state().database.directory() as session:
        factor = second_factor.find(session, person.id)
        right = factor is not None and factor.confirmed and _fits(session, person, factor, code)
    if not right:
        raise Unauthorized("The code is wrong, or was used already", code="wrong_code")


def begin(person: PersonInfo) -> bytes:
    """A new secret for the person's app; it counts once a code confirms it. `Conflict` when one is on already."""
    secret = secrets.token_bytes(_SECRET_BYTES)
    with state().database.directory() as session:
        if is_on(session, person.id):
            raise Conflict("The second factor is on already: switch it off first", code="totp_on")
        sealed = seal(state().settings.secret_key, PURPOSE, secret, str(person.id))
        second_factor.begin(session, person.id, sealed)
    return secret


def qr_code(uri: str) -> str:
    """What an app scans instead of a typed key: an SVG picture as the address of an image (ISO/IEC 18004)."""
    import segno

    picture = segno.make_qr(uri, error="m").svg_data_uri(border=4, light="white", omitsize=True)
    return str(picture)


def confirm(person: PersonInfo, code: str) -> list[str]:
    """Switch the second factor on with a first code from the app, and answer the backup codes."""
    with state().database.directory() as session:
        factor = second_factor.find(session, person.id)
        if factor is None or factor.confirmed:
            raise Conflict("There is nothing to confirm: begin with POST /auth/totp", code="totp_not_begun")
        if not _fits_app(session, person, factor, code):
            raise Unauthorized("The code is wrong: does the clock of your device go right?", code="wrong_code")
        second_factor.confirm(session, person.id, state().clock())
        return _new_codes(session, person)


def renew_codes(person: PersonInfo) -> list[str]:
    """New backup codes; the earlier ones are void."""
    with state().database.directory() as session:
        return _new_codes(session, person)


def _new_codes(session: DirectorySession, person: PersonInfo) -> list[str]:
    codes = [_new_code() for _ in range(_BACKUP_CODES)]
    second_factor.set_backup_codes(session, person.id, [_code_hash(person, code) for code in codes])
    return ["-".join(code[start : start + 4] for start in range(0, len(code), 4)) for code in codes]


def _fits(session: DirectorySession, person: PersonInfo, factor: second_factor.Factor, code: str) -> bool:
    plain = code.strip().replace(" ", "").replace("-", "").lower()
    if len(plain) == totp.DIGITS:
        return _fits_app(session, person, factor, plain)
    return second_factor.use_backup_code(session, person.id, _code_hash(person, plain))


def _fits_app(session: DirectorySession, person: PersonInfo, factor: second_factor.Factor, code: str) -> bool:
    secret = unseal(state().settings.secret_keys, PURPOSE, factor.sealed, str(person.id))
    if secret is None:
        _LOG.error("the second factor of person %s cannot be opened: it was begun under another SECRET_KEY", person.id)
        return False
    step = totp.step_of(secret, code.strip().replace(" ", ""), state().clock().timestamp())
    return step is not None and second_factor.use_step(session, person.id, step)


def _new_code() -> str:
    """Letters and digits that a person can type: base32 (RFC 4648) in small letters, 26 for 128 bits."""
    return base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode().rstrip("=").lower()


def _code_hash(person: PersonInfo, code: str) -> bytes:
    return sha256(f"{person.id} {code}".encode()).digest()
