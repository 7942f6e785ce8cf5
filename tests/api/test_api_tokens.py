"""Stored tokens and the keys that sign the others: what they open, and when they stop."""

from __future__ import annotations

import json
import random
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from flask import Flask
from jwt.warnings import InsecureKeyLengthWarning

from core.errors import Unauthorized
from data.db import Database
from tests.api.test_dashboard import assert_problem
from tests.api.test_identity import HEADERS, KEY, _forged
from tests.conftest import NOW, PASSWORD, SECRET, Caller, Town
from web import keys, tokens
from web.state import State, attach, state_of


def issue(caller: Caller, *scopes: str, **more: Any) -> dict[str, Any]:
    answer = caller.post("/auth/tokens", {"name": "nightly", "scopes": list(scopes), **more})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return dict(answer.get_json())


def test_a_token_is_shown_once_and_opens_what_its_scopes_say(app: Flask, alice: Caller, database: Database) -> None:
    made = issue(alice, "read", "import", expires_on="2026-12-31")
    assert made["token"].startswith("fd_")
    assert (made["scopes"], made["expires_on"], made["last_used_at"]) == (["read", "import"], "2026-12-31", None)
    (listed,) = alice.get("/auth/tokens").get_json()["data"]
    assert listed == {name: value for name, value in made.items() if name != "token"}
    with database.directory() as session:
        (stored,) = session.connection().exec_driver_sql("SELECT token_hash FROM api_tokens").scalars()
    assert bytes(stored) == tokens.opaque_hash(made["token"])
    program = Caller(app.test_client(), made["token"])
    assert program.get("/financial/dashboard/summary").status_code == 200
    assert program.get("/financial/dashboard/summary").headers["Server-Timing"].startswith('cache;desc="hit"')
    assert assert_problem(program.post("/financial/tags", {"name": "x"}), 403)["code"] == "insufficient_scope"
    # It may neither make tokens nor see them: only who signed in may, or a token for that.
    assert_problem(program.get("/auth/tokens"), 403)
    assert_problem(program.post("/auth/tokens", {"name": "more", "scopes": ["admin"]}), 403)
    assert_problem(program.delete(f"/auth/tokens/{made['id']}"), 403)
    assert_problem(program.delete("/auth/tokens/999"), 404)


def test_a_revoked_token_is_refused_at_once_by_every_worker(app: Flask, alice: Caller, database: Database) -> None:
    made = issue(alice, "read")
    program = Caller(app.test_client(), made["token"])
    assert program.get("/tenant/info").status_code == 200
    here = state_of(app)
    attach(app, State(here.settings, database, clock=here.clock))  # another worker: it remembers nothing
    assert program.get("/tenant/info").status_code == 200
    there = state_of(app)
    assert alice.delete(f"/auth/tokens/{made['id']}").status_code == 204
    for worker in (here, there):
        attach(app, worker)
        assert assert_problem(program.get("/tenant/info"), 401)["code"] == "invalid_token"
        assert_problem(program.get("/financial/dashboard"), 401)
    assert_problem(alice.delete(f"/auth/tokens/{made['id']}"), 404)
    assert alice.get("/auth/tokens").get_json()["data"] == []


def test_a_token_works_through_its_last_day_of_the_tenant(app: Flask, alice: Caller, clock: list[datetime]) -> None:
    assert assert_problem(alice.post("/auth/tokens", _body(expires_on="2026-06-16")), 422)["errors"][0]["field"] == (
        "expires_on"
    )
    program = Caller(app.test_client(), issue(alice, "read", expires_on="2026-06-17")["token"])
    clock[0] = datetime(2026, 6, 17, 21, 59, 59, tzinfo=UTC)  # midnight in Berlin is 22:00 in UTC
    assert program.get("/tenant/info").status_code == 200
    clock[0] += timedelta(seconds=1)
    assert assert_problem(program.get("/tenant/info"), 401)["code"] == "token_expired"


def _body(**changes: Any) -> dict[str, Any]:
    return {"name": "nightly", "scopes": ["read"], **changes}


def test_no_token_goes_beyond_its_maker(sign_in: Callable[..., Caller], alice: Caller, charlie: Caller) -> None:
    vera, bob = sign_in("vera@acorn.test", "org_1"), sign_in("bob@acorn.test", "org_1")
    assert_problem(vera.post("/auth/tokens", _body(scopes=["read", "write"])), 403)
    assert_problem(bob.post("/auth/tokens", _body(scopes=["embed"])), 403)
    for wrong in (_body(scopes=[]), _body(scopes=["root"]), _body(name=""), _body(scopes="read"), _body(token="x")):
        assert_problem(alice.post("/auth/tokens", wrong), 422)
    others = issue(alice, "read")
    for stranger in (vera, bob, charlie):
        assert_problem(stranger.delete(f"/auth/tokens/{others['id']}"), 404)
        assert stranger.get("/auth/tokens").get_json()["data"] == []


def test_a_token_has_no_more_than_its_persons_present_role(app: Flask, acorn: Town, alice: Caller) -> None:
    program = Caller(app.test_client(), issue(alice, "read", "write")["token"])
    assert program.post("/financial/tags", {"name": "before"}).status_code == 201
    acorn.person("alice@acorn.test", org_1="viewer")
    assert assert_problem(program.post("/financial/tags", {"name": "after"}), 403)["code"] == "forbidden"
    assert alice.post("/auth/logout", {"everywhere": True}).status_code == 204
    assert program.get("/tenant/info").status_code == 200  # it has a life of its own, till it is revoked


