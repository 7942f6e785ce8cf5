"""Signing in and out: passwords checked, access tokens issued, refresh tokens rotated."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, cast

from flask import request

from core.errors import Forbidden, NotFound, Unauthorized
from data import credentials, directory, refresh
from data import sessions as stored
from data.directory import DirectorySession, PersonInfo, TenantInfo
from data.schemas.auth import SeatOut, TokensOut
from data.schemas.common import Role
from data.sessions import Origin, SessionInfo
from web import second_factor, security_events, sessions, throttle, tokens
from web.keys import signing_secret
from web.passwords import hash_password, password_fits, renewed
from web.state import state

_WRONG = "The e-mail address or the password is wrong"
Seats = list[tuple[TenantInfo, Role]]
_LOG: Final = logging.getLogger("dashboard.sign_in")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person who proved who they are, in one of their tenants."""

    person: PersonInfo
    tenant: TenantInfo
    tenants: Seats


@dataclass(frozen=True, slots=True)
class FirstStep:
    """A right password, or a provider's word (`origin`; then no `attempt` was counted). `needs_code`: the person's
    second factor is still to come."""

    signed: SignedIn
    needs_code: bool
    attempt: throttle.Attempt | None
    origin: Origin | None = None


def first_step(email: str, password: str, tenant_key: str | None) -> FirstStep:
    """Check the password and choose the tenant. `Unauthorized`, in one text and one time, for whatever is wrong."""
    attempt = throttle.begin(email)
    with state().database.directory() as session:
        person = directory.find_person(session, email)
        if not password_fits(password, person.password_hash if person else None) or person is None:
            security_events.add(person=person.id if person else None, shown="password")
            raise Unauthorized(_WRONG, code="wrong_credentials")
        hashed = renewed(password, person.password_hash)
        if hashed is not None:
            directory.set_password(session, person.id, hashed, end_sessions=False)
        tenants = directory.tenants_of(session, person.id)
        signed = SignedIn(person, _choose(tenants, person, tenant_key), tenants)
        return FirstStep(signed, second_factor.is_on(session, person.id), attempt)


def vouched_step(person: PersonInfo, origin: Origin) -> FirstStep:
    """The first step of somebody whom the provider of identity vouches for. `Unauthorized` without any tenant."""
    with state().database.directory() as session:
        tenants = directory.tenants_of(session, person.id)
        signed = SignedIn(person, _choose(tenants, person, None), tenants)
        return FirstStep(signed, second_factor.is_on(session, person.id), None, origin)


def complete(step: FirstStep, code: str | None) -> SignedIn:
    """Check the code if one is needed. `Unauthorized` (totp_required) when it is missing, another one when wrong."""
    if step.needs_code:
        if not code:
            raise Unauthorized("Give the code from your authenticator app as totp", code="totp_required")
        _check_code(step.signed.person, code)
    if step.attempt is not None:
        throttle.succeeded(step.attempt)
    with state().database.directory() as session:
        directory.remember_tenant(session, step.signed.person.id, step.signed.tenant.id)
    ways = ("provider" if step.origin else "password") + (" and code" if step.needs_code else "")
    _LOG.info("signed in: person %s, %s, from %s", step.signed.person.id, ways, request.remote_addr)
    return step.signed


def _check_code(person: PersonInfo, code: str) -> None:
    security_events.add(person=person.id, shown="code")
    second_factor.check(person, code)


def ticket(step: FirstStep) -> str:
    """Says for some minutes that the password was right, or that the provider vouched, whose session it then names:
    what the page of the second step sends along."""
    person, tenant = step.signed.person, step.signed.tenant
    with state().database.directory() as session:
        secret = signing_secret(session, state().settings.secret_key)
    token, _ = tokens.issue(
        secret,
        tokens.SECOND_STEP,
        person_id=person.id,
        tenant_id=tenant.id,
        epoch=person.epoch,
        now=state().clock(),
        session=None if step.origin is None else step.origin.sid or "",
    )
    return token


def second_step(given: str) -> FirstStep:
    """The first step that a ticket is for, counted as one more attempt."""
    now, own = state().clock(), state()
    claims = own.memory.claims(own.database, own.settings.secret_keys, tokens.SECOND_STEP, given, now)
    with own.database.directory() as session:
        person = directory.find_person_by_id(session, claims.person_id)
        if person is None or person.epoch != claims.epoch:
            raise Unauthorized("Sign in again", code="session_ended")
        tenants = directory.tenants_of(session, person.id)
    tenant = next((each for each, _ in tenants if each.id == claims.tenant_id), None) or _choose(tenants, person, None)
    issuer = own.settings.oidc_issuer
    origin = None if claims.session is None or issuer is None else Origin(issuer, claims.session or None)
    return FirstStep(SignedIn(person, tenant, tenants), True, throttle.begin(person.email), origin)


