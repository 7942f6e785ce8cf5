"""The pages' other way in: to the provider of identity, and back."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from api.signin import code_form, inside, sign_in_form
from core.errors import AppError
from web import security_events, signing_in, vouching
from web.cookies import enter
from web.json import dumps
from web.refusals import told

blueprint = Blueprint("provider", __name__)


@blueprint.get("/sign-in/provider")
def get_provider() -> Response | WerkzeugResponse:
    target = inside(request.args.get("next", "/"))
    response = redirect(f"/sign-in?next={quote(target)}", 303)
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        return response  # whom another site sends here presses the button first
    try:
        response.location = vouching.begin(response, target)
    except AppError as error:
        security_events.refused(error)
        return sign_in_form(error=told(error), status=error.status)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get(vouching.CALLBACK)
def get_provider_callback() -> Response | WerkzeugResponse:
    return vouching.forget(_arrived())


@blueprint.post("/sign-in/provider/logout")
def post_provider_logout() -> Response:
    """The provider's server posts here (Back-Channel Logout 1.0, section 2.5); answers are those of section 2.8."""
    try:
        vouching.end_sessions(request.form.get("logout_token", ""))
    except AppError as error:
        security_events.add(event="token_refused")
        security_events.refused(error)
        said = {"error": "invalid_request", "error_description": error.detail}
        response = Response(dumps(said), error.status, mimetype="application/json")
        response.headers.update({name: value for name, value in error.headers.items() if name == "Retry-After"})
    else:
        response = Response(status=200)
    response.headers["Cache-Control"] = "no-store"
    return response


def _arrived() -> Response | WerkzeugResponse:
    """Signed in, asked for the second factor, linked, or told why not. Reached from another site by its nature."""
    try:
        errand, proved = vouching.finish()
        step = vouching.step_of(proved) if errand.session_id is None else None
        if step is not None and step.needs_code:
            return code_form(signing_in.ticket(step), target=errand.target)
        signed = signing_in.complete(step, None) if step is not None else None
    except AppError as error:
        security_events.refused(error)
        response = sign_in_form(error=told(error), status=error.status)
        response.headers.update({name: value for name, value in error.headers.items() if name == "Retry-After"})
        return response
    if step is None or signed is None:
        vouching.link(errand, proved)
        return redirect("/account", 303)
    return enter(redirect(inside(errand.target), 303), signed.person, signed.tenant, origin=step.origin)
