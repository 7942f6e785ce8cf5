"""The pages behind one-time links: a new password, an invitation. Plain forms for people who are not signed in."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as WerkzeugResponse

from core.errors import AppError
from core.i18n import N_, _
from web import letters, security_events
from web.refusals import told

blueprint = Blueprint("links", __name__)
_SENT = N_(
    "If we know this address, a letter with a link is on its way. Without one, ask whoever runs this installation."
)


@blueprint.get("/forgot-password")
def get_forgot() -> Response:
    return _page("forgot_password.html", 200)


@blueprint.post("/forgot-password")
def post_forgot() -> Response:
    try:
        letters.ask_for_reset(request.form.get("email", "")[:320])
    except AppError as error:
        return _refused("forgot_password.html", error)
    return _page("forgot_password.html", 200, sent=_(_SENT))


@blueprint.get("/reset-password")
def get_reset() -> Response:
    letters.check_reset(_token())
    return _page("reset_password.html", 200, token=_token())


@blueprint.post("/reset-password")
def post_reset() -> Response | WerkzeugResponse:
    letters.check_reset(_token())
    try:
        letters.reset_password(_token(), request.form.get("password", "")[:1024])
    except AppError as error:
        return _refused("reset_password.html", error, token=_token())
    return redirect("/sign-in", 303)


@blueprint.get("/invitation")
def get_invitation() -> Response:
    return _invitation(200, None)


@blueprint.post("/invitation")
def post_invitation() -> Response | WerkzeugResponse:
    letters.invitation(_token())
    try:
        letters.accept_invitation(_token(), request.form.get("password", "")[:1024])
    except AppError as error:
        return _invitation(error.status, error)
    return redirect("/sign-in", 303)


def _token() -> str:
    return request.values.get("token", "")[:200]


def _invitation(status: int, error: AppError | None) -> Response:
    if error is not None:
        security_events.refused(error)
    found, tenant, known = letters.invitation(_token())
    shown = {"token": _token(), "tenant": tenant.name, "email": found.email, "role": found.role, "known": known}
    return _page("invitation.html", status, error=told(error) if error else None, **shown)


def _refused(template: str, error: AppError, **shown: str) -> Response:
    security_events.refused(error)
    response = _page(template, error.status, error=told(error), **shown)
    response.headers.update(error.headers)
    return response


def _page(template: str, status: int, **shown: object) -> Response:
    """A page with a secret in its address: nobody keeps it, and no other site learns where it was."""
    response = make_response(render_template(template, **shown), status)
    response.headers["Cache-Control"] = "no-store"
    return response
