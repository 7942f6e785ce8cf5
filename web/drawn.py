"""Pages' figures kept as they were drawn: what a callback made of an answer is as valid as the answer, and dearer.

A callback that draws from nothing but its inputs, the tenant and its books says so (`keep`). What Dash sent for it is
then given to whoever posts the same for the same tenant in the same role and language, while the books, the day and
everything else that `web.seats.validity_line` names are the same. Compressed they lie beside the answers: in each
worker's memory, at most a quarter of what it may keep of answers, and in the cache that the workers share, there under
a seal: what becomes part of a page is taken from nobody else, nor from another tenant's key.
"""

from __future__ import annotations

import gzip
import hmac
import time
from hashlib import sha256
from typing import Final

from flask import Flask, Response, current_app, g, request

from core.i18n import language
from web.answers import Entry
from web.ask import CACHE_EXTENSION
from web.cache import AnswerCache, key_of
from web.identity import Identity, current

_PATH: Final = "/_dash-update-component"
_LEVEL: Final = 5
_LONGEST: Final = 20_000
_SEAL: Final = 32


def keep(view: str) -> None:
    """Called by a callback: what it answers follows from its inputs and the tenant's books alone, by `view`."""
    g.drawn = view


def install(app: Flask) -> None:
    """Keep drawings beside the answers. Install it after the guard, which says who asks."""

    def find() -> Response | None:
        if request.path != _PATH or (request.content_length or _LONGEST) >= _LONGEST:
            return None
        g.drawing = key, stamp = _drawing(current())
        found = _kept(_cache(), key, stamp)
        if found is None:
            return None
        view, _, packed = found.body.partition(b"\n")
        g.answered = (view.decode(), True)
        return _sent(packed)

    def store(response: Response) -> Response:
        view, drawing = g.get("drawn"), g.get("drawing")
        if view and drawing and response.status_code == 200 and "Set-Cookie" not in response.headers:
            (key, stamp), cache = drawing, _cache()
            packed = gzip.compress(response.get_data(), _LEVEL)
            body = b"%s\n%s" % (view.encode(), packed)
            expires = time.time() + cache.ttl
            cache.drawings.put(key, Entry(key, stamp, body, expires))
            cache.share(key, Entry(key, stamp, _seal(key, stamp, body) + body, expires))
            return _as_asked(response, packed)
        return response

    app.before_request(find)
    app.after_request(store)


def _cache() -> AnswerCache:
    cache: AnswerCache = current_app.extensions[CACHE_EXTENSION]
    return cache


def _kept(cache: AnswerCache, key: str, stamp: bytes) -> Entry | None:
    """What this worker or another one drew, if it is valid for `stamp`."""
    found = cache.drawings.get(key)
    if found is not None and found.fits(stamp, time.time()):
        return found
    shared = cache.read(key)
    if shared is None or not shared.fits(stamp, time.time()):
        return None
    seal, body = shared.body[:_SEAL], shared.body[_SEAL:]
    if not hmac.compare_digest(seal, _seal(key, stamp, body)):
        return None
    found = Entry(key, stamp, body, shared.expires)
    cache.drawings.put(key, found)
    return found


def _seal(key: str, stamp: bytes, body: bytes) -> bytes:
    """Says that a worker of this installation drew `body` for this key, and for what it is valid."""
    secret: str = current_app.config["SECRET_KEY"]
    return hmac.digest(f"drawn {secret}".encode(), b"%s\n%s\n%s" % (key.encode(), stamp, body), "sha256")


def _drawing(identity: Identity) -> tuple[str, bytes]:
    """The key of what is drawn for this request, and for what that is valid: its books may be newer, never older."""
    asked = sha256(f"{identity.role} {language()}\n".encode() + request.get_data()).hexdigest()
    return key_of(identity.tenant.key, "drawn", asked), identity.standing.validity(identity.context.today)


def _sent(packed: bytes) -> Response:
    taken = request.accept_encodings["gzip"]
    return _as_asked(Response(b"" if taken else gzip.decompress(packed), mimetype="application/json"), packed)


def _as_asked(response: Response, packed: bytes) -> Response:
    """The response, with its body compressed as kept if the browser takes that."""
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"]:
        response.set_data(packed)
        response.headers["Content-Encoding"] = "gzip"
    return response
