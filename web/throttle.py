"""Sign-in attempts are counted before the password is looked at, by person and by address.

The closest limit is for a person from one address (`SIGN_IN_ATTEMPTS` in 15 minutes). Five times that for a person
from anywhere stops guesses from many addresses, but not the person: an address from which that person signed in
lately does not fall under it. Ten times that for one address over all people. Unknown people are counted alike, so
the answer tells nothing of who exists.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final

from flask import request

from core.errors import TooManyRequests
from data import attempts
from web.state import state

_PERSON_FACTOR: Final = 5
_ADDRESS_FACTOR: Final = 10
_RESETS: Final = 5
_KNOWN_FOR: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign in, as it is counted; all three are hashes."""

    pair: bytes
    person: bytes
    address: bytes
    known: bytes


def begin(email: str) -> Attempt:
    """Count a try; `TooManyRequests` when it is one too many, whatever the password."""
    who, where = email.strip().lower(), _network(request.remote_addr)
    attempt = Attempt(
        pair=_hash("pair", who, where),
        person=_hash("person", who),
        address=_hash("address", where),
        known=_hash("known", who, where),
    )
    most, now = state().settings.sign_in_attempts, state().clock()
    limits = {attempt.pair: most, attempt.address: most * _ADDRESS_FACTOR}
    with state().database.directory() as session:
        if not attempts.has(session, attempt.known, now):
            limits[attempt.person] = most * _PERSON_FACTOR
        wait = attempts.add(session, limits, now)
    if wait:
        raise TooManyRequests("Too many attempts to sign in: wait a little, or reset the password", wait)
    return attempt


def succeeded(attempt: Attempt) -> None:
    """The person proved who it is: its failures from here are forgotten, and the address is known for a while."""
    with state().database.directory() as session:
        attempts.forget(session, attempt.pair)
        attempts.take_back(session, (attempt.person, attempt.address))
        attempts.remember(session, attempt.known, state().clock() + _KNOWN_FOR)


def count_proof() -> bytes:
    """Count an answer that a browser brings from the provider of identity, by address; returns what was counted."""
    where = _hash("proof", _network(request.remote_addr))
    with state().database.directory() as session:
        wait = attempts.add(session, {where: state().settings.sign_in_attempts * _ADDRESS_FACTOR}, state().clock())
    if wait:
        raise TooManyRequests("Too many attempts to sign in: wait a little", wait)
    return where


def proof_held(counted: bytes) -> None:
    """The answer was right: it does not count."""
    with state().database.directory() as session:
        attempts.take_back(session, (counted,))


def first_use(token: str) -> bool:
    """Whether a random token of some minutes is shown for the first time, on any server."""
    with state().database.directory() as session:
        return not attempts.add(session, {_hash("once", token): 1}, state().clock())


def count_reset(email: str) -> None:
    """Count a wish for a new password: few letters to one person, not many more from one address."""
    who, where = email.strip().lower(), _network(request.remote_addr)
    limits = {_hash("reset", who): _RESETS, _hash("reset-address", where): _RESETS * _ADDRESS_FACTOR}
    with state().database.directory() as session:
        wait = attempts.add(session, limits, state().clock())
    if wait:
        raise TooManyRequests("Too many letters were asked for: wait a little", wait)


def _hash(*parts: str) -> bytes:
    return sha256("\0".join(parts).encode("utf-8", "replace")).digest()


def _network(address: str | None) -> str:
    """The address, of IPv6 the /64 that one subscriber has."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    return str(found) if found.version == 4 else str(ipaddress.ip_network((found, 64), strict=False))
