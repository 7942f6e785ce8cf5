"""What a cached answer is compared with: a Flask application with one route, the same bytes, log and metrics."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from flask import Flask, Response

from core.settings import Settings
from data.board import Board
from data.db import Database
from web import log_lines, telemetry
from web.state import State, attach


def create() -> Flask:
    """`/bare/<name>` answers with the file of that name in the folder that BENCH_BODIES names."""
    settings = Settings.load()
    log_lines.configure(settings.log_level)
    app = Flask(__name__, static_folder=None)
    url = settings.database_url or ""
    attach(app, State(settings, Database(url, board=Board.of(url))))
    telemetry.install(app)
    bodies = {path.name: path.read_bytes() for path in Path(os.environ["BENCH_BODIES"]).iterdir()}

    @app.get("/bare/<name>")
    def bare(name: str) -> Response:
        return Response(bodies[name], mimetype="application/json")

    @app.get("/health")
    def health() -> Response:
        return Response(b"ok")

    return app


def __getattr__(name: str) -> Any:
    if name == "server":
        return create()
    raise AttributeError(name)
