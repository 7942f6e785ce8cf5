"""Every route, callback, export and kind of job, asked with another tenant's ids: never a foreign row, never a 500.

What is asked comes from the url map, the API's own description, the callbacks' own list and the jobs' registry, so what
is new is swept as soon as it is there. A new kind of id, a body that cannot be guessed, a new kind of job fails here
until it is named below.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import dash
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from core.settings import Settings
from data.db import Database
from data.directory import find_tenant
from data.models import GLOBALS, Base
from data.queue import Taken
from data.reports.registry import DEFINITIONS
from jobs.kinds import Later, Reins
from jobs.registry import kinds_of
from tests.api.test_imports import CSV
from tests.conftest import PASSWORD, Caller, Town
from tests.embeds import Frame, frame
from tests.look_alikes import Planted, amounts_in, plant, text_of
from web.openapi import document

ACORN, CEDAR = "org_1", "org_9"
LISTS = ("embeds-accounts", "embeds-categories", "embeds-filters", "embeds-allow")
"""Components whose value is a list of what was chosen."""
READ_BELOW = ("/financial", "/tenant", "/auth/tokens", "/auth/sessions")
OBJECTS = ("transactions-wide",)
"""Stores that hold an object."""
NO_TENANT = ("/assets/", "/_dash-component-suites/", "/embed/assets/", "/embed/_dash-component-suites/")
"""Files of the product itself."""
ENDS = {"POST /auth/logout", "POST /sign-out", "POST /tenant/leave", "DELETE /tenant"}
"""What would end the session or the tenant that asks; each says nothing but that it is done."""
SEPARATE = {"GET /financial/stream", "POST /_dash-update-component", "POST /embed/_dash-update-component"}
"""Callbacks and frames come below; the stream never ends, tests/api/test_stream.py listens to it in two tenants."""
ANONYMOUS = {"POST /auth/login", "POST /auth/refresh"}
"""These take no token; what they say to somebody of another tenant is in tests/api/test_identity.py."""
ID_OF_PROPERTY = {
    "account": "account_id", "account_id": "account_id", "account_ids": "account_id", "category_id": "category_id",
    "category_ids": "category_id", "parent_id": "category_id", "transaction_id": "transaction_id",
    "ids": "transaction_id", "rule_ids": "rule_id", "budget_id": "budget_id", "import_id": "import_id",
    "transfer_id": "transaction_id", "person_id": "person_id", "tenant": "key", "key": "key", "jti": "jti",
    "version": "version", "tenant_key": "key",
}  # fmt: skip
"""Which of the other tenant's ids a field of a body or a query names."""
TEXTS = {"date": "2026-06-01", "email": "somebody@example.org", "uri": "https://example.org/x"}
FORMS: dict[str, list[dict[str, str]]] = {
    "POST /account": [{"do": "revoke", "id": "token_id"}],
    "POST /switch-tenant": [{"tenant": "key"}],
    "POST /sign-in": [{"email": "person_id", "password": "n"}],
    "POST /sign-in/code": [{"ticket": "token_id", "code": "n"}],
    "POST /sign-in/provider/logout": [{"logout_token": "token_id"}],
    "POST /forgot-password": [{"email": "person_id"}],
    "POST /reset-password": [{"token": "token_id", "password": "n"}],
    "POST /invitation": [{"token": "invitation_id", "password": "n"}],
    "POST /financial/imports": [{"account_id": "account_id"}, {"account_id": "account_id", "dry_run": "true"}],
}
"""What forms are sent, each field the other tenant's id of that name."""
PAYLOADS = {
    "import": "import_id",
    "webhook": "delivery",
    "alert_mail": "version",
    "broker": "version",
    "daily": "version",
}
"""What a job of each kind is told, and so what could be another tenant's."""


@dataclass
class Pair:
    """Two tenants, both awake in the cache, and everything that Acorn must never read."""

    app: Flask
    alice: Caller
    charlie: Caller
    ours: Planted
    theirs: Planted
    secrets: set[str] = field(default_factory=set)

    def leaks(self, answer: Any) -> set[str]:
        """What an answer to Acorn says of Cedar."""
        said = text_of(answer)
        return {each for each in self.secrets if each in said}

    def check(self, route: str, answer: Any) -> None:
        assert answer.status_code < 500, (route, text_of(answer)[:2000])
        assert "our mistake" not in text_of(answer), route
        assert self.leaks(answer) == set(), route


