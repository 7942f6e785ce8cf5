"""Traces and error reports: what leaves the program, and what does not."""

from __future__ import annotations

import gzip
import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any

import brotli
import pytest
from flask import Flask

from core.settings import Settings
from data import timing
from tests.conftest import SECRET, Caller
from web import reporting, tracing


class Collector(ThreadingHTTPServer):
    """Takes what is posted to it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Takes)
        self.taken: Queue[tuple[str, bytes]] = Queue()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Takes(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        packed = {"gzip": gzip.decompress, "br": brotli.decompress}.get(self.headers.get("Content-Encoding", ""))
        body = packed(body) if packed else body
        self.server.taken.put((self.path, body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    server = Collector()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def traced(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The process's tracer with the collector behind it; gone afterwards."""
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    made: list[Any] = []
    begin = BatchSpanProcessor.__init__

    def note(self: Any, *args: Any, **more: Any) -> None:
        made.append(self)
        begin(self, *args, **more)

    monkeypatch.setattr(BatchSpanProcessor, "__init__", note)
    monkeypatch.setattr(timing, "_followers", [])
    monkeypatch.setattr(tracing, "_tracer", None)
    assert tracing.start(Settings(secret_key=SECRET, otel_exporter_otlp_endpoint=f"http://{collector.host}"))
    yield made[0]
    made[0].shutdown()


def test_without_an_address_nothing_is_sent_or_imported() -> None:
    assert not tracing.start(Settings(secret_key=SECRET))
    assert not reporting.start(Settings(secret_key=SECRET))


def test_a_request_and_its_statements_are_spans(
    traced: Any, collector: Collector, app: Flask, alice: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    for hooks in ("before_request_funcs", "after_request_funcs", "teardown_request_funcs"):
        monkeypatch.setattr(app, hooks, {name: list(each) for name, each in getattr(app, hooks).items()})
    monkeypatch.setattr(app, "_got_first_request", False)
    tracing.install(app)
    parent = "0af7651916cd43dd8448eb211c80319c"
    headers = {"traceparent": f"00-{parent}-b7ad6b7169203331-01", "X-Request-Id": "trace-me"}
    assert alice.get("/financial/accounts", headers=headers).status_code == 200
    traced.force_flush()
    told = [(path, ExportTraceServiceRequest.FromString(body)) for path, body in list(collector.taken.queue)]
    assert {path for path, _ in told} == {"/v1/traces"}
    spans = [
        span
        for _, each in told
        for resource in each.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    request = next(span for span in spans if span.name == "GET /financial/accounts")
    said = {each.key: each.value.string_value or each.value.int_value for each in request.attributes}
    assert said["http.response.status_code"] == 200
    assert said["request.id"] == "trace-me"
    assert "org_1" not in str(told)
    statements = [span for span in spans if span.parent_span_id == request.span_id]
    assert statements
    assert {span.trace_id.hex() for span in (request, *statements)} == {parent}


def test_an_error_is_reported_without_the_books(collector: Collector, app: Flask) -> None:
    import sentry_sdk

    assert reporting.start(Settings(secret_key=SECRET, sentry_dsn=f"http://public@{collector.host}/1"))
    try:
        with app.test_request_context("/financial/accounts?q=Bakery"):
            try:
                secret = {"payee": "Bakery", "amount": "-12.34"}
                raise ValueError(f"{secret}")
            except ValueError as error:
                logging.getLogger("dashboard.errors").error("%s went wrong", "Bakery", exc_info=error)
        sentry_sdk.flush(timeout=30)
        _, body = collector.taken.get(timeout=30)
    finally:
        sentry_sdk.get_client().close(timeout=0)
        sentry_sdk.get_global_scope().set_client(None)
    event = json.loads(body.splitlines()[2])
    assert event["exception"]["values"][0]["type"] == "ValueError"
    assert event["logentry"] == {"message": "%s went wrong"}
    assert event["tags"]["route"] == "/financial/accounts"
    for word in (b"Bakery", b"12.34", b"acorn"):
        assert word not in body
