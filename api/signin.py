"""The pages' sign-in: plain forms that work without a script. The cookie is HttpOnly and SameSite=Lax."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as WerkzeugResponse

from core.errors import AppError, NotFound
from data import directory
from web import security_events, signing_in, vouching
from web.cookies import enter, leave, switch
from web.identity import current
from web.refusals import told
from web.state import state

blueprint = Blueprint("signin", __name__)


@blueprint.get("/sign-in")
def get_sign_in() -> Response:
    return sign_in_form()


@blueprint.post("/sign-in")
def post_sign_in() -> Response | WerkzeugResponse:
    email = request.form.get("email", "")[:320]
    try:
        step = signing_in.first_step(email, request.form.get("password", "")[:1024], None)
        if step.needs_code:
            return code_form(signing_in.ticket(step))
        signed = signing_in.complete(step, None)
    except AppError as error:
        return _refused(sign_in_form(error=told(error), email=email, status=error.status), error)
    return enter(redirect(inside(request.form.get("next", "/")), 303), signed.person, signed.tenant)


@blueprint.post("/sign-in/code")
def post_sign_in_code() -> Response | WerkzeugResponse:
    ticket = request.form.get("ticket", "")
    try:
        step = signing_in.second_step(ticket)
    except AppError as error:
        return _refused(sign_in_form(error=told(error), status=error.status), error)
    try:
        signed = signing_in.complete(step, request.form.get("code", "")[:80] or "-")
    except AppError as error:
        security_events.refused(error)
        return code_form(ticket, error=told(error), status=error.status)
    target = redirect(inside(request.form.get("next", "/")), 303)
    return enter(target, signed.person, signed.tenant, origin=step.origin)


@blueprint.post("/sign-out")
def post_sign_out() -> WerkzeugResponse:
    identity = current()
    signing_in.sign_out(None, identity.seat.person, identity.claims, everywhere=False)
    return leave(redirect("/sign-in?left=1" if state().provider else "/sign-in", 303))


@blueprint.post("/switch-tenant")
def post_switch_tenant() -> WerkzeugResponse:
    identity = current()
    person = identity.seat.person
    with state().database.directory() as session:
        tenants = directory.tenants_of(session, person.id)
        tenant = next((each for each, _ in tenants if each.key == request.form.get("tenant")), None)
        if tenant is None:
            raise NotFound("There is no such tenant", code="unknown_tenant")
        directory.remember_tenant(session, person.id, tenant.id)
    return switch(redirect("/", 303), person, tenant, identity.claims)


def sign_in_form(*, error: str | None = None, email: str = "", status: int = 200) -> Response:
    """The sign-in page; whoever has just signed out is offered to end the provider's session too."""
    provider = state().provider
    page = render_template(
        "sign_in.html",
        error=error,
        email=email,
        next=inside(request.values.get("next", "/")),
        provider=provider.name if provider else None,
        sign_out_address=vouching.sign_out_address() if "left" in request.args else None,
    )
    return _unstored(page, status)


def code_form(ticket: str, *, error: str | None = None, status: int = 200, target: str | None = None) -> Response:
    """The page that asks for the second factor, and then goes on to `target`."""
    target = inside(request.values.get("next", "/") if target is None else target)
    return _unstored(render_template("sign_in_code.html", error=error, ticket=ticket, next=target), status)


def _unstored(page: str, status: int) -> Response:
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _refused(response: Response, error: AppError) -> Response:
    security_events.refused(error)
    response.headers.update({name: value for name, value in error.headers.items() if name == "Retry-After"})
    return response


def inside(target: str) -> str:
    """`target` when it is a path of this site, else the start page: no open redirect."""
    parts = urlsplit(target)
    outside = parts.scheme or parts.netloc or not target.startswith("/") or target.startswith(("//", "/\\"))
    return "/" if outside or any(ord(character) < 32 for character in target) else target
