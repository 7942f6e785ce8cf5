"""Compressed answers where no proxy does it: answers by flask-compress, static files once and then from memory."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import brotli
from flask import Flask, Response, request
from flask_compress import Compress

_STATIC: Final = ("/assets/", "/_dash-component-suites/")
_TEXTS: Final = frozenset(
    {"text/javascript", "application/javascript", "text/css", "image/svg+xml", "application/json"}
)
_VENDORED: Final = "/assets/vendor/"
_VENDOR: Final = Path(__file__).resolve().parent.parent / "assets" / "vendor"
_SUITES: Final = _VENDOR.parent / "suites"
"""Scripts of Dash, compressed as far as it goes; each names the SHA-256 of what it unpacks to (`deploy/suites.py`)."""
_LARGEST_KEPT: Final = 400
_ENCODERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "br": lambda data: brotli.compress(data, quality=9),
    "gzip": lambda data: gzip.compress(data, 6, mtime=0),
}
_SUFFIXES: Final = {"br": ".br", "gzip": ".gz"}


def install(app: Flask) -> None:
    """Compress what the browser accepts; a vendored file with its compressed twin beside it is sent as that.

    So is what Dash brings, where `assets/suites` has it.
    """
    app.config.update(COMPRESS_ALGORITHM=["br", "gzip"], COMPRESS_BR_LEVEL=4, COMPRESS_REGISTER=False)
    dynamic = Compress(app)
    kept: dict[tuple[str, str, str], bytes] = {}

    def finish(response: Response) -> Response:
        if not request.path.startswith(_STATIC):
            return dynamic.after_request(response)
        encoding = request.accept_encodings.best_match(list(_ENCODERS)) if request.accept_encodings else None
        if response.status_code != 200 or response.mimetype not in _TEXTS or encoding is None:
            return response
        tag = response.headers.get("ETag", "")
        key = (request.path, encoding, tag)
        body = kept.get(key)
        if body is None:
            body = _compressed(response, encoding)
            if len(kept) < _LARGEST_KEPT:
                kept[key] = body
        response.direct_passthrough = False
        response.set_data(body)
        response.headers["Content-Encoding"] = encoding
        response.headers["Vary"] = "Accept-Encoding"
        return response

    app.after_request(finish)


def _compressed(response: Response, encoding: str) -> bytes:
    if request.path.startswith(_VENDORED):
        twin = _VENDOR / (request.path.removeprefix(_VENDORED) + _SUFFIXES[encoding])
        if twin.parent == _VENDOR and twin.is_file():
            return twin.read_bytes()
    response.direct_passthrough = False
    body = response.get_data()
    suite = _suites().get(hashlib.sha256(body).hexdigest()) if encoding == "br" else None
    return suite.read_bytes() if suite else _ENCODERS[encoding](body)


@cache
def _suites() -> dict[str, Path]:
    """The compressed scripts by the hash of what they unpack to."""
    return {path.name.split(".")[-2]: path for path in _SUITES.glob("*.br")}
