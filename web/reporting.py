"""Errors for Sentry (`SENTRY_DSN`): what the program logs as an error, with where it happened and nothing of the books.

Values of variables, texts of exceptions, parameters of log lines, cookies, headers and bodies may hold names and
amounts; none of them leaves. Without a DSN nothing of it is imported.
"""

from __future__ import annotations

import logging
from typing import Any

from flask import g, has_request_context, request

from core.release import RELEASE
from core.settings import Settings


def start(settings: Settings) -> bool:
    """Report this process's errors to the project that the settings name; False when they name none."""
    if settings.sentry_dsn is None:
        return False
    import sentry_sdk
    from sentry_sdk.integrations.dedupe import DedupeIntegration
    from sentry_sdk.integrations.excepthook import ExcepthookIntegration
    from sentry_sdk.integrations.logging import LoggingIntegration

    sentry_sdk.init(
        settings.sentry_dsn,
        release=RELEASE,
        environment=settings.environment,
        default_integrations=False,
        integrations=[
            LoggingIntegration(level=None, event_level=logging.ERROR),
            ExcepthookIntegration(),
            DedupeIntegration(),
        ],
        include_local_variables=False,
        include_source_context=False,
        max_breadcrumbs=0,
        before_send=_without_books,
    )
    return True


def _without_books(event: Any, _hint: Any) -> Any:
    """The event with nothing but types, places and names of routes."""
    for part in ("extra", "user", "request", "breadcrumbs", "server_name", "transaction"):
        event.pop(part, None)
    for each in (event.get("exception") or {}).get("values", ()):
        each["value"] = ""
    if "logentry" in event:
        event["logentry"] = {"message": event["logentry"].get("message", "")}
    if has_request_context():
        event.setdefault("tags", {})["request_id"] = g.get("request_id", "")
        event["tags"]["route"] = request.url_rule.rule if request.url_rule else "unknown"
    return event
