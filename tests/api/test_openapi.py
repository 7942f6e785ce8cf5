"""The API keeps its own description: no 500, no undocumented answer, no route that is not described."""

from __future__ import annotations

from typing import Any

import hypothesis
import schemathesis
from flask import Flask
from hypothesis import HealthCheck
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.conftest import Caller
from web.openapi import document, notes_of

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
NOT_DESCRIBED = (
    *("/_dash", "/embed/", "/assets", "/_favicon", "/_reload", "/<path:path>", "/sign-", "/switch-tenant", "/docs"),
    *("/forgot-password", "/reset-password", "/invitation", "/account"),
)
ENDS_THE_SESSION = {"/auth/logout"}
NEVER_ENDS = {"/financial/stream"}


def test_every_route_of_the_api_is_described(app: Flask) -> None:
    described = notes_of(app)
    missing = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if not described[rule.endpoint] and not rule.rule.startswith(NOT_DESCRIBED) and rule.rule != "/"
    ]
    assert missing == []


def test_the_document_is_openapi_31_and_refers_to_what_is_there(app: Flask) -> None:
    api = document(app)
    assert api["openapi"] == "3.1.0"
    names = set(api["components"]["schemas"])
    for reference in references(api):
        assert reference.removeprefix("#/components/schemas/") in names, reference


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [each for child in value.values() for each in references(child)]
    if isinstance(value, list):
        return [each for child in value for each in references(child)]
    return []


def test_the_api_answers_as_it_says(app: Flask, alice: Caller) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    ran = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path in ENDS_THE_SESSION | NEVER_ENDS:
            continue

        @hypothesis.settings(
            max_examples=8, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
        )
        @hypothesis.given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            nonlocal ran
            headers = {"Authorization": f"Bearer {alice.token}", "Accept-Encoding": "identity"}
            case.call_and_validate(headers=headers, checks=CHECKS)
            ran += 1

        ask()
    assert ran > 200