@pytest.fixture
def pair(app: Flask, alice: Caller, charlie: Caller) -> Pair:
    ours = plant(alice, ACORN, "zqacorn", 417253)
    theirs = plant(charlie, CEDAR, "zqcedar", 731846)
    found = Pair(app, alice, charlie, ours, theirs)
    own: set[str] = set()
    for route, path in readings(app, theirs):  # which also fills the cache with Cedar's answers
        answer = charlie.get(path)
        assert answer.status_code == 200, (route, path, text_of(answer)[:500])
        own |= amounts_in(text_of(answer))
    mine = {each for _, path in readings(app, ours) for each in amounts_in(text_of(alice.get(path)))}
    found.secrets = theirs.words | {"Cedar Inc", "cedar.test"} | (own - mine)
    assert len(found.secrets) > 40
    return found


def rules(app: Flask) -> Iterator[tuple[str, str, list[str]]]:
    """Every (method, rule, arguments) that could show a tenant's data."""
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(NO_TENANT):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, rule.rule, sorted(rule.arguments)


def figures() -> list[str]:
    """A figure of each kind that can name something of a tenant's, and one of the whole tenant."""
    kinds = {pattern.rpartition(">")[0]: pattern for pattern in DEFINITIONS}
    assert len(kinds) > 4
    return list(kinds.values())


def filled(rule: str, planted: Planted) -> list[str]:
    """The addresses of a route with this tenant's ids; a new kind of id is a KeyError here."""
    names = re.findall(r"<(?:[^:>]+:)?(\w+)>", rule)
    if names == ["figure_id"]:
        return [rule.replace("<figure_id>", planted.figures(pattern)) for pattern in figures()]
    known = {**planted.ids, "path": "transactions", "view": "dashboard"}
    for name in names:
        rule = re.sub(rf"<(?:[^:>]+:)?{name}>", known[name], rule)
    return [rule]


def readings(app: Flask, planted: Planted) -> Iterator[tuple[str, str]]:
    """Every described GET of the ledger with the tenant's own ids."""
    for method, rule, _ in rules(app):
        if method == "GET" and rule.startswith(READ_BELOW) and "stream" not in rule:
            for path in filled(rule, planted):
                yield f"GET {rule}", path


def operations(described: dict[str, Any]) -> dict[str, Any]:
    """What the API says of each route: `POST /financial/tags` -> its operation."""
    return {
        f"{method.upper()} {path.replace('{', '<').replace('}', '>')}": operation
        for path, ways in described["paths"].items()
        for method, operation in ways.items()
    }


@dataclass
class Guess:
    """Bodies made of a schema: with every field, with the needed ones alone, ids being the other tenant's."""

    schemas: dict[str, Any]
    ids: dict[str, str]
    whole: bool

    def value(self, schema: dict[str, Any], name: str = "") -> Any:
        schema = self._resolved(schema)
        wanted = self.ids.get(ID_OF_PROPERTY.get(name, ""))
        kind = schema.get("type")
        if "const" in schema or "enum" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        if kind == "array":
            return [self.value(schema.get("items", {}), name)] * max(1, schema.get("minItems", 1))
        if kind == "object" or "properties" in schema:
            return self._object(schema)
        if wanted is not None:
            return int(wanted) if kind == "integer" else wanted
        plain: dict[Any, Any] = {"integer": schema.get("minimum", 1), "number": 1, "boolean": False, None: "x"}
        return plain.get(kind, TEXTS.get(schema.get("format", ""), _text(name)))

    def _object(self, schema: dict[str, Any]) -> dict[str, Any]:
        needed = set(schema.get("required", ()))
        return {
            name: self.value(each, name)
            for name, each in schema.get("properties", {}).items()
            if self.whole or name in needed or name in ID_OF_PROPERTY
        }

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        for way in ("anyOf", "oneOf"):
            if way in schema:
                schema = next(each for each in schema[way] if each.get("type") != "null")
        if "$ref" in schema:
            return self._resolved(self.schemas[schema["$ref"].rpartition("/")[2]])
        return schema


