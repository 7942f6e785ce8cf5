"""Several files of `assets/` sent as one: fewer requests, and they compress better together.

There is no build: files are joined as they are when the application starts, and stay apart on disk. A bundle's address
names its content, so that browsers keep it for ever (RFC 8246); `web.compression` compresses it once in each process.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from flask import Blueprint, Flask, Response, current_app

from core.errors import NotFound

FOLDER: Final = Path(__file__).resolve().parent.parent / "assets"
PATH: Final = "/assets/bundle/"
_EXTENSION: Final = "bundles"
_URL: Final = re.compile(rb"url\((['\"]?)(?!data:|/|#)")


@dataclass(frozen=True)
class Bundle:
    """What a browser gets under one name, such as `site.css` or `site.js`."""

    name: str
    body: bytes

    @cached_property
    def address(self) -> str:
        """Where it is; this changes with what is in it."""
        return f"{PATH}{self.name}?m={self.tag}"

    @cached_property
    def tag(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:12]

    @property
    def mimetype(self) -> str:
        return "text/css" if self.name.endswith(".css") else "text/javascript"


def joined(name: str, files: Iterable[str]) -> Bundle:
    """A bundle of these files of `assets/`, in this order."""
    read = _style if name.endswith(".css") else _script
    return Bundle(name, b"\n".join(read(file) for file in files))


def put(app: Flask, bundle: Bundle) -> str:
    """Serve a bundle from now on; gives its address."""
    put_later(app, bundle.name, lambda: bundle)
    return bundle.address


def put_later(app: Flask, name: str, make: Callable[[], Bundle]) -> None:
    """Serve what `make` gives when it is asked for: each worker can answer for a document that another one sent."""
    if _EXTENSION not in app.extensions:
        app.extensions[_EXTENSION] = {}
        blueprint = Blueprint(_EXTENSION, __name__)
        blueprint.get(f"{PATH}<name>")(_send)
        app.register_blueprint(blueprint)
    app.extensions[_EXTENSION][name] = make


def _send(name: str) -> Response:
    make: Callable[[], Bundle] | None = current_app.extensions[_EXTENSION].get(name)
    if make is None:
        raise NotFound("There is no such bundle")
    bundle = make()
    response = Response(bundle.body, mimetype=bundle.mimetype)
    response.set_etag(bundle.tag)
    return response


def _script(file: str) -> bytes:
    return (FOLDER / file).read_bytes()


def _style(file: str) -> bytes:
    """A style sheet whose addresses are still right from the bundle's place."""
    place = "/assets/" + "".join(f"{part}/" for part in Path(file).parts[:-1])
    return _URL.sub(rb"url(\1" + place.encode(), (FOLDER / file).read_bytes())
