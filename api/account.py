"""`/auth/password` and `/auth/totp`: a person's own password and second factor."""

from __future__ import annotations

from flask import Blueprint, Response, g

from api import resource
from core import totp
from data import directory, second_factor
from data.schemas.auth import (
    BackupCodesOut,
    PasswordIn,
    TokensOut,
    TotpCodeIn,
    TotpIn,
    TotpOut,
    TotpSecretOut,
)
from web import second_factor as factors
from web import sessions, signing_in, throttle
from web.cookies import enter
from web.http import nothing, read_json, reply
from web.identity import Identity, current
from web.json import dumps
from web.openapi import operation
from web.signing_in import SignedIn
from web.state import state

blueprint = Blueprint("account", __name__)
_ERRORS = (400, 401, 409, 415, 429)
_SECRET = {"Cache-Control": "no-store"}


@blueprint.post("/auth/password")
@operation("Change your password; all other sessions end", body=PasswordIn, returns=TokensOut, errors=_ERRORS)
def post_password() -> Response:
    resource.only()
    identity, given = current(), read_json(PasswordIn)
    signed = signing_in.change_password(_signed(identity), given.current_password, given.new_password)
    with state().database.directory() as session:
        held = sessions.begin(session, signed.person, "page" if identity.session_id else "program")
    response = reply(signing_in.issue_tokens(signed, held), headers=_SECRET)
    g.repeated_body = dumps({})
    if identity.session_id is not None:
        enter(response, signed.person, signed.tenant, held)
    return response


@blueprint.get("/auth/totp")
@operation("Whether your second factor is on", returns=TotpOut)
def get_totp() -> Response:
    resource.only()
    with state().database.directory() as session:
        found = second_factor.find(session, current().seat.person.id)
    enabled = found is not None and found.confirmed
    return reply(TotpOut(enabled=enabled, backup_codes=found.backup_codes if found else 0))


@blueprint.post("/auth/totp")
@operation("Begin a second factor: a secret for your app", body=TotpIn, returns=TotpSecretOut, errors=_ERRORS)
def post_totp() -> Response:
    resource.only()
    person, given = current().seat.person, read_json(TotpIn)
    signing_in.confirm_password(person, given.password)
    secret = factors.begin(person)
    uri = totp.provisioning_uri(secret, factors.ISSUER, person.email)
    g.repeated_body = dumps({})
    return reply(TotpSecretOut(secret=totp.base32(secret), uri=uri), headers=_SECRET)


@blueprint.post("/auth/totp/confirm")
@operation("Switch it on with a first code", body=TotpCodeIn, returns=BackupCodesOut, errors=_ERRORS)
def post_totp_confirm() -> Response:
    resource.only()
    return _codes(factors.confirm(current().seat.person, read_json(TotpCodeIn).code))


@blueprint.post("/auth/totp/backup-codes")
@operation("New backup codes in place of the old", body=TotpCodeIn, returns=BackupCodesOut, errors=_ERRORS)
def post_backup_codes() -> Response:
    resource.only()
    person = current().seat.person
    _use_code(read_json(TotpCodeIn).code)
    return _codes(factors.renew_codes(person))


@blueprint.delete("/auth/totp")
@operation("Switch it off, with a last code", body=TotpCodeIn, status=204, errors=_ERRORS)
def remove_totp() -> Response:
    resource.only()
    _use_code(read_json(TotpCodeIn).code)
    with state().database.directory() as session:
        second_factor.remove(session, current().seat.person.id)
    return nothing()


def _use_code(code: str) -> None:
    """Use one of the person's codes up; tries are counted as sign-ins."""
    person = current().seat.person
    attempt = throttle.begin(person.email)
    factors.check(person, code)
    throttle.succeeded(attempt)


def _codes(codes: list[str]) -> Response:
    g.repeated_body = dumps({})
    return reply(BackupCodesOut(backup_codes=codes), headers=_SECRET)


def _signed(identity: Identity) -> SignedIn:
    with state().database.directory() as session:
        tenants = directory.tenants_of(session, identity.seat.person.id)
    return SignedIn(identity.seat.person, identity.tenant, tenants)