def _text(name: str) -> str:
    money = ("amount", "balance", "opening_balance", "rate", "cap")
    return {"currency": "EUR", "base": "USD", "quote": "EUR"}.get(name, "1.00" if name in money else "look-alike")


def requests_of(route: str, operation: Any, schemas: dict[str, Any], ids: dict[str, str]) -> list[dict[str, Any]]:
    """What to send: forms by the table above, JSON by the description. What cannot be guessed must be named."""
    if route.startswith("GET"):
        return [{}]
    if route in FORMS:
        forms = [{name: ids.get(value, value) for name, value in each.items()} for each in FORMS[route]]
        if route == "POST /financial/imports":
            return [{"data": {**each, "file": (io.BytesIO(CSV.encode()), "x.csv")}} for each in forms]
        return [{"data": each} for each in forms]
    assert operation is not None, f"say in FORMS what {route} is sent"
    content = operation.get("requestBody", {}).get("content", {})
    schema = next((each["schema"] for kind, each in content.items() if "json" in kind), None)
    assert schema is not None or not content, f"say in FORMS what {route} is sent"
    guesses = [Guess(schemas, ids, whole).value(schema) for whole in (True, False)] if schema else []
    return [{"json": each} for each in (*guesses, {})]


def snapshot(database_url: str, key: str) -> dict[str, str]:
    """A fingerprint of every row that a tenant has, as the owner of the database sees them."""
    rows = "SELECT count(*) || md5(string_agg(r::text, '|' ORDER BY r::text)) FROM {} r WHERE tenant_id = :tenant"
    engine = create_engine(database_url)
    with engine.connect() as connection:
        own = {"tenant": connection.execute(text("SELECT id FROM tenants WHERE key = :key"), {"key": key}).scalar_one()}
        tables = sorted(set(Base.metadata.tables) - GLOBALS | {"memberships", "invitations"})
        found = {table: connection.execute(text(rows.format(table)), own).scalar_one() for table in tables}
    engine.dispose()
    return found


