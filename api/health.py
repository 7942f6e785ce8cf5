"""`/health` for liveness (asks nothing of anybody), `/health/dashboard` for readiness (asks each service)."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from hmac import compare_digest
from time import perf_counter
from typing import Any, Final

from flask import Blueprint, Response, current_app, request

from core.errors import AppError, Unauthorized
from data import directory, queue
from web.ask import CACHE_EXTENSION
from web.http import reply
from web.metrics import CONTENT_TYPE, Metrics
from web.openapi import operation
from web.state import RELEASE, state
from web.telemetry import METRICS_EXTENSION

blueprint = Blueprint("health", __name__)
LATE_SECONDS: Final = 300.0
"""A job that has waited longer than this says that no worker takes it."""
_STATE: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["status"],
    "properties": {"status": {"type": "string"}, "release": {"type": "string"}, "services": {"type": "object"}},
}


@blueprint.get("/health")
@operation("Whether the process lives", returns=_STATE, public=True)
def get_health() -> Response:
    return reply({"status": "ok", "release": RELEASE})


@blueprint.get("/health/dashboard")
@operation("Whether every service answers, and how fast", returns=_STATE, errors=(401,), public=True)
def get_readiness() -> Response:
    check_operator()
    services = {
        "database": _probe(state().database.ping),
        "cache": _probe(current_app.extensions[CACHE_EXTENSION].ping),
        "dashboard": _probe(_read_tables),
        "queue": _queue(),
    }
    healthy = all(service["status"] != "unhealthy" for service in services.values())
    body = {"status": "healthy" if healthy else "unhealthy", "release": RELEASE, "services": services}
    return reply(body, 200 if healthy else 503)


@blueprint.get("/metrics")
@operation("Figures for Prometheus, added up over all workers", returns=None, errors=(401,), public=True)
def get_metrics() -> Response:
    check_operator()
    metrics: Metrics = current_app.extensions[METRICS_EXTENSION]
    return Response(metrics.text(state().database), content_type=CONTENT_TYPE)


def _read_tables() -> None:
    """Whether the program's role can read the product's tables: they are there, migrated and granted."""
    with state().database.directory() as session:
        directory.read_one(session)


def _queue() -> dict[str, Any]:
    """How the queue stands. Late work is told, and is no reason to send people elsewhere: pages do not wait for it."""
    found: list[queue.Figures] = []

    def ask() -> None:
        with state().database.directory() as session:
            found.append(queue.figures(session))

    service = _probe(ask)
    for figures in found:
        if figures.overdue > LATE_SECONDS:
            service["status"] = "late"
        counts = {"waiting": figures.waiting, "running": figures.running, "failed": figures.failed}
        service |= {**counts, "oldest_waiting_seconds": round(figures.overdue, 3)}
    return service


def check_operator() -> None:
    """Let in loopback, the networks of `METRICS_ALLOW` and whoever has `METRICS_TOKEN`; nobody else."""
    settings = state().settings
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if (
        settings.metrics_token
        and scheme.lower() == "bearer"
        and compare_digest(token.encode(), settings.metrics_token.encode())
    ):
        return
    address = ipaddress.ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104  # nosec B104 - let in nowhere
    if address.is_loopback or any(
        address in ipaddress.ip_network(each, strict=False) for each in settings.metrics_allow
    ):
        return
    raise Unauthorized()


def _probe(ask: Callable[[], None]) -> dict[str, Any]:
    began = perf_counter()
    try:
        ask()
    except AppError as error:
        return {"status": "unhealthy", "detail": error.detail, "latency_ms": _since(began)}
    return {"status": "healthy", "latency_ms": _since(began)}


def _since(began: float) -> float:
    return round((perf_counter() - began) * 1000, 3)
