"""One JSON line a request, as `contract.md` lists its fields."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import orjson
from flask import Flask, Response, g, request

from web.identity import Identity

_ACCESS = logging.getLogger("dashboard.access")


class JsonLines(logging.Formatter):
    """A log record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "service": "financial-dashboard",
            **(getattr(record, "fields", None) or {"message": record.getMessage()}),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(entry, default=str).decode()


def configure_logging(level: str) -> None:
    """Write the program's log as JSON lines to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("dashboard")
    logger.handlers[:] = [handler]
    logger.setLevel(level)
    logger.propagate = False


def install(app: Flask) -> None:
    """Time every request, say so in `Server-Timing`, and log it."""

    def begin() -> None:
        g.began = perf_counter()

    def finish(response: Response) -> Response:
        seconds = perf_counter() - g.get("began", perf_counter())
        hit = g.get("cache_hit")
        if hit is not None:
            database = g.get("database_seconds", 0.0) * 1000
            response.headers["Server-Timing"] = f'cache;desc="{"hit" if hit else "miss"}", db;dur={database:.1f}'
        identity = g.get("identity")
        tenant = identity.tenant if isinstance(identity, Identity) else None
        fields = {
            "tenant_type": tenant.type if tenant else None,
            "tenant_id": tenant.key if tenant else None,
            "endpoint": request.url_rule.rule if request.url_rule else None,
            "method": request.method,
            "status": response.status_code,
            "duration_ms": round(seconds * 1000, 2),
            "cache_hit": hit,
            "response_size": response.content_length,
            "request_id": g.get("request_id"),
        }
        _ACCESS.info("request", extra={"fields": fields})
        return response

    app.before_request_funcs.setdefault(None, []).insert(0, begin)
    app.after_request(finish)