def test_nothing_of_another_tenant_gets_through(
    pair: Pair, database: Database, database_url: str, acorn: Town, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One pair of tenants for all of it: to make them takes longer than to ask."""
    sweep_stranger(pair, acorn)
    before = snapshot(database_url, CEDAR)
    sweep_answers(pair)
    sweep_callbacks(pair)
    sweep_embeds(pair)
    sweep_routes(pair)
    sweep_jobs(pair, database, settings, monkeypatch)
    assert snapshot(database_url, CEDAR) == before


def sweep_routes(pair: Pair) -> None:
    """Refused as if it were not there where the path names it, of no effect where a body does."""
    api = document(pair.app)
    described, schemas = operations(api), api["components"]["schemas"]
    own = {**pair.theirs.ids, "key": CEDAR, "version": "1"}
    for method, rule, arguments in rules(pair.app):
        route = f"{method} {rule}"
        if route in ENDS | SEPARATE | ANONYMOUS or rule.startswith("/embed/"):
            continue
        statuses = set()
        for path in filled(rule, pair.theirs):
            for options in requests_of(route, described.get(route), schemas, own):
                answer = pair.alice(method, path, **options)
                pair.check(f"{route} {options}"[:400], answer)
                statuses.add(answer.status_code)
        if arguments and rule.startswith(("/financial", "/tenant", "/auth")):
            assert 404 in statuses, (route, statuses)
            assert min(statuses) >= 400 or "explain" in rule, (route, statuses)


def sweep_answers(pair: Pair) -> None:
    """What Cedar's answers hand out is of no use at Acorn: ids as filters, cursors, entity tags, idempotency keys."""
    described = operations(document(pair.app))
    cursors = 0
    for (route, mine), (_, theirs) in zip(readings(pair.app, pair.ours), readings(pair.app, pair.theirs), strict=True):
        names = {each["name"] for each in described[route].get("parameters", ()) if each["in"] == "query"}
        filters = {name: pair.theirs.ids.get(ID_OF_PROPERTY.get(name, "")) for name in names}
        query = {name: value for name, value in filters.items() if value} | ({"tag": "trip"} if "tag" in names else {})
        if query:
            pair.check(f"{route} {query}", pair.alice.get(mine, query_string=query))
        given = pair.charlie.get(theirs, query_string={"limit": 1} if "cursor" in names else None)
        cursor = (given.get_json(silent=True) or {}).get("next_cursor")
        if cursor:
            cursors += 1
            pair.check(f"{route} cursor", pair.alice.get(mine, query_string={"limit": 1, "cursor": cursor}))
        tag = given.headers.get("ETag")
        if tag and mine == theirs:
            assert pair.alice.get(mine, headers={"If-None-Match": tag}).status_code == 200, route
    assert cursors > 8
    program = Caller(pair.app.test_client(), pair.theirs.embed_token)
    for route, path in readings(pair.app, pair.theirs):
        assert program.get(path).status_code == 401, route


def sweep_stranger(pair: Pair, acorn: Town) -> None:
    """Somebody who belonged to Cedar until now: neither session nor stored token shows anything any more."""
    person = acorn.person("eve@elsewhere.test", org_9="admin")
    client = pair.app.test_client()
    login = client.post("/auth/login", json={"email": person.email, "password": PASSWORD}).get_json()
    eve = Caller(client, login["access_token"])
    stored = Caller(client, eve.post("/auth/tokens", {"name": "kept", "scopes": ["read"]}).get_json()["token"])
    assert {each.get("/financial/accounts").status_code for each in (eve, stored)} == {200}
    assert pair.charlie.delete(f"/tenant/people/{person.id}").status_code == 204
    for route, path in readings(pair.app, pair.theirs):
        for caller in (eve, stored):
            answer = caller.get(path)
            assert (answer.status_code, pair.leaks(answer)) == (401, set()), route
    again = client.post("/auth/refresh", json={"refresh_token": login["refresh_token"]})
    assert (again.status_code, pair.leaks(again)) == (401, set())


def sweep_callbacks(pair: Pair) -> None:
    """Every callback that the server answers, with the other's ids in the address and in every component."""
    client = signed_in_browser(pair.app)
    ids = pair.theirs.ids
    pages = ["/", *(each["path"] for each in dash.page_registry.values())]
    searches = [
        f"?account_id={ids['account_id']}&category_id={ids['category_id']}&tag=trip&period=all",
        f"?figure=account.{ids['account_id']}.balance&id={ids['budget_id']}&period=all",
    ]
    others = [ids["account_id"], pair.theirs.figures("budget.<id>.spent")]
    asked = drawn = 0
    for spec in callbacks_of(client):
        for search in searches:
            for other in others:
                for pathname in pages if "_pages_" in spec["output"] else pages[:1]:
                    values = {"pathname": pathname, "search": search, "href": f"http://localhost{pathname}{search}"}
                    answer = client.post("/_dash-update-component", json=asked_callback(spec, values, other))
                    pair.check(f"{spec['output'][:80]} {other} {pathname}{search}", answer)
                    asked, drawn = asked + 1, drawn + (answer.status_code == 200)
    assert drawn > asked / 2


def sweep_embeds(pair: Pair) -> None:
    """Acorn's frames with Cedar's ids as filters and as locks; Cedar's key in the address."""
    ids = pair.theirs.ids
    query = f"?account_id={ids['account_id']}&category_id={ids['category_id']}&tag=trip&period=all"
    allow = {"filters": ["period", "account_id", "category_id", "tag"], "drill": True, "export": True}
    locks: list[dict[str, Any]] = [{}, {"account_ids": [ids["account_id"]]}, {"category_ids": [ids["category_id"]]}]
    for view in ("dashboard", "summary", "accounts", "transactions", "budgets"):
        for lock in locks:
            made = pair.alice.post("/financial/embeds", {"view": view, "lock": lock, "allow": allow})
            pair.check(f"embed {view} {lock}", made)
            if made.status_code == 201:
                own = Frame(pair.app.test_client(), made.get_json()["token"])
                for given in (None, query):
                    pair.check(f"frame {view} {lock} {given}", own.draw(given))
                if lock == locks[0]:
                    sweep_frame(pair, view, own, query)
    assert Frame(pair.app.test_client(), pair.theirs.embed_token).draw(None).status_code == 200
    assert frame(pair.alice, "summary").draw(None).status_code == 200


def sweep_frame(pair: Pair, view: str, own: Frame, query: str) -> None:
    """Every address of frames, by one token."""
    for method, rule, _ in rules(pair.app):
        if rule.startswith("/embed/") and method == "GET":
            path = rule.replace("<path:path>", view)
            for search in (query, f"?k={pair.theirs.ids['kid']}"):
                pair.check(f"{rule} {search}", own.get(f"{path}{search}"))


def sweep_jobs(pair: Pair, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs of Acorn that name Cedar's things do nothing and send nothing of them."""
    sent: list[Any] = []
    monkeypatch.setattr("jobs.webhooks.post", lambda *given: sent.append(given) or 204)
    monkeypatch.setattr("jobs.alert_mail.deliver", lambda *given: sent.append(given[1].as_string()))
    monkeypatch.setattr("jobs.broker.publish", lambda *given: sent.append(given))
    settings = replace(settings, amqp_url="amqp://nobody@127.0.0.1:1")
    ids = pair.theirs.ids | {"version": "1"}
    with database.directory() as session:
        tenant = find_tenant(session, ACORN)
    names = {kind.name for kind in kinds_of(settings)}
    assert names == set(PAYLOADS), "say in PAYLOADS what these jobs are told"
    for kind in kinds_of(settings):
        payload = {PAYLOADS[kind.name]: int(ids[PAYLOADS[kind.name]])}
        with suppress(Later):  # what is done every day is put off until tomorrow
            kind.run(database, Taken(1, kind.name, tenant.id, payload, 1), Reins())
        if kind.gave_up is not None:
            kind.gave_up(database, Taken(1, kind.name, tenant.id, payload, 2), "given up")
    assert not [each for each in pair.secrets if each in str(sent)]


def signed_in_browser(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.post("/sign-in", data={"email": "alice@acorn.test", "password": PASSWORD})
    csrf = client.get("/auth/csrf").get_json()["csrf_token"]
    switched = client.post("/switch-tenant", data={"tenant": ACORN, "csrf_token": csrf})
    assert switched.status_code == 303
    csrf = client.get("/auth/csrf").get_json()["csrf_token"]
    assert client.post("/switch-tenant", data={"tenant": CEDAR, "csrf_token": csrf}).status_code == 404
    client.environ_base["HTTP_X_CSRF_TOKEN"] = csrf
    return client


def callbacks_of(client: Any, prefix: str = "") -> list[dict[str, Any]]:
    """The callbacks that the server answers."""
    client.get(f"{prefix}/_dash-layout")
    found = client.get(f"{prefix}/_dash-dependencies").get_json()
    return [each for each in found if not each["clientside_function"]]


def places(found: Any, values: dict[str, Any], other: Any) -> list[Any]:
    """Inputs or states as a browser sends them; ids of patterns name the other tenant's things."""
    sent: list[Any] = []
    for each in found:
        own: Any = each["id"]
        chosen = [other] if own in LISTS else {"at": other} if own in OBJECTS else other
        value = values.get(each["property"], 1 if each["property"] == "n_clicks" else chosen)
        if own.startswith("{"):
            own = {name: other if isinstance(part, list) else part for name, part in json.loads(own).items()}
            if "ALL" in each["id"]:
                sent.append([{"id": own, "property": each["property"], "value": value}])
                continue
        sent.append({"id": own, "property": each["property"], "value": value})
    return sent


def asked_callback(spec: dict[str, Any], values: dict[str, Any], other: Any) -> dict[str, Any]:
    """The body of a callback's request with these values, `other` for every property without one."""
    outputs = []
    for name in spec["output"].removeprefix("..").removesuffix("..").split("..."):
        own, _, prop = name.partition("@")[0].rpartition(".")
        if own.startswith("{"):
            own = {part: other if isinstance(value, list) else value for part, value in json.loads(own).items()}
        outputs.append({"id": own, "property": prop})
    inputs = places(spec["inputs"], values, other)
    first = inputs[0][0] if isinstance(inputs[0], list) else inputs[0]
    own = first["id"]
    if not isinstance(own, str):
        own = json.dumps(own, sort_keys=True, separators=(",", ":"))
    return {
        "output": spec["output"],
        "outputs": outputs if spec["output"].startswith("..") else outputs[0],
        "inputs": inputs,
        "state": places(spec["state"], values, other),
        "changedPropIds": [f"{own}.{first['property']}"],
    }
