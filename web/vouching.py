"""Sign-in by the provider of identity: what the browser takes along, and who its answer makes somebody.

State, nonce and the PKCE verifier travel sealed in a cookie of ten minutes, so nothing is kept for those who never come
back; an answer is taken once. A person is found by issuer and subject. The first time an address that the provider has
verified suffices: of somebody who is here, or invited, or anybody with `OIDC_AUTO_CREATE`.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import logging
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Final

import orjson
from flask import request
from werkzeug.wrappers import Response

from core.errors import AppError, BadRequest, Conflict, Forbidden, NotFound, Unauthorized
from data import directory, identities, invitations, sessions
from data.commands import identities as commands
from data.commands import people
from data.directory import PersonInfo
from data.sessions import Origin
from web import security_events, signing_in, throttle
from web.identity import Identity, authenticate, books_of
from web.provider import Proved, Provider
from web.provider_logout import read_logout
from web.sealing import seal, unseal
from web.signing_in import FirstStep
from web.state import state

CALLBACK: Final = "/sign-in/provider/callback"
_LASTS: Final = timedelta(minutes=10)
_PURPOSE: Final = "provider-errand"
_LOG: Final = logging.getLogger("dashboard.sign_in")


@dataclass(frozen=True, slots=True)
class Errand:
    """Why a browser was sent to the provider: to sign in and go on to `target`, or to link a session's person."""

    state: str
    nonce: str
    verifier: str
    target: str
    expires_at: int
    session_id: str | None


def provider() -> Provider:
    """The provider of this installation; `NotFound` when it has none."""
    found = state().provider
    if found is None:
        raise NotFound("There is no other way to sign in here")
    return found


def begin(response: Response, target: str, session_id: str | None = None) -> str:
    """Give the browser a new errand, and answer the provider's address to send it to."""
    found = provider()
    expires_at = int((state().clock() + _LASTS).timestamp())
    errand = Errand(
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        target=target[:2_000],
        expires_at=expires_at,
        session_id=session_id,
    )
    url = found.authorization_url(
        redirect_uri=_callback(), state=errand.state, nonce=errand.nonce, verifier=errand.verifier
    )
    settings = state().settings
    sealed = base64.urlsafe_b64encode(seal(settings.secret_key, _PURPOSE, orjson.dumps(asdict(errand)))).decode()
    age = int(_LASTS.total_seconds())
    response.set_cookie(_cookie(), sealed, max_age=age, secure=settings.production, httponly=True, samesite="Lax")
    return url


def forget(response: Response) -> Response:
    """The errand is done, well or not."""
    response.delete_cookie(_cookie(), secure=state().settings.production, httponly=True, samesite="Lax")
    return response


def sign_out_address() -> str | None:
    """Where one ends the provider's session too, and comes back from to the sign-in page."""
    found = state().provider
    return found.sign_out_url(f"{_base()}/sign-in") if found else None


def finish() -> tuple[Errand, Proved]:
    """Read the answer that the browser brings: whose errand it was and who the provider says it is. AppError for
    whatever is wrong; the reason is in the log."""
    found, counted = provider(), throttle.count_proof()
    security_events.add(shown="provider")
    try:
        errand = _errand(request.args.get("state", ""))
        found.check_sender(request.args.get("iss"))
        if "error" in request.args:
            raise Unauthorized(f"You were not signed in at {found.name}")
        proved = found.prove(
            code=request.args.get("code", "")[:4_096],
            redirect_uri=_callback(),
            verifier=errand.verifier,
            nonce=errand.nonce,
            now=state().clock(),
        )
    except AppError as error:
        if error.status >= 500:  # no refusal: the provider is away
            _LOG.warning("a sign-in by the provider failed: %s (%r)", error.detail, error.__cause__)
        security_events.add(reason=error.detail, cause=repr(error.__cause__))
        raise
    throttle.proof_held(counted)
    return errand, proved


def step_of(proved: Proved) -> FirstStep:
    """The sign-in of whoever this is here. `Forbidden` for somebody who is not expected."""
    found = provider()
    with state().database.directory() as session:
        person_id = identities.person_with(session, found.issuer, proved.subject)
        known = None if person_id is None else directory.find_person_by_id(session, person_id)
    person = known or _first_time(found, proved)
    with state().database.directory() as session:
        homeless = not directory.tenants_of(session, person.id)
    if homeless and state().settings.oidc_auto_create:
        commands.create_books(state().database, person)
    return signing_in.vouched_step(person, Origin(found.issuer, proved.session))