def _choose(tenants: Seats, person: PersonInfo, key: str | None) -> TenantInfo:
    """The tenant asked for, else the last used, else the first by key."""
    if key is not None:
        found = next((tenant for tenant, _ in tenants if tenant.key == key), None)
        if found is None:
            raise NotFound(f"There is no tenant {key[:63]}", code="unknown_tenant")
        return found
    if not tenants:
        raise Unauthorized("You belong to no tenant yet: ask for an invitation", code="no_tenant")
    return next((tenant for tenant, _ in tenants if tenant.id == person.last_tenant_id), tenants[0][0])


def issue_tokens(signed: SignedIn, held: SessionInfo | None = None) -> TokensOut:
    """An access token and a refresh token of the session `held`, or of a new one."""
    with state().database.directory() as session:
        return _issue(session, signed, held or sessions.begin(session, signed.person, "program"))


def change_password(signed: SignedIn, current: str, new: str) -> SignedIn:
    """A new password for who knows the present one; every other session ends. Tries are counted as sign-ins."""
    confirm_password(signed.person, current)
    hashed = hash_password(new, "new_password", email=signed.person.email)
    with state().database.directory() as session:
        directory.set_password(session, signed.person.id, hashed, end_sessions=True)
    with state().database.directory() as session:
        person = directory.find_person_by_id(session, signed.person.id)
    return replace(signed, person=person or signed.person)


def confirm_password(person: PersonInfo, password: str) -> None:
    """`Forbidden` unless this is the person's password. Tries are counted as sign-ins."""
    attempt = throttle.begin(person.email)
    if not password_fits(password, person.password_hash):
        raise Forbidden("The password is wrong", code="wrong_password")
    throttle.succeeded(attempt)


def rotate(refresh_token: str, tenant_key: str | None) -> TokensOut:
    """New tokens for a refresh token, which is used up; using it again ends the whole family (RFC 9700, 4.14.2).

    A request that is refused, as for a tenant that is not the person's, uses nothing up.
    """
    with state().database.directory() as session:
        used = refresh.use(session, tokens.opaque_hash(refresh_token), state().clock())
        if used is not None:
            return _renewed(session, used, tenant_key)
    # Only now, outside the transaction: a reuse must leave the family revoked, not roll that back.
    raise Unauthorized("The refresh token is not valid", code="invalid_token")


def _renewed(session: DirectorySession, used: refresh.Used, tenant_key: str | None) -> TokensOut:
    person = directory.find_person_by_id(session, used.person_id)
    if person is None or person.epoch != used.epoch:
        raise Unauthorized("The session has ended: sign in again", code="session_ended")
    tenants = directory.tenants_of(session, person.id)
    key = tenant_key or next((tenant.key for tenant, _ in tenants if tenant.id == used.tenant_id), None)
    tenant = _choose(tenants, person, key)
    held = sessions.of_family(session, used.family, person)
    directory.remember_tenant(session, person.id, tenant.id)
    return _issue(session, SignedIn(person, tenant, tenants), held)


def sign_out(refresh_token: str | None, person: PersonInfo, claims: tokens.Claims | None, *, everywhere: bool) -> None:
    """End the session in use and that of a refresh token, or all that the person has anywhere.

    Stored tokens are not ended by it.
    """
    now = state().clock()
    with state().database.directory() as session:
        if claims is not None and claims.generation is not None:
            credentials.end_session(session, claims.jti, claims.expires_at, now)
        given = None if refresh_token is None else tokens.opaque_hash(refresh_token)
        family = None if given is None else refresh.family_of(session, given, person.id)
        for sid in {family, claims.session if claims else None} - {None}:
            stored.end_named(session, str(sid), person.id, now)
        if family is not None:  # also one from before there were sessions
            refresh.revoke_family(session, family, now)
        if everywhere:
            directory.end_sessions(session, person.id)


def _issue(session: DirectorySession, signed: SignedIn, held: SessionInfo) -> TokensOut:
    now: datetime = state().clock()
    person, tenant, left = signed.person, signed.tenant, sessions.lifetime().left(held, now)
    ttl = min(tokens.ACCESS_TTL, left)
    access, _ = tokens.issue(
        signing_secret(session, state().settings.secret_key),
        tokens.ACCESS,
        person_id=person.id,
        tenant_id=tenant.id,
        epoch=person.epoch,
        now=now,
        ttl=ttl,
        session=held.sid,
    )
    token, token_hash = tokens.new_opaque()
    refresh.store(session, token_hash, held.sid, person, tenant.id, now + left)
    return TokensOut(
        access_token=access,
        refresh_token=token,
        token_type="Bearer",  # noqa: S106  # nosec B106 - the scheme's name
        expires_in=int(ttl.total_seconds()),
        tenant=tenant.key,
        tenants=[seat_out(each, role) for each, role in signed.tenants],
    )


def seat_out(tenant: TenantInfo, role: Role) -> SeatOut:
    """A tenant in the list of a person's tenants."""
    return SeatOut.model_validate(
        {"key": tenant.key, "type": tenant.type, "name": tenant.name, "role": cast(str, role)}
    )
