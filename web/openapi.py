"""OpenAPI 3.1 from the routes themselves: each view says what it takes and gives, with the same pydantic models.

`@operation(...)` notes it on the view; `document(app)` walks the url map, so no route can be forgotten.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, TypeVar

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from core.period import PRESETS
from web.state import RELEASE

View = TypeVar("View", bound=Callable[..., Any])
_NOTE: Final = "_fd_operation"
_ARGUMENT: Final = re.compile(r"<(?:\w+:)?(\w+)>")
_REF: Final = "#/components/schemas/{model}"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter: its JSON Schema, and whether it may be given many times."""

    name: str
    schema: dict[str, Any]
    description: str = ""
    many: bool = False

    def document(self) -> dict[str, Any]:
        schema = {"type": "array", "items": self.schema} if self.many else self.schema
        return {"name": self.name, "in": "query", "required": False, "description": self.description, "schema": schema}


@dataclass(frozen=True, slots=True)
class Operation:
    """What a view takes and gives."""

    summary: str
    returns: type[BaseModel] | dict[str, Any] | None
    status: int
    body: type[BaseModel] | dict[str, Any] | None
    body_types: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    errors: tuple[int, ...]
    public: bool
    other: dict[int, type[BaseModel] | None] = field(default_factory=dict)
    headers: tuple[str, ...] = ()


def operation(
    summary: str,
    *,
    returns: type[BaseModel] | dict[str, Any] | None = None,
    status: int = 200,
    body: type[BaseModel] | dict[str, Any] | None = None,
    body_types: tuple[str, ...] = ("application/json",),
    parameters: tuple[Parameter, ...] = (),
    errors: tuple[int, ...] = (),
    public: bool = False,
    other: dict[int, type[BaseModel] | None] | None = None,
    headers: tuple[str, ...] = (),
) -> Callable[[View], View]:
    """Describe a view. `body` and `returns` may be a JSON Schema where no model fits; `headers` are request headers;
    `other` are further statuses that are no errors (304, 200 for a dry run)."""

    def note(view: View) -> View:
        described = Operation(
            summary, returns, status, body, body_types, parameters, errors, public, other or {}, headers
        )
        setattr(view, _NOTE, described)
        return view

    return note


DAY: Final[dict[str, Any]] = {"type": "string", "format": "date"}
REPORT_PARAMETERS: Final = (
    Parameter("period", {"type": "string", "enum": list(PRESETS)}, "A preset; the default is latest_12_months."),
    Parameter("from", DAY, "First day; together with to, never with period."),
    Parameter("to", DAY, "Last day, included."),
    Parameter("account_id", {"type": "string"}, "Only these accounts.", many=True),
    Parameter(
        "category_id", {"type": "string"}, "Only these categories with their children; none = uncategorised.", many=True
    ),
    Parameter("tag", {"type": "string"}, "Only what has one of these tags.", many=True),
    Parameter("currency", {"type": "string", "pattern": "^[A-Z]{3}$"}, "The currency to report in (ISO 4217)."),
)

PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def document(app: Flask) -> dict[str, Any]:
    """The OpenAPI document of all described routes."""
    routes = [
        (rule, method, note)
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
        if (note := getattr(app.view_functions[rule.endpoint], _NOTE, None)) is not None
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    paths: dict[str, dict[str, Any]] = {}
    for rule, method, note in routes:
        paths.setdefault(_ARGUMENT.sub(r"{\1}", rule.rule), {})[method.lower()] = _described(rule, method, note)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Financial Dashboard",
            "version": RELEASE,
            "description": "Figures of one tenant: right to the cent, never stale. See /docs.",
        },
        "paths": paths,
        "components": {
            "schemas": {**_schemas([note for _, _, note in routes]), "Problem": PROBLEM},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
        "security": [{"bearer": []}],
    }


def _models(note: Operation, mode: str) -> list[type[BaseModel]]:
    if mode == "validation":
        return [note.body] if isinstance(note.body, type) else []
    candidates = [note.returns, *note.other.values()]
    return [model for model in candidates if isinstance(model, type)]


def _schemas(notes: list[Operation]) -> dict[str, Any]:
    wanted: dict[tuple[type[BaseModel], str], None] = {}
    for note in notes:
        for mode in ("validation", "serialization"):
            wanted.update(dict.fromkeys((model, mode) for model in _models(note, mode)))
    _, definitions = models_json_schema(list(wanted), by_alias=True, ref_template=_REF)  # type: ignore[arg-type]
    schemas: dict[str, Any] = definitions.get("$defs", {})
    return schemas


def _schema_of(model: type[BaseModel] | dict[str, Any]) -> dict[str, Any]:
    return model if isinstance(model, dict) else {"$ref": _REF.format(model=_schema_name(model))}


def _schema_name(model: type[BaseModel]) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]", "_", model.__name__)


def _described(rule: Rule, method: str, note: Operation) -> dict[str, Any]:
    arguments = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _ARGUMENT.findall(rule.rule)
    ]
    headers = [{"name": name, "in": "header", "required": False, "schema": {"type": "string"}} for name in note.headers]
    described: dict[str, Any] = {
        "summary": note.summary,
        "operationId": f"{method.lower()}_{rule.endpoint.replace('.', '_')}",
        "tags": [rule.rule.split("/")[1] if rule.rule.count("/") == 1 else rule.rule.split("/")[2]],
        "parameters": [*arguments, *(parameter.document() for parameter in note.parameters), *headers],
        "responses": _responses(note),
    }
    if note.body is not None:
        schema = _schema_of(note.body)
        described["requestBody"] = {"required": True, "content": {each: {"schema": schema} for each in note.body_types}}
    if note.public:
        described["security"] = []
    return described


def _responses(note: Operation) -> dict[str, Any]:
    responses: dict[str, Any] = {str(note.status): _response(note.status, note.returns)}
    for status, model in note.other.items():
        responses[str(status)] = _response(status, model)
    usual = {422, 429, 500, 503} if note.public else {401, 403, 404, 422, 429, 500, 503}
    for status in sorted(usual | set(note.errors)):
        content = {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}}
        responses[str(status)] = {"description": HTTPStatus(status).phrase, "content": content}
    return responses


def _response(status: int, model: type[BaseModel] | dict[str, Any] | None) -> dict[str, Any]:
    described: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if model is not None:
        described["content"] = {"application/json": {"schema": _schema_of(model)}}
    return described


def notes_of(app: Flask) -> dict[str, bool]:
    """Endpoint -> whether it is described, for the test that no route is forgotten."""
    return {
        rule.endpoint: hasattr(inspect.unwrap(app.view_functions[rule.endpoint]), _NOTE)
        for rule in app.url_map.iter_rules()
    }
