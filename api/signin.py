"""The pages' sign-in: plain forms that work without a script. The cookie is HttpOnly and SameSite=Lax."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as WerkzeugResponse

from core.errors import AppError, NotFound
from data import directory
from web import signing_in
from web.cookies import enter, leave
from web.identity import current
from web.state import state

blueprint = Blueprint("signin", __name__)


@blueprint.get("/sign-in")
def get_sign_in() -> Response:
    return _form(error=None, email="", status=200)


@blueprint.post("/sign-in")
def post_sign_in() -> Response | WerkzeugResponse:
    email = request.form.get("email", "")[:320]
    try:
        step = signing_in.first_step(email, request.form.get("password", "")[:1024], None)
        if step.needs_code:
            return _code_form(signing_in.ticket(step), error=None, status=200)
        signed = signing_in.complete(step, None)
    except AppError as error:
        return _refused(_form(error=error.detail, email=email, status=error.status), error)
    return enter(redirect(_inside(request.form.get("next", "/")), 303), signed.person, signed.tenant)


@blueprint.post("/sign-in/code")
def post_sign_in_code() -> Response | WerkzeugResponse:
    ticket = request.form.get("ticket", "")
    try:
        step = signing_in.second_step(ticket)
    except AppError as error:
        return _refused(_form(error=error.detail, email="", status=error.status), error)
    try:
        signed = signing_in.complete(step, request.form.get("code", "")[:40] or "-")
    except AppError as error:
        return _code_form(ticket, error=error.detail, status=error.status)
    return enter(redirect(_inside(request.form.get("next", "/")), 303), signed.person, signed.tenant)


@blueprint.post("/sign-out")
def post_sign_out() -> WerkzeugResponse:
    identity = current()
    signing_in.sign_out(None, identity.seat.person, identity.claims, everywhere=False)
    return leave(redirect("/sign-in", 303))


@blueprint.post("/switch-tenant")
def post_switch_tenant() -> WerkzeugResponse:
    person = current().seat.person
    with state().database.directory() as session:
        tenants = directory.tenants_of(session, person.id)
        tenant = next((each for each, _ in tenants if each.key == request.form.get("tenant")), None)
        if tenant is None:
            raise NotFound("There is no such tenant", code="unknown_tenant")
        directory.remember_tenant(session, person.id, tenant.id)
    return enter(redirect("/", 303), person, tenant)


def _form(*, error: str | None, email: str, status: int) -> Response:
    page = render_template("sign_in.html", error=error, email=email, next=_inside(request.values.get("next", "/")))
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _code_form(ticket: str, *, error: str | None, status: int) -> Response:
    target = _inside(request.values.get("next", "/"))
    response = make_response(render_template("sign_in_code.html", error=error, ticket=ticket, next=target), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _refused(response: Response, error: AppError) -> Response:
    response.headers.update({name: value for name, value in error.headers.items() if name == "Retry-After"})
    return response


def _inside(target: str) -> str:
    """`target` when it is a path of this site, else the start page: no open redirect."""
    parts = urlsplit(target)
    outside = parts.scheme or parts.netloc or not target.startswith("/") or target.startswith(("//", "/\\"))
    return "/" if outside or any(ord(character) < 32 for character in target) else target
