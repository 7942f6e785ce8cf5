"""One JSON line a request, as `contract.md` lists its fields, and the same for Prometheus."""

from __future__ import annotations

import logging
from time import perf_counter
from typing import Final

from flask import Flask, Response, g, request

from data.directory import TenantInfo
from web import security_events
from web.identity import Identity
from web.metrics import Metrics
from web.state import state_of

_ACCESS = logging.getLogger("dashboard.access")
STREAMED: Final = "financial_dashboard.streamed"
"""Set in the WSGI environment when the answer's body is still to be made."""
METRICS_EXTENSION: Final = "dashboard_metrics"


def note(
    app: Flask,
    *,
    tenant: TenantInfo | None,
    endpoint: str | None,
    method: str,
    status: int,
    seconds: float,
    answered: tuple[str, bool] | None,
    size: int | None,
    request_id: str | None,
) -> None:
    """Log a request that was answered, and count it. `answered`: the view, and whether the cache had it."""
    metrics: Metrics = app.extensions[METRICS_EXTENSION]
    metrics.request(endpoint or "none", tenant.type if tenant else "none", status, seconds)
    if answered is not None:
        metrics.answer(answered[0], hit=answered[1])
    if tenant is not None:
        board = state_of(app).database.changes.board
        if board is not None:
            board.see(tenant.id)
    if _ACCESS.isEnabledFor(logging.INFO):
        fields = {
            "tenant_type": tenant.type if tenant else None,
            "tenant_id": tenant.key if tenant else None,
            "endpoint": endpoint,
            "method": method,
            "status": status,
            "duration_ms": round(seconds * 1000, 2),
            "cache_hit": answered[1] if answered else None,
            "response_size": size,
            "request_id": request_id,
        }
        _ACCESS.info("request", extra={"fields": fields})


def server_timing(*, hit: bool, database_seconds: float) -> str:
    """The `Server-Timing` header of an answer from, or past, the cache."""
    return f'cache;desc="{"hit" if hit else "miss"}", db;dur={database_seconds * 1000:.1f}'


def install(app: Flask) -> None:
    """Time every request, say so in `Server-Timing`, log and count it."""
    app.extensions[METRICS_EXTENSION] = Metrics()

    def begin() -> None:
        g.began = perf_counter()

    def finish(response: Response) -> Response:
        answered: tuple[str, bool] | None = g.get("answered")
        if answered is not None:
            seconds = g.get("database_seconds", 0.0)
            response.headers["Server-Timing"] = server_timing(hit=answered[1], database_seconds=seconds)
        request.environ[STREAMED] = response.is_streamed
        identity = g.get("identity")
        note(
            app,
            tenant=identity.tenant if isinstance(identity, Identity) else g.get("embed_tenant"),
            endpoint=request.url_rule.rule if request.url_rule else None,
            method=request.method,
            status=response.status_code,
            seconds=perf_counter() - g.get("began", perf_counter()),
            answered=answered,
            size=response.content_length,
            request_id=g.get("request_id"),
        )
        security_events.write(response)
        return response

    app.before_request_funcs.setdefault(None, []).insert(0, begin)
    app.after_request(finish)
