"""One guard for every URL, Dash's own included: whoever is not let through here reaches nothing."""

from __future__ import annotations

from contextlib import suppress
from typing import Final
from urllib.parse import quote

from flask import Flask, Response, current_app, g, redirect, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as WerkzeugResponse

from core.errors import Forbidden, Invalid, NotFound, Unauthorized, Unavailable
from web import security_events
from web.access import access_to
from web.embeds import PREFIX as EMBEDS
from web.embeds import guard_embed
from web.identity import Identity, authenticate
from web.language import speak_to_person
from web.state import state

JSON_PREFIXES: Final = ("/financial", "/auth", "/tenant", "/health", "/metrics", "/openapi.json")
_OPEN_PATHS: Final = frozenset(
    {
        "/health",
        "/auth/login",
        "/auth/refresh",
        "/openapi.json",
        "/docs",
        "/favicon.ico",
        "/_favicon.ico",
        "/health/dashboard",
        "/metrics",
    }
)
_SIGN_IN: Final = "/sign-in"
FORMS: Final = frozenset(
    {_SIGN_IN, "/sign-in/code", "/sign-in/provider", "/sign-in/provider/callback"}
    | {"/sign-in/provider/logout"}
    | {"/forgot-password", "/reset-password", "/invitation"}
)
"""The pages of people who are not signed in (yet)."""
_OPEN_PREFIXES: Final = ("/assets/", "/_dash-component-suites/")
OVERLOADED: Final = "financial_dashboard.overloaded"
"""The entrance's mark on a request that came when nearly all threads were busy."""
_CATCH_ALL: Final = "/<path:path>"
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


def wants_json() -> bool:
    """Whether the URL belongs to programs: its errors are problem documents, never pages."""
    path = request.path
    ours = any(path == prefix or path.startswith(f"{prefix}/") for prefix in JSON_PREFIXES)
    return ours or path.startswith(("/_dash", f"{EMBEDS}_"))


def guard() -> Response | WerkzeugResponse | None:
    """Let open URLs pass, give every other request its identity, send people without one to sign in."""
    if request.environ.get(OVERLOADED):
        raise Unavailable("Too much is going on just now: try again", code="overloaded", headers={"Retry-After": "1"})
    _refuse_unknown()
    if request.path.startswith(EMBEDS):
        guard_embed()  # no cookie is read there
        return None
    if request.path in FORMS and request.method == "POST":
        _check_origin()
    if request.path in FORMS or request.path in _OPEN_PATHS or request.path.startswith(_OPEN_PREFIXES):
        return None
    try:
        g.identity = identity = authenticate()
    except Unauthorized as error:
        if wants_json():
            raise
        return _to_sign_in(error)
    speak_to_person(identity.tenant.locale)
    _check_limit(identity)
    _check_access(identity)
    return None


def _to_sign_in(error: Unauthorized) -> WerkzeugResponse:
    """The way for a person who has to sign in first."""
    if error.code != Unauthorized.code:  # a cookie that is not valid (any more), not merely none
        security_events.refused(error)
    if request.method not in ("GET", "HEAD"):
        return redirect(_SIGN_IN, 303)
    here = request.full_path.rstrip("?")
    return redirect(_SIGN_IN if here == "/" else f"{_SIGN_IN}?next={quote(here)}")


def _refuse_unknown() -> None:
    """Dash answers every path with its page; a path of programs is there, or with other methods (405), or not (404)."""
    rule = request.url_rule.rule if request.url_rule else _CATCH_ALL
    if not wants_json() or request.path.startswith("/_dash"):
        return
    if rule == _CATCH_ALL or request.method == "OPTIONS":
        methods = [method for method in _METHODS if _rule_for(method) not in (None, _CATCH_ALL)]
        if not methods:
            raise NotFound(f"There is nothing at {request.path[:200]}")
        raise MethodNotAllowed(valid_methods=methods)


def _rule_for(method: str) -> str | None:
    adapter = current_app.create_url_adapter(request)
    try:
        found = adapter.match(method=method, return_rule=True) if adapter else None
    except HTTPException:
        return None
    return found[0].rule if found else None


def _check_limit(identity: Identity) -> None:
    """A credential makes no more requests a minute than `RATE_LIMIT`."""
    if identity.claims is None:
        return
    allowance = state().limits.count(identity.claims, state().clock().timestamp())
    if allowance is not None:
        g.allowance = allowance
        if allowance.exceeded:
            raise allowance.refusal()


def _check_access(identity: Identity) -> None:
    """What `web.access` asks for this route. What is not there at all is told before who may touch it."""
    if request.url_rule is None:
        return
    access = access_to(request.method, request.url_rule.rule)
    scope = access.missing_scope(identity.scopes)
    if scope is None and (identity.has_role(access.role) or access.waives_role(identity.scopes)):
        return
    if request.view_args:
        _refuse_foreign()
    missing = f"the scope {scope}" if scope is not None else f"the role {access.role}"
    security_events.add(missing=missing)
    if scope is not None:
        raise Forbidden(f"The token has not the scope {scope}", code="insufficient_scope")
    identity.require(access.role)


def _refuse_foreign() -> None:
    """`NotFound` if what the path names is not the tenant's: its own view says so, or the one that it stands below."""
    adapter = current_app.create_url_adapter(request)
    path = request.path
    while adapter is not None and path.count("/") > 2:
        try:
            endpoint, arguments = adapter.match(path, method="GET")
        except HTTPException:
            endpoint, arguments = "", {}
        if arguments and endpoint in current_app.view_functions and endpoint.split(".")[0] in current_app.blueprints:
            with suppress(Forbidden, Invalid):
                current_app.ensure_sync(current_app.view_functions[endpoint])(**arguments)
            return
        path = path.rpartition("/")[0]


def _check_origin() -> None:
    """Signing somebody in from another site (login CSRF) is refused: the form must be our own."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    foreign = origin is not None and origin != "null" and origin.split("://", 1)[-1] != request.host
    if foreign or site in ("cross-site", "same-site"):
        raise Forbidden("Sign in on the sign-in page itself", code="csrf_failed")


def _tell_limit(response: Response) -> Response:
    allowance = g.get("allowance")
    if allowance is not None:
        response.headers.extend(allowance.headers())
    return response


def install(app: Flask) -> None:
    """Put the guard before everything else."""
    app.before_request_funcs.setdefault(None, []).insert(0, guard)
    app.after_request(_tell_limit)
