"""`/openapi.json` and `/docs`: what every route takes and gives, for programs and for people."""

from __future__ import annotations

from functools import cache

from flask import Blueprint, Flask, Response, current_app, render_template

from web.json import dumps
from web.openapi import document, operation

blueprint = Blueprint("documents", __name__)


@cache
def _document(app: Flask) -> bytes:
    return dumps(document(app))


def _app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the application behind the proxy
    return app


@blueprint.get("/openapi.json")
@operation("This document", returns={"type": "object"}, public=True)
def get_openapi() -> Response:
    return Response(_document(_app()), mimetype="application/json")


@blueprint.get("/docs")
def get_docs() -> str:
    return render_template("docs.html", api=document(_app()))
