"""Every route, for everybody: viewer, editor, admin, owner, a stranger from another tenant, and nobody."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import Caller, Town
from web.access import READ, TABLE, WRITE, Access, access_to, route_of
from web.embeds import PREFIX as EMBEDS
from web.guard import _OPEN_PATHS, _OPEN_PREFIXES, FORMS

SECURITY = Path(__file__).resolve().parent.parent.parent / "docs" / "security.md"
RANK = {"viewer": 0, "editor": 1, "admin": 2, "owner": 3}
_ENDING = {"POST /auth/logout", "POST /sign-out", "POST /tenant/leave", "POST /switch-tenant"}
"""What ends the very session that asks, or leaves it for another."""


def routes(app: Flask) -> Iterator[tuple[str, str]]:
    """Every (method, rule) that is not open to everybody."""
    for rule in app.url_map.iter_rules():
        path = rule.rule
        if path in _OPEN_PATHS or path in FORMS or path.startswith((*_OPEN_PREFIXES, EMBEDS)):
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, path


def test_no_route_is_forgotten_and_none_is_made_up(built_app: Flask) -> None:
    found = {route_of(method, rule) for method, rule in routes(built_app)}
    assert found - set(TABLE) == set(), "add these to web/access.py"
    assert set(TABLE) - found == set(), "these are in web/access.py and nowhere else"


@pytest.fixture
def everybody(sign_in: Callable[..., Caller], acorn: Town) -> dict[str, Caller]:
    acorn.person("ada@acorn.test", org_1="admin")
    return {
        role: sign_in(f"{name}@acorn.test", "org_1")
        for role, name in (("viewer", "vera"), ("editor", "bob"), ("admin", "ada"), ("owner", "alice"))
    }


def test_each_route_takes_the_role_it_says_and_no_less(app: Flask, everybody: dict[str, Caller]) -> None:
    """What is named in a path is not there: who may not touch it learns that first, and no more than that."""
    nobody = app.test_client()
    for method, rule in routes(app):
        route = route_of(method, rule)
        wanted = access_to(method, rule).role
        path = re.sub(r"<[^>]+>", "999", rule)
        answer = nobody.open(path, method=method)
        assert answer.status_code in (401, 404) or answer.headers["Location"].startswith("/sign-in"), route
        if path.startswith("/_dash") or rule in ("/", "/<path:path>", "/_reload-hash") or route in _ENDING:
            continue
        for role, caller in everybody.items():
            if RANK[role] < RANK[wanted]:
                status = caller(method, path).status_code
                assert status == 403 or ("<" in rule and status == 404), (route, role, status)


def test_who_has_the_role_is_let_through(app: Flask, everybody: dict[str, Caller]) -> None:
    """An empty request is wrong for many reasons; too little of a role is none of them."""
    for method, rule in routes(app):
        route = route_of(method, rule)
        if method == "GET" or "<" in rule or rule.startswith("/_dash") or route in _ENDING or "stream" in rule:
            continue
        role = access_to(method, rule).role
        answer = everybody[role](method, rule, json={"no": "such field"})
        assert answer.status_code not in (401, 404, 500), (route, role, answer.status_code)
        if answer.status_code == 403:
            assert (answer.get_json() or {}).get("code") != "forbidden", (route, role)


def test_what_is_there_is_a_403_and_what_is_anothers_a_404(
    app: Flask, everybody: dict[str, Caller], charlie: Caller
) -> None:
    here = everybody["owner"].post("/financial/tags", {"name": "ours"}).get_json()["id"]
    there = charlie.post("/financial/tags", {"name": "theirs"}).get_json()["id"]
    program = everybody["owner"].post("/auth/tokens", {"name": "reads", "scopes": ["read"]}).get_json()["token"]
    for caller in (everybody["viewer"], Caller(app.test_client(), program)):
        for method in ("PATCH", "DELETE"):
            assert caller(method, f"/financial/tags/{here}", json={}).status_code == 403
            assert caller(method, f"/financial/tags/{there}", json={}).status_code == 404
    assert charlie.delete(f"/financial/tags/{here}").status_code == 404
    assert everybody["viewer"].get(f"/financial/tags/{here}").status_code == 200


def test_scopes_open_what_they_say(app: Flask, everybody: dict[str, Caller]) -> None:
    def status(scope: str, method: str, path: str) -> int:
        made = everybody["owner"].post("/auth/tokens", {"name": scope, "scopes": [scope]}).get_json()["token"]
        return int(Caller(app.test_client(), made)(method, path, json={}).status_code)

    expected = {
        "read": (200, 403, 403, 403, 200),
        "write": (403, 422, 415, 403, 403),
        "import": (403, 403, 415, 403, 200),
        "embed": (403, 403, 403, 403, 403),
        "admin": (200, 422, 415, 200, 200),
    }
    asked = (
        ("GET", "/financial/tags"),
        ("POST", "/financial/tags"),
        ("POST", "/financial/imports"),
        ("GET", "/financial/audit"),
        ("GET", "/financial/imports"),
    )
    assert {scope: tuple(status(scope, *each) for each in asked) for scope in expected} == expected


def usual(route: str) -> Access:
    return READ if route.startswith("GET ") else WRITE


def test_the_page_says_where_routes_differ_from_the_rule() -> None:
    """docs/security.md states the rule (reading, writing) and a row for each route that differs."""
    section = SECURITY.read_text(encoding="utf-8").split("### Who may call what", 1)[1].split("\n## ", 1)[0]
    rows = {}
    for line in section.splitlines():
        if line.startswith("| `"):
            shown, scopes, role = (cell.strip() for cell in line.strip("|").split("|"))
            for route in re.findall(r"`([^`]+)`", shown):
                rows[route] = (tuple(re.findall(r"`([^`]+)`", scopes)), role.strip("`"))
    ours = {route: each for route, each in TABLE.items() if "/_dash" not in route}
    differ = {route: (each.scopes, each.role) for route, each in ours.items() if each != usual(route)}
    assert rows == differ
