"""Every error as one shape: problem documents (RFC 9457) for programs, a calm page for people. Never a trace."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

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
    if wants_json():
        response = Response(dumps(problem(error)), error.status, mimetype="application/problem+json")
    else:
        page = render_template(
            "error.html", title=told_text(error.title), detail=told(error), request_id=g.get("request_id", "")
        )
        response = Response(page, error.status, mimetype="text/html")
    response.headers.update(error.headers)
    return response


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