def test_the_last_use_is_written_once_a_minute(
    app: Flask, alice: Caller, clock: list[datetime], database: Database
) -> None:
    program = Caller(app.test_client(), issue(alice, "read")["token"])
    seen = []
    for seconds in (0, 30, 59, 61):
        clock[0] = NOW + timedelta(seconds=seconds)
        program.get("/tenant/info")
        state_of(app).usage.settle()
        seen.append(alice.get("/auth/tokens").get_json()["data"][0]["last_used_at"])
    assert seen == ["2026-06-17T10:30:00Z"] * 3 + ["2026-06-17T10:31:01Z"]


def test_a_retry_gets_no_second_token_and_sees_no_secret(alice: Caller, database: Database) -> None:
    headers = {"Idempotency-Key": "one"}
    first = alice.post("/auth/tokens", _body(), headers=headers)
    again = alice.post("/auth/tokens", _body(), headers=headers)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert again.get_json() == {**first.get_json(), "token": None}


def test_rotated_keys_sign_nobody_out_until_the_second_time(app: Flask, alice: Caller, database: Database) -> None:
    def kid(caller: Caller) -> str:
        return str(jwt.get_unverified_header(caller.token)["kid"])

    def rotate(*, end_old: bool = False) -> Caller:
        with database.directory() as session:
            keys.rotate(session, end_old=end_old)
        body = {"email": "alice@acorn.test", "password": PASSWORD, "tenant": "org_1"}
        return Caller(alice.client, app.test_client().post("/auth/login", json=body).get_json()["access_token"])

    second = rotate()
    assert kid(second) != kid(alice) == tokens.key_id(SECRET, tokens.ACCESS)
    for caller in (alice, second):
        assert caller.get("/tenant/info").status_code == 200
    third = rotate()
    assert_problem(alice.get("/tenant/info"), 401)
    assert second.get("/tenant/info").status_code == 200
    only = rotate(end_old=True)
    for caller in (alice, second, third):
        assert_problem(caller.get("/tenant/info"), 401)
    assert only.get("/tenant/info").status_code == 200


def test_damaged_and_forged_tokens_open_nothing(app: Flask, acorn: Town) -> None:
    """One token, thousands of ways to get it wrong; the right one opens the door to show that the others could."""
    memory, now = state_of(app).memory, NOW
    database = state_of(app).database
    good = _forged({}, {}, KEY, "HS256")

    def opens(token: str) -> bool:
        try:
            memory.claims(database, (SECRET,), tokens.ACCESS, token, now)
        except Unauthorized:
            return False
        return True

    assert opens(good)
    chance = random.Random(9)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=é "
    for _ in range(1_500):
        place, letter = chance.randrange(len(good) - 1), chance.choice(letters)
        damaged = good[:place] + letter + good[place + chance.choice((0, 1, 1, 2)) :]
        assert damaged == good or not opens(damaged)
    assert not any(opens(good[:length]) for length in range(len(good)))
    second = int(now.timestamp())
    wrong: list[tuple[dict[str, Any], dict[str, Any], Any, str]] = [
        ({"exp": second}, {}, KEY, "HS256"),
        ({"exp": second - 1}, {}, KEY, "HS256"),
        ({"iat": second + 61}, {}, KEY, "HS256"),
        ({"exp": 2**70}, {}, KEY, "HS256"),
        ({"exp": True}, {}, KEY, "HS384"),
        ({"aud": ["pages"]}, {}, KEY, "HS256"),
        ({"sub": {}}, {}, KEY, "HS256"),
        ({"jti": None}, {}, KEY, "HS256"),
        ({"epoch": None}, {}, KEY, "HS256"),
        ({"tid": None}, {}, KEY, "HS256"),
        ({"iss": None}, {}, KEY, "HS256"),
        ({"aud": None}, {}, KEY, "HS256"),
        ({}, {"kid": ""}, KEY, "HS256"),
        ({}, {"kid": "../../dev/null"}, KEY, "HS256"),
        ({}, {"kid": tokens.key_id(SECRET, tokens.SESSION)}, KEY, "HS256"),
        ({}, {}, tokens._key(SECRET, tokens.SESSION.typ), "HS256"),
        ({}, {"typ": tokens.SECOND_STEP.typ}, KEY, "HS256"),
        ({}, {}, KEY, "HS512"),
    ]
    for claims, headers, key, algorithm in wrong:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InsecureKeyLengthWarning)
            token = _forged(claims, headers, key, algorithm)
        assert not opens(token), (claims, headers, algorithm)
    assert not opens(jwt.encode(json.loads('{"x": "' + "x" * 100_000 + '"}'), KEY, headers=HEADERS))


def test_a_made_up_stored_token_is_refused(app: Flask, acorn: Town) -> None:
    for token in ("fd_", "fd_x", "fd_" + "x" * 100_000, "fd_é"):
        headers = {"Authorization": f"Bearer {token}".encode().decode("latin-1")}
        assert_problem(app.test_client().get("/tenant/info", headers=headers), 401)
