"""Headers that every answer carries: a request id, timing, and what a browser may do with a page."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Final

from flask import Flask, Response, g, request

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_FIXED: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
_TLS_ONLY: Final = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
_PLAYGROUND: Final = "/embeds"
_IMMUTABLE: Final = "public, max-age=31536000, immutable"
_A_DAY: Final = "public, max-age=86400"  # logos and the web manifest: the only assets whose address says no version


def request_id(given: str) -> str:
    """The id under which a request is logged: the asker's own if it is fit for that, else a new one."""
    return given if given and _REQUEST_ID.fullmatch(given) else secrets.token_hex(12)


def _begin() -> None:
    g.request_id = request_id(request.headers.get("X-Request-ID", ""))


def content_security_policy(script_hashes: str, ancestors: str = "'none'", *, frames: bool = False) -> str:
    """Only our own files; the hashes are those of Dash's inline scripts. Styles are inline in Dash and Plotly.

    `ancestors` may show the page in a frame (embeds only); with `frames` the page may show frames of ours.
    """
    scripts = f"'self' {script_hashes}".strip()
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
        "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        + ("frame-src 'self'; " if frames else "")
        + f"frame-ancestors {ancestors}"
    )


def fixed(*, tls: bool) -> list[tuple[str, str]]:
    """The headers that every answer for programs carries."""
    found = [*_FIXED, ("Content-Security-Policy", content_security_policy(""))]
    return [*found, _TLS_ONLY] if tls else found


def install(app: Flask, *, script_hashes: Callable[[], str], tls: bool) -> None:
    """Set the headers of all answers. `script_hashes` is asked for each page: Dash knows them from its first one on."""
    always = fixed(tls=tls)

    def finish(response: Response) -> Response:
        headers = response.headers
        headers["X-Request-ID"] = g.get("request_id", "")
        for name, value in always:
            headers[name] = value
        page = response.mimetype == "text/html"
        if page:
            headers["Content-Security-Policy"] = content_security_policy(
                script_hashes(), g.get("frame_ancestors", "'none'"), frames=request.path == _PLAYGROUND
            )
            headers.setdefault("Cache-Control", "private, no-cache")
        if request.path.startswith("/assets/") and response.status_code == 200:
            versioned = "m" in request.args or "v" in request.args
            headers["Cache-Control"] = _IMMUTABLE if versioned else _A_DAY
        elif page:
            headers["Cache-Control"] = "no-store"  # or the back button would show a page after its session has ended
        return response

    app.before_request_funcs.setdefault(None, []).insert(0, _begin)
    app.after_request(finish)
