"""One guard for every URL, Dash's own included: whoever is not let through here reaches nothing."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from flask import Flask, Response, current_app, g, redirect, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as WerkzeugResponse

from core.errors import Forbidden, NotFound, Unauthorized, Unavailable
from web.identity import Identity, authenticate

JSON_PREFIXES: Final = ("/financial", "/auth", "/tenant", "/health", "/metrics", "/openapi.json")
_OPEN_PATHS: Final = frozenset(
    {
        "/health",
        "/auth/login",
        "/auth/refresh",
        "/openapi.json",
        "/docs",
        "/sign-in",
        "/favicon.ico",
        "/_favicon.ico",
        "/health/dashboard",
        "/metrics",
    }
)
_OPEN_PREFIXES: Final = ("/assets/", "/_dash-component-suites/")
_SIGN_IN: Final = "/sign-in"
OVERLOADED: Final = "financial_dashboard.overloaded"
"""The entrance's mark on a request that came when nearly all threads were busy."""
_CATCH_ALL: Final = "/<path:path>"
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


def wants_json() -> bool:
    """Whether the URL belongs to programs: its errors are problem documents, never pages."""
    path = request.path
    return path.startswith("/_dash") or any(path == p or path.startswith(f"{p}/") for p in JSON_PREFIXES)


def guard() -> Response | WerkzeugResponse | None:
    """Let open URLs pass, give every other request its identity, send people without one to sign in."""
    if request.environ.get(OVERLOADED):
        raise Unavailable("Too much is going on just now: try again", code="overloaded", headers={"Retry-After": "1"})
    _refuse_unknown()
    if request.path in _OPEN_PATHS or request.path.startswith(_OPEN_PREFIXES):
        if request.path == _SIGN_IN and request.method == "POST":
            _check_origin()
        return None
    try:
        g.identity = identity = authenticate()
    except Unauthorized:
        if wants_json():
            raise
        if request.method not in ("GET", "HEAD"):
            return redirect(_SIGN_IN, 303)
        here = request.full_path.rstrip("?")
        return redirect(_SIGN_IN if here == "/" else f"{_SIGN_IN}?next={quote(here)}")
    _check_scope(identity)
    return None


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


def missing_scope(scopes: tuple[str, ...] | None, method: str, path: str) -> str | None:
    """The scope that a token lacks for this, if any: `read`, `write` (which includes imports), `import`."""
    if scopes is None or "admin" in scopes:
        return None
    if method in ("GET", "HEAD"):
        wanted = {"read"}
    else:
        wanted = {"write", "import"} if path.startswith("/financial/imports") else {"write"}
    return None if wanted & set(scopes) else min(wanted)


def _check_scope(identity: Identity) -> None:
    """A token with scopes does no more than they say."""
    missing = missing_scope(identity.scopes, request.method, request.path)
    if missing is not None:
        raise Forbidden(f"The token has not the scope {missing}", code="insufficient_scope")


def _check_origin() -> None:
    """Signing somebody in from another site (login CSRF) is refused: the form must be our own."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    foreign = origin is not None and origin != "null" and origin.split("://", 1)[-1] != request.host
    if foreign or site in ("cross-site", "same-site"):
        raise Forbidden("Sign in on the sign-in page itself", code="csrf_failed")


def install(app: Flask) -> None:
    """Put the guard before everything else."""
    app.before_request_funcs.setdefault(None, []).insert(0, guard)
