"""`Idempotency-Key` on every POST of the ledger: a retry gets the first answer again and changes nothing.

Kept per tenant and person (a refreshed token is the same caller), see `data.commands.idempotency`.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from typing import Final

from flask import Flask, Response, g, request

from core.errors import Invalid, Unavailable
from data.commands import idempotency
from data.commands.idempotency import Stored
from web.identity import Identity
from web.state import state

HEADER: Final = "Idempotency-Key"
_REPEATED_HEADERS: Final = ("Content-Type", "Location", "ETag", "Preference-Applied")
_LONGEST: Final = 200
_CHUNK: Final = 1024 * 1024


def _before() -> Response | None:
    key = request.headers.get(HEADER)
    identity = g.get("identity")
    if key is None or request.method != "POST" or not isinstance(identity, Identity):
        return None
    if not key.isprintable() or not 0 < len(key) <= _LONGEST:
        raise Invalid.field(HEADER, f"must have 1 to {_LONGEST} printable characters")
    actor = identity.context.actor.name
    stored = idempotency.begin(identity.context.db, actor, key, _request_hash(), state().clock())
    if stored is None:
        g.idempotency_key = key
        return None
    response = Response(stored.body, stored.status, headers=stored.headers)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _after(response: Response) -> Response:
    key = g.pop("idempotency_key", None)
    identity = g.get("identity")
    if key is None or not isinstance(identity, Identity):
        return response
    db = identity.context.db
    with suppress(Unavailable):  # the answer is as true without it, and a repeat is told what is known
        if response.status_code >= 500:
            idempotency.release(db)
        else:
            headers = {name: response.headers[name] for name in _REPEATED_HEADERS if name in response.headers}
            body = g.pop("repeated_body", None)  # what may be stored of an answer that shows a secret
            stored = Stored(response.status_code, headers, response.get_data() if body is None else body)
            idempotency.finish(db, stored)
    return response


def _end(_error: BaseException | None) -> None:
    idempotency.forget()


def _request_hash() -> bytes:
    """What makes two requests the same: path, query and body; of a form its fields and files, not its boundary."""
    digest = sha256(f"{request.path}?{request.query_string.decode('latin-1')}\n".encode())
    if request.mimetype != "multipart/form-data":
        digest.update(request.get_data())
        return digest.digest()
    for name, value in sorted(request.form.items(multi=True), key=str):
        digest.update(f"{name}={value}\n".encode())
    for name, file in sorted(request.files.items(multi=True), key=lambda item: str(item[0])):
        digest.update(f"{name}:{file.filename}\n".encode())
        while chunk := file.stream.read(_CHUNK):
            digest.update(chunk)
        file.stream.seek(0)
    return digest.digest()


def install(app: Flask) -> None:
    """Watch all POSTs."""
    app.before_request(_before)
    app.after_request(_after)
    app.teardown_request(_end)
