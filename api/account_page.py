"""`/account`: one's own password, second factor and tokens, as plain forms that work without a script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from flask import Blueprint, Response, g, make_response, render_template, request

from core import totp
from core.errors import AppError, BadRequest, Invalid
from core.i18n import _
from core.query import read_id
from data import credentials, directory, identities, second_factor
from data.commands.tokens import SCOPES_OF, issue_token, revoke_token
from data.schemas.tokens import ApiTokenIn
from web import second_factor as factors
from web import security_events, sessions, signing_in, throttle, tokens, vouching
from web.cookies import enter
from web.http import validated
from web.identity import current
from web.refusals import told
from web.signing_in import SignedIn
from web.state import state

blueprint = Blueprint("account_page", __name__)
Shown = dict[str, Any]


@blueprint.get("/account")
def get_account() -> Response:
    return _page(200, {})


@blueprint.post("/account")
def post_account() -> Response:
    act = _ACTIONS.get(request.form.get("do", ""))
    if act is None:
        raise BadRequest("The form is not one of this page")
    try:
        return _page(200, act())
    except AppError as error:
        security_events.refused(error)
        response = _page(error.status, {"error": told(error)})
        response.headers.update(error.headers)
        return response


def _password() -> Shown:
    identity = current()
    with state().database.directory() as session:
        seats = directory.tenants_of(session, identity.seat.person.id)
    signed = SignedIn(identity.seat.person, identity.tenant, seats)
    changed = signing_in.change_password(signed, _field("current_password"), _field("new_password"))
    return {"done": _("The password is changed; all other sessions have ended."), "signed": changed}


def _begin_totp() -> Shown:
    person = current().seat.person
    signing_in.confirm_password(person, _field("password"))
    secret = factors.begin(person)
    uri = totp.provisioning_uri(secret, factors.ISSUER, person.email)
    return {"secret": totp.base32(secret), "uri": uri, "qr_code": factors.qr_code(uri)}


def _confirm_totp() -> Shown:
    codes = factors.confirm(current().seat.person, _field("code"))
    return {"done": _("The second factor is on."), "backup_codes": codes, "offer": True}


def _end_totp() -> Shown:
    person = current().seat.person
    attempt = throttle.begin(person.email)
    factors.check(person, _field("code"))
    throttle.succeeded(attempt)
    with state().database.directory() as session:
        second_factor.remove(session, person.id)
    return {"done": _("The second factor is off."), "offer": True}


def _end_others() -> Shown:
    identity = current()
    sessions.end_others(identity.seat.person, identity.claims)
    return {"done": _("All other sessions have ended.")}


def _issue() -> Shown:
    identity, day = current(), _field("expires_on")
    try:
        expires_on = date.fromisoformat(day) if day else None
    except ValueError:
        raise Invalid.field("expires_on", "must be a date such as 2026-12-31") from None
    value = {"name": _field("name").strip(), "scopes": request.form.getlist("scopes"), "expires_on": expires_on}
    given = validated(ApiTokenIn, value)
    token, token_hash = tokens.new_opaque(tokens.API_PREFIX)
    issue_token(identity.context, identity.seat.person.id, identity.role, given, token_hash)
    return {"token": token}


def _revoke() -> Shown:
    identity = current()
    revoke_token(identity.context, read_id(_field("id"), "token"), identity.seat.person.id, state().clock())
    return {"done": _("The token is revoked.")}


def _link() -> Shown:
    """Send the browser to the provider: not by an answer to the form, which the page's policy keeps on this site."""
    identity = current()
    signing_in.confirm_password(identity.seat.person, _field("password"))
    if identity.session_id is None:
        raise BadRequest("Only a signed-in page can be linked")
    g.errand = Response()
    return {"go": vouching.begin(g.errand, "/account", identity.session_id)}


def _unlink() -> Shown:
    identity = current()
    signing_in.confirm_password(identity.seat.person, _field("password"))
    vouching.unlink(identity)
    return {"done": _("You sign in without {provider} again.", provider=vouching.provider().name)}


_ACTIONS: Final[dict[str, Callable[[], Shown]]] = {
    "password": _password,
    "totp": _begin_totp,
    "totp-confirm": _confirm_totp,
    "totp-off": _end_totp,
    "end-others": _end_others,
    "token": _issue,
    "revoke": _revoke,
    "link": _link,
    "unlink": _unlink,
}


def _field(name: str) -> str:
    return request.form.get(name, "")[:1024]


def _page(status: int, shown: Shown) -> Response:
    """The page as it is now; after a change of password with a new session, as the old one has ended."""
    identity = current()
    person = identity.seat.person
    signed: SignedIn | None = shown.pop("signed", None)
    provider = state().provider
    with state().database.directory() as session:
        factor = second_factor.find(session, person.id)
        mine = credentials.tokens_of(session, person.id, identity.tenant.id)
        linked = identities.identity_of(session, person.id, provider.issuer) if provider else None
    secret_key = state().settings.secret_key
    page = render_template(
        "account.html",
        email=person.email,
        tenant=identity.tenant.name,
        role=identity.role,
        factor_on=factor is not None and factor.confirmed,
        codes_left=factor.backup_codes if factor else 0,
        tokens=mine,
        provider=provider.name if provider else None,
        linked=linked,
        has_password=bool(person.password_hash),
        scopes=[scope for scope in ("read", "write", "import", "embed", "admin") if scope in SCOPES_OF[identity.role]],
        csrf=tokens.csrf_token(secret_key, identity.session_id) if identity.session_id and signed is None else "",
        **shown,
    )
    response = make_response(page, status)
    if signed is not None:
        enter(response, signed.person, signed.tenant)
    if "errand" in g:
        response.headers.extend(("Set-Cookie", each) for each in g.errand.headers.getlist("Set-Cookie"))
    response.headers["Cache-Control"] = "no-store"
    return response
