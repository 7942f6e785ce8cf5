"""Every error as one shape: problem documents (RFC 9457) for programs, a calm page for people. Never a trace."""

from __future__ import annotations

import logging
from contextlib import suppress
from http import HTTPStatus
from time import monotonic
from typing import Any, Final

from flask import Flask, Response, g, render_template, request
from werkzeug.exceptions import HTTPException

from core.errors import (
    AppError,
    BadRequest,
    NotFound,
    TooLarge,
    UnsupportedMedia,
)
from web import security_events
from web.guard import wants_json
from web.json import dumps
from web.refusals import told, told_text

_LOG = logging.getLogger("dashboard.errors")
_KNOWN: dict[int, type[AppError]] = {400: BadRequest, 404: NotFound, 413: TooLarge, 415: UnsupportedMedia}
_LONGEST_HEARD: Final = 512 * 1024 * 1024
_HEARD_FOR: Final = 5.0
_PAUSE: Final = 1.0
"""The most of a refused body that is read and dropped: bytes, seconds, seconds without any."""


def problem(error: AppError) -> dict[str, Any]:
    """The problem document of an error."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
        "request_id": g.get("request_id", ""),
        **error.extra,
    }
    if error.errors:
        body["errors"] = [{"field": each.field, "message": each.message} for each in error.errors]
    return body


def answer(error: AppError) -> Response:
    """The response to an error: a problem document, or a page where a person asked for one."""
    security_events.refused(error)
    _hear_out()
    if wants_json():
        response = Response(dumps(problem(error)), error.status, mimetype="application/problem+json")
    else:
        page = render_template(
            "error.html", title=told_text(error.title), detail=told(error), request_id=g.get("request_id", "")
        )
        response = Response(page, error.status, mimetype="text/html")
    response.headers.update(error.headers)
    return response


def _hear_out() -> None:
    """Read the rest of a body that is refused: a client that still sends when the connection is closed sees a broken
    pipe, not the answer (RFC 9112, section 9.6). Nobody is waited for, and of what is far too large nothing is read."""
    stream, rest = request.environ.get("wsgi.input"), request.content_length or 0
    if stream is None or not 0 < rest <= _LONGEST_HEARD:
        return
    connection = request.environ.get("gunicorn.socket")
    patience = connection and connection.gettimeout()
    end = monotonic() + _HEARD_FOR
    if connection is not None:
        connection.settimeout(_PAUSE)
    with suppress(OSError):
        while monotonic() < end and stream.read(16_384):
            pass
    if connection is not None:
        connection.settimeout(patience)


def _from_http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]  # a redirect
    kind = _KNOWN.get(status)
    translated = kind() if kind else AppError(error.description or "")
    if kind is None:
        translated.status = status
        translated.title = HTTPStatus(status).phrase
        translated.code = HTTPStatus(status).name.lower()
    response = answer(translated)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after", "location"):
            response.headers[name] = value
    return response


def _unforeseen(error: Exception) -> Response:
    if request.path.removeprefix("/embed").startswith("/_dash-component-suites/"):  # Dash's own error for it is no 404
        return answer(NotFound(f"There is nothing at {request.path[:200]}"))
    _LOG.error("unforeseen error", exc_info=error)
    return answer(AppError("Something went wrong on our side. The request id helps us to find it."))


def install(app: Flask) -> None:
    """Answer all errors of the application in the one shape."""
    app.register_error_handler(AppError, answer)
    app.register_error_handler(HTTPException, _from_http)
    app.register_error_handler(Exception, _unforeseen)
