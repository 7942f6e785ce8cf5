"""The pages' sign-in: plain forms that work without a script. The cookie is HttpOnly and SameSite=Lax."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as WerkzeugResponse

from core.errors import AppError, NotFound
from data import directory
from data.directory import PersonInfo, TenantInfo
from web import signing_in, tokens
from web.identity import CSRF_COOKIE, current, session_cookie
from web.state import state

blueprint = Blueprint("signin", __name__)


@blueprint.get("/sign-in")
def get_sign_in() -> Response:
    return _form(error=None, email="", status=200)


@blueprint.post("/sign-in")
def post_sign_in() -> Response | WerkzeugResponse:
    email = request.form.get("email", "")[:320]
    try:
        signed = signing_in.sign_in(email, request.form.get("password", "")[:1024], None)
    except AppError as error:
        return _form(error=error.detail, email=email, status=error.status)
    return _enter(redirect(_inside(request.form.get("next", "/")), 303), signed.person, signed.tenant)


@blueprint.post("/sign-out")
def post_sign_out() -> WerkzeugResponse:
    response = redirect("/sign-in", 303)
    response.delete_cookie(session_cookie(), secure=state().settings.production, httponly=True, samesite="Lax")
    response.delete_cookie(CSRF_COOKIE, samesite="Lax")
    return response


@blueprint.post("/switch-tenant")
def post_switch_tenant() -> WerkzeugResponse:
    person = current().seat.person
    with state().database.directory() as session:
        tenants = directory.tenants_of(session, person.id)
        tenant = next((each for each, _ in tenants if each.key == request.form.get("tenant")), None)
        if tenant is None:
            raise NotFound("There is no such tenant", code="unknown_tenant")
        directory.remember_tenant(session, person.id, tenant.id)
    return _enter(redirect("/", 303), person, tenant)


def _form(*, error: str | None, email: str, status: int) -> Response:
    page = render_template("sign_in.html", error=error, email=email, next=_inside(request.values.get("next", "/")))
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _inside(target: str) -> str:
    """`target` when it is a path of this site, else the start page: no open redirect."""
    parts = urlsplit(target)
    outside = parts.scheme or parts.netloc or not target.startswith("/") or target.startswith(("//", "/\\"))
    return "/" if outside or any(ord(character) < 32 for character in target) else target


def _enter(response: WerkzeugResponse, person: PersonInfo, tenant: TenantInfo) -> WerkzeugResponse:
    """Set the session's cookie and its CSRF token (which scripts of our page may read)."""
    settings = state().settings
    token, claims = tokens.issue(
        settings.secret_key,
        tokens.SESSION,
        person_id=person.id,
        tenant_id=tenant.id,
        epoch=person.epoch,
        now=state().clock(),
    )
    age = int(tokens.SESSION_TTL.total_seconds())
    response.set_cookie(session_cookie(), token, max_age=age, secure=settings.production, httponly=True, samesite="Lax")
    csrf = tokens.csrf_token(settings.secret_key, claims.jti)
    response.set_cookie(CSRF_COOKIE, csrf, max_age=age, secure=settings.production, samesite="Lax")
    return response
