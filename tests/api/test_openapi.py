"""The API keeps its own description: no 500, no undocumented answer, no route that is not described."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zlib import crc32

import hypothesis
import pytest
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

from tests.conftest import Caller, Town
from tests.embeds import frame, register
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
FOREIGN = "zqcedar"
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


@pytest.fixture
def others(app: Flask, alice: Caller, charlie: Caller, sign_in: Callable[..., Caller], acorn: Town) -> dict[str, str]:
    """Tokens of a viewer, an editor, somebody who belongs to no tenant any more, and of a frame in another site.

    Cedar has a row of each common kind, which none of them may read.
    """
    account = charlie.post("/financial/accounts", {"name": FOREIGN, "type": "checking"}).get_json()["id"]
    for kind in ("tags", "categories"):
        assert charlie.post(f"/financial/{kind}", {"name": FOREIGN}).status_code == 201
    booked = {"account_id": account, "booked_on": "2026-06-01", "amount": "-1.00", "payee": FOREIGN}
    assert charlie.post("/financial/transactions", booked).status_code == 201
    eve = acorn.person("eve@elsewhere.test", org_9="viewer")
    stranger = sign_in(eve.email, "org_9")
    assert charlie.delete(f"/tenant/people/{eve.id}").status_code == 204
    register(alice)
    assert alice.post("/financial/embed-keys").status_code == 201
    return {
        "viewer": sign_in("vera@acorn.test", "org_1").token,
        "editor": sign_in("bob@acorn.test", "org_1").token,
        "stranger": stranger.token,
        "embed": frame(alice, "dashboard").token,
    }


def ask_as(case: Any, token: str) -> Any:
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
    answer = case.call_and_validate(headers=headers, checks=CHECKS)
    assert FOREIGN.encode() not in answer.content
    return answer


def let_in(name: str, operation: Any) -> bool:
    """Whether this token opens anything there."""
    if operation.path.startswith("/embed/"):
        return name == "embed"
    return name in ("viewer", "editor") or operation.definition.raw.get("security") == []


def test_the_api_answers_as_it_says(app: Flask, alice: Caller, others: dict[str, str]) -> None:
    """An owner asks everything; the others an eighth of it, and two of them are let in hardly anywhere."""
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
            ran += 1
            if crc32(repr((case.path_parameters, case.query, case.body)).encode()) % 8 == 0:
                for name, token in others.items():
                    answer = ask_as(case, token)
                    assert answer.status_code == 401 or let_in(name, case.operation), (name, case.path)
            ask_as(case, alice.token)

        ask()
    assert ran > 200