def end_sessions(token: str) -> None:
    """The provider says that somebody has signed out there: what began there ends here, too. AppError for whatever is
    wrong with its word; to end nothing is no error."""
    found, now, counted = provider(), state().clock(), throttle.count_proof()
    word = read_logout(found, token, now)
    if not throttle.first_use(f"logout {word.jti}"):
        raise BadRequest("The logout token was used before")
    with state().database.directory() as session:
        person_id = identities.person_with(session, found.issuer, word.subject) if word.subject else None
        ended = 0
        if person_id is not None or word.subject is None:
            ended = sessions.end_of_origin(session, Origin(found.issuer, word.session), person_id, now)
    throttle.proof_held(counted)
    _LOG.info("sessions ended by the provider: %s of person %s", ended, person_id)


def link(errand: Errand, proved: Proved) -> None:
    """Link the person whose page began this; nobody else's session can end it."""
    identity = authenticate()
    if errand.session_id is None or identity.session_id != errand.session_id:
        raise BadRequest(_stale())
    commands.link(identity.context, identity.seat.person.id, provider().issuer, proved.subject, proved.email)


def unlink(identity: Identity) -> None:
    """Sign in without the provider again. `Conflict` for somebody who would have no other way in."""
    if not identity.seat.person.password_hash:
        raise Conflict("Choose a password first: without it you could not sign in any more")
    commands.unlink(identity.context, identity.seat.person.id, provider().issuer)


def _first_time(found: Provider, proved: Proved) -> PersonInfo:
    """Somebody who comes this way for the first time: by a verified address, which is looked at this once."""
    if proved.email is None:
        raise Forbidden(f"{found.name} does not vouch for your e-mail address: sign in otherwise, then link it")
    with state().database.directory() as session:
        person = directory.find_person(session, proved.email)
        other = None if person is None else identities.identity_of(session, person.id, found.issuer)
    if other is not None:
        raise Forbidden(f"{proved.email} signs in with another account at {found.name}")
    if person is not None:
        step = signing_in.vouched_step(person, Origin(found.issuer, proved.session))
        context = books_of(step.signed.tenant, f"person:{person.id}")
        commands.link(context, person.id, found.issuer, proved.subject, proved.email)
        return person
    return _newcomer(found, proved.email, proved.subject)


def _newcomer(found: Provider, email: str, subject: str) -> PersonInfo:
    """Somebody new: let in by the open invitations to this address, or because anybody may come."""
    with state().database.directory() as session:
        invited = invitations.open_for(session, email, state().clock())
        places = [(each, directory.find_tenant_by_id(session, each.tenant_id)) for each in invited]
    if not places and not state().settings.oidc_auto_create:
        raise Forbidden(f"There is nobody here with the address {email}: ask for an invitation")
    person = commands.create_person(state().database, email, found.issuer, subject)
    for each, tenant in places:
        if tenant is not None:
            people.accept(books_of(tenant, f"person:{person.id}"), each, commands.NO_PASSWORD, state().clock())
    return person


def _errand(given: str) -> Errand:
    """The errand of this browser that the answer is for; `BadRequest` for none, an old one, one that was used."""
    try:
        sealed = base64.urlsafe_b64decode(request.cookies.get(_cookie(), "").encode())
    except (binascii.Error, ValueError):
        sealed = b""
    plain = unseal(state().settings.secret_keys, _PURPOSE, sealed)
    errand = Errand(**orjson.loads(plain)) if plain else None
    fits = errand is not None and hmac.compare_digest(errand.state.encode(), given.encode("utf-8", "replace"))
    if errand is None or not fits or errand.expires_at <= state().clock().timestamp():
        raise BadRequest(_stale())
    if not throttle.first_use(errand.state):
        raise BadRequest(_stale())
    return errand


def _stale() -> str:
    return "This sign-in took too long, or was begun in another window: try again"


def _cookie() -> str:
    return "__Host-fd_errand" if state().settings.production else "fd_errand"


def _base() -> str:
    """The address people use; without `PUBLIC_URL` the one they used now, which the provider holds against its list."""
    return (state().settings.public_url or request.url_root).rstrip("/")


def _callback() -> str:
    return f"{_base()}{CALLBACK}"
