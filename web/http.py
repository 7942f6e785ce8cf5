"""Reading requests and writing answers, for all blueprints alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar

import orjson
from flask import Response, request
from pydantic import BaseModel, ValidationError

from core.errors import BadRequest, FieldError, Invalid, PreconditionFailed, UnsupportedMedia
from web.json import dumps

Model = TypeVar("Model", bound=BaseModel)
_JSON_TYPES: Final = frozenset({"application/json", "application/merge-patch+json"})
_JSON_LIMIT: Final = 16 * 1024 * 1024
_ETAG: Final = re.compile(r'\s*"(\d{1,18})(?::[a-z]+)?"\s*')
"""A version; compression adds its name to the tags of what it sends."""
_ITEMS: Final = re.compile(r"Value should have at (most|least) (\d+) items? after validation, not \d+")


def parameters() -> dict[str, list[str]]:
    """The query parameters with all their values; `Invalid` for text that no database can hold."""
    found = {name: request.args.getlist(name) for name in request.args}
    for name, values in found.items():
        if any("\x00" in value or "\ufffd" in value for value in values):
            raise Invalid.field(name[:50], "is not readable text")
    return found


def read_value() -> Any:
    """The request's body as JSON's plain values: 415 for another content type, 413 too large, 400 unreadable."""
    if request.mimetype not in _JSON_TYPES:
        raise UnsupportedMedia("The body must be application/json")
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise UnsupportedMedia("The body must not be compressed")
    request.max_content_length = _JSON_LIMIT
    try:
        return orjson.loads(request.get_data())
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None


def read_json(model: type[Model]) -> Model:
    """The request's body as `model`; like `read_value`, and 422 naming each wrong field."""
    return validated(model, read_value())


def validated(model: type[Model], value: Any) -> Model:
    """`value` as `model`; `Invalid` names each wrong field."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        fields = tuple(
            FieldError(".".join(str(part) for part in each["loc"]) or "body", _message(each["msg"], each["input"]))
            for each in error.errors(include_url=False, include_context=False)
        )
        raise Invalid("; ".join(f"{each.field}: {each.message}" for each in fields[:5]), errors=fields) from None


def _message(text: str, given: Any) -> str:
    """What pydantic says; of a text that was looked at before it was measured it counts items."""
    if isinstance(given, str):
        text = _ITEMS.sub(r"String should have at \1 \2 characters", text)
    return text.removeprefix("Value error, ")


def reply(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer as JSON; `private, no-cache` unless the headers say otherwise."""
    response = Response(dumps(body), status, mimetype="application/json")
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers.update(headers or {})
    return response


def nothing() -> Response:
    """204: done, nothing to say."""
    return Response(status=204)


def etag(version: int) -> str:
    """The entity tag of a resource that last changed at this version of its tenant."""
    return f'"{version}"'


def if_match() -> int | None:
    """The version in `If-Match`, None without the header or with `*`; `PreconditionFailed` for a tag we never gave."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    found = _ETAG.fullmatch(header)
    if found is None:
        raise PreconditionFailed()
    return int(found.group(1))
