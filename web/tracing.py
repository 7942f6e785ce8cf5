"""Traces for an OpenTelemetry collector (`OTEL_EXPORTER_OTLP_ENDPOINT`): a span for each request, job and statement.

Without a collector nothing of it is imported and a span costs nothing. Spans carry no figures and no names: the route,
the statement with its placeholders, the request's id, and the tenant's key as a hash.
"""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager, nullcontext
from time import time_ns
from typing import Any, Final

from flask import Flask, Response, g, request

from core.release import RELEASE
from core.settings import Settings
from data import timing

_SPAN: Final = "financial_dashboard.span"
_tracer: Any = None
"""The process's tracer, None as long as there is no collector."""


def start(settings: Settings) -> bool:
    """Send this process's spans to the collector that the settings name; False when they name none."""
    global _tracer  # one per process, as in OpenTelemetry itself
    if settings.otel_exporter_otlp_endpoint is None:
        return False
    if _tracer is None:
        _tracer = _made(settings)
        timing.follow(_statement)
    return True


def _made(settings: Settings) -> Any:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    names = {"service.name": "financial-dashboard", "service.version": RELEASE}
    provider = TracerProvider(resource=Resource.create({**names, "deployment.environment.name": settings.environment}))
    address = f"{(settings.otel_exporter_otlp_endpoint or '').rstrip('/')}/v1/traces"
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=address)))
    return provider.get_tracer("financial-dashboard")


def span(name: str, **attributes: Any) -> AbstractContextManager[Any]:
    """A span for the block."""
    if _tracer is None:
        return nullcontext()
    found: AbstractContextManager[Any] = _tracer.start_as_current_span(name, attributes=attributes)
    return found


def install(app: Flask) -> None:
    """A span for each request, below the caller's own (W3C Trace Context)."""
    app.before_request_funcs.setdefault(None, []).insert(0, _begin)
    app.after_request(_describe)
    app.teardown_request(_end)


def _begin() -> None:
    from opentelemetry.propagate import extract

    route = request.url_rule.rule if request.url_rule else "unknown"
    manager = _tracer.start_as_current_span(f"{request.method} {route}", context=extract(request.headers))
    request.environ[_SPAN] = (manager, manager.__enter__())
    request.environ[_SPAN][1].set_attributes({"http.request.method": request.method, "http.route": route})


def _describe(response: Response) -> Response:
    if _SPAN in request.environ:
        found = request.environ[_SPAN][1]
        found.set_attribute("http.response.status_code", response.status_code)
        found.set_attribute("request.id", g.get("request_id", ""))
        tenant = getattr(g.get("identity"), "tenant", None)
        if tenant is not None:
            found.set_attribute("tenant.hash", hashlib.sha256(tenant.key.encode()).hexdigest()[:16])
    return response


def _end(error: BaseException | None) -> None:
    manager, _ = request.environ.pop(_SPAN, (None, None))
    if manager is not None:
        manager.__exit__(type(error) if error else None, error, None)


def _statement(text: str, seconds: float) -> None:
    """A span for a statement that has just been run."""
    ended = time_ns()
    began = ended - int(seconds * 1_000_000_000)
    name = text.lstrip().split(None, 1)[0].upper() if text.strip() else "statement"
    attributes = {"db.system.name": "postgresql", "db.query.text": text}
    _tracer.start_span(name, start_time=began, attributes=attributes).end(ended)
