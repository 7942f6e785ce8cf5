"""`/auth/*` and `/tenant/info`: sign-in for programs, and who one is."""

from __future__ import annotations

from flask import Blueprint, Response, request

from core.errors import BadRequest
from data.schemas.auth import CsrfOut, LoginIn, LogoutIn, RefreshIn, TenantOut, TokensOut
from web import signing_in, tokens
from web.http import nothing, read_json, reply
from web.identity import current
from web.openapi import operation
from web.state import state

blueprint = Blueprint("auth", __name__)
_NEVER_STORED = {"Cache-Control": "no-store"}
_BODY_ERRORS = (400, 413, 415)


@blueprint.post("/auth/login")
@operation(
    "Sign in with e-mail and password",
    body=LoginIn,
    returns=TokensOut,
    errors=(*_BODY_ERRORS, 401, 403, 404, 429),
    public=True,
)
def post_login() -> Response:
    given = read_json(LoginIn)
    signed = signing_in.complete(signing_in.first_step(given.email, given.password, given.tenant), given.totp)
    return reply(signing_in.issue_tokens(signed), headers=_NEVER_STORED)


@blueprint.post("/auth/refresh")
@operation(
    "New tokens for a refresh token, which is used up",
    body=RefreshIn,
    returns=TokensOut,
    errors=(*_BODY_ERRORS, 401, 403, 404),
    public=True,
)
def post_refresh() -> Response:
    given = read_json(RefreshIn)
    return reply(signing_in.rotate(given.refresh_token, given.tenant), headers=_NEVER_STORED)


@blueprint.post("/auth/logout")
@operation("Sign out, here or everywhere", body=LogoutIn, status=204, errors=_BODY_ERRORS)
def post_logout() -> Response:
    given = read_json(LogoutIn) if request.content_length else LogoutIn()
    identity = current()
    signing_in.sign_out(given.refresh_token, identity.seat.person, identity.claims, everywhere=given.everywhere)
    return nothing()


@blueprint.get("/auth/csrf")
@operation("The token that a cookie's writes must carry", returns=CsrfOut, errors=(400,))
def get_csrf() -> Response:
    session_id = current().session_id
    if session_id is None:
        raise BadRequest("Only a signed-in page needs a CSRF token; bearer tokens do not")
    token = tokens.csrf_token(state().settings.secret_key, session_id)
    return reply(CsrfOut(csrf_token=token), headers=_NEVER_STORED)


@blueprint.get("/tenant/info")
@operation("The tenant that the token is for", returns=TenantOut, other={304: None}, headers=("If-None-Match",))
def get_tenant_info() -> Response:
    identity = current()
    tenant = identity.tenant
    response = reply(
        TenantOut.model_validate(
            {
                "key": tenant.key,
                "type": tenant.type,
                "name": tenant.name,
                "currency": tenant.currency,
                "timezone": tenant.timezone,
                "month_start": tenant.month_start,
                "locale": tenant.locale,
                "role": identity.role,
                "features": {"dashboard": True, **identity.seat.features},
                "version": identity.version,
            }
        )
    )
    response.add_etag()
    response.make_conditional(request)
    return response
