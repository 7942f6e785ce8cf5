"""Security events in the log: one line for each request that is refused, with the name of its `event` (ASVS 5.0, 16.3).

A line never holds what was shown (a password, a code, a token, a body), and people are numbers in it.
"""

from __future__ import annotations

import logging
from typing import Any, Final

from flask import Response, g, request

from core.errors import AppError

_LOG: Final = logging.getLogger("dashboard.security")
SIGN_IN_REFUSED: Final = "sign_in_refused"
_OF_CODES: Final = {
    "unauthorized": "sign_in_missing",
    "wrong_credentials": SIGN_IN_REFUSED,
    "wrong_code": SIGN_IN_REFUSED,
    "wrong_password": SIGN_IN_REFUSED,
    "no_tenant": SIGN_IN_REFUSED,
    "csrf_failed": "check_refused",
}
_OF_STATUSES: Final = {
    400: "input_refused",
    401: "token_refused",
    403: "access_refused",
    413: "input_refused",
    415: "input_refused",
    422: "input_refused",
    429: "limit_reached",
}
EVENTS: Final = frozenset(_OF_CODES.values()) | frozenset(_OF_STATUSES.values())
_NO_REFUSALS: Final = frozenset({"totp_required"})
_EVERYDAY: Final = frozenset({"unauthorized", "token_expired", "session_ended"})
"""What happens to everybody who was away for a while."""


def refused(error: AppError) -> None:
    """This request is refused for `error`: `web.errors` says so, and whoever tells an error on a page of its own."""
    g.refusal = error


def add(**more: object) -> None:
    """More for the line if the request is refused: `person`, what was `shown` to sign in, what was `missing`; or the
    `event` by another name than its error gives it."""
    g.refusal_more = {**g.get("refusal_more", {}), **more}


def write(response: Response) -> None:
    """Log the refusal, if this request was refused."""
    error, more = g.get("refusal"), g.get("refusal_more", {})
    event = None if error is None else _event(error, more)
    if error is None or event is None:
        return
    who: Any = g.get("identity") or g.get("embed")
    fields = {
        **more,
        "event": event,
        "code": error.code,
        "status": response.status_code,
        "method": request.method,
        "endpoint": request.url_rule.rule if request.url_rule else None,
        "actor": who.context.actor.name if who else None,
        "tenant_id": who.tenant.key if who else None,
        "address": request.remote_addr,
        "request_id": g.get("request_id"),
    }
    everyday = event == "input_refused" or error.code in _EVERYDAY
    _LOG.log(logging.INFO if everyday else logging.WARNING, event, extra={"fields": fields})


def _event(error: AppError, more: dict[str, object]) -> str | None:
    """The name of what was refused; None for an error that refuses nobody."""
    if error.status >= 500 or error.code in _NO_REFUSALS:
        return None
    if "event" in more or "shown" in more:
        return str(more.get("event", SIGN_IN_REFUSED))
    return _OF_CODES.get(error.code) or _OF_STATUSES.get(error.status)
