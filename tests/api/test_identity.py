"""Signing in, the guard, and what the tokens are worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import jwt
import pytest
from argon2 import PasswordHasher
from flask import Flask

from data import directory
from tests.api.test_dashboard import assert_problem
from tests.conftest import NOW, PASSWORD, SECRET, Caller, Town
from web import tokens
from web.state import State, attach, state_of


def login(app: Flask, **body: Any) -> Any:
    return app.test_client().post("/auth/login", json=body)


def test_login_gives_tokens_for_one_tenant(app: Flask, acorn: Town) -> None:
    answer = login(app, email="Alice@Acorn.test", password=PASSWORD)
    body = answer.get_json()
    assert answer.status_code == 200
    assert (body["token_type"], body["expires_in"], body["tenant"]) == ("Bearer", 900, "org_1")
    assert [(each["key"], each["role"]) for each in body["tenants"]] == [("org_1", "owner"), ("user_1", "owner")]
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_last_used_tenant_is_the_next_one(app: Flask, acorn: Town) -> None:
    assert login(app, email="alice@acorn.test", password=PASSWORD, tenant="user_1").get_json()["tenant"] == "user_1"
    assert login(app, email="alice@acorn.test", password=PASSWORD).get_json()["tenant"] == "user_1"


@pytest.mark.parametrize(
    "body",
    [
        {"email": "alice@acorn.test", "password": "wrong"},
        {"email": "nobody@acorn.test", "password": PASSWORD},
    ],
)
def test_wrong_credentials_are_told_in_one_way(app: Flask, acorn: Town, body: dict[str, str]) -> None:
    problem = assert_problem(login(app, **body), 401)
    assert (problem["code"], problem["detail"]) == ("wrong_credentials", "The e-mail address or the password is wrong")


def test_a_tenant_one_does_not_belong_to_is_a_404(app: Flask, acorn: Town) -> None:
    assert_problem(login(app, email="alice@acorn.test", password=PASSWORD, tenant="org_9"), 404)


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"json": {"email": "a@b.c"}}, 422),
        ({"json": {"email": 1, "password": "x"}}, 422),
        ({"json": {"email": "a@b.c", "password": "x", "admin": True}}, 422),
        ({"json": []}, 422),
        ({"data": "{", "content_type": "application/json"}, 400),
        ({"data": b"\xff", "content_type": "application/json"}, 400),
        ({"data": "email=a", "content_type": "text/plain"}, 415),
        ({"json": {}, "headers": {"Content-Encoding": "gzip"}}, 415),
        ({"data": b"[" + b" " * (17 * 1024 * 1024), "content_type": "application/json"}, 413),
    ],
)
def test_bad_bodies_are_told_apart(app: Flask, acorn: Town, options: dict[str, Any], status: int) -> None:
    assert_problem(app.test_client().post("/auth/login", **options), status)


@pytest.mark.parametrize(
    ("path", "length", "status", "heard"),
    [
        ("/auth/login", 1 << 25, 413, True),
        ("/financial/imports", 1 << 20, 401, True),
        ("/auth/login", 1 << 40, 413, False),
    ],
)
def test_a_refused_body_is_heard_out(app: Flask, path: str, length: int, status: int, heard: bool) -> None:
    """Else its sender sees a broken pipe instead of the answer; of what is far too large nothing is read."""
    body = BytesIO(b" " * min(length, 1 << 25))
    said = {"CONTENT_LENGTH": str(length)}
    answer = app.test_client().post(path, input_stream=body, content_type="application/json", environ_overrides=said)
    assert_problem(answer, status)
    assert body.tell() == (length if heard else 0)


def test_refresh_tokens_rotate_and_a_used_one_ends_the_family(app: Flask, acorn: Town) -> None:
    client = app.test_client()
    first = login(app, email="alice@acorn.test", password=PASSWORD).get_json()["refresh_token"]
    second = client.post("/auth/refresh", json={"refresh_token": first}).get_json()["refresh_token"]
    assert second != first
    assert_problem(client.post("/auth/refresh", json={"refresh_token": first}), 401)
    assert_problem(client.post("/auth/refresh", json={"refresh_token": second}), 401)


def test_refresh_switches_tenants_of_ones_own(app: Flask, acorn: Town) -> None:
    client = app.test_client()
    token = login(app, email="alice@acorn.test", password=PASSWORD).get_json()["refresh_token"]
    # What is refused uses nothing up: a wrong key must not end the session.
    assert_problem(client.post("/auth/refresh", json={"refresh_token": token, "tenant": "org_9"}), 404)
    body = client.post("/auth/refresh", json={"refresh_token": token, "tenant": "user_1"}).get_json()
    assert body["tenant"] == "user_1"
    assert_problem(client.post("/auth/refresh", json={"refresh_token": token}), 401)


def test_logout_everywhere_ends_all_sessions(sign_in: Callable[..., Caller]) -> None:
    one, other = sign_in("alice@acorn.test"), sign_in("alice@acorn.test")
    assert one.post("/auth/logout", {"everywhere": True}).status_code == 204
    assert assert_problem(other.get("/tenant/info"), 401)["code"] == "session_ended"


def test_tenant_info(alice: Caller) -> None:
    assert alice.get("/tenant/info").get_json() == {
        "key": "org_1",
        "type": "organization",
        "name": "Acorn Ltd",
        "currency": "EUR",
        "timezone": "Europe/Berlin",
        "month_start": 1,
        "locale": "en-IE",
        "role": "owner",
        "features": {"dashboard": True},
        "version": 0,
    }


def test_an_access_token_lives_15_minutes(alice: Caller, clock: list[datetime]) -> None:
    clock[0] = NOW + timedelta(minutes=14, seconds=59)
    assert alice.get("/tenant/info").status_code == 200
    clock[0] = NOW + timedelta(minutes=15)
    answer = alice.get("/tenant/info")
    assert assert_problem(answer, 401)["code"] == "token_expired"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def _forged(claims: dict[str, Any], headers: dict[str, Any], key: bytes | str, algorithm: str | None) -> str:
    now = int(NOW.timestamp())
    good = {
        "iss": tokens.ISSUER, "aud": "api", "sub": "1", "tid": "1", "epoch": 0, "jti": "x", "iat": now, "exp": now + 60
    }  # fmt: skip
    payload = {name: value for name, value in {**good, **claims}.items() if value is not None}
    return jwt.encode(payload, key, algorithm=algorithm, headers={**HEADERS, **headers})


HEADERS = {"typ": "at+jwt", "kid": tokens.key_id(SECRET, tokens.ACCESS)}
KEY = tokens._key(SECRET, "at+jwt")


@pytest.mark.parametrize(
    ("claims", "headers", "key", "algorithm"),
    [
        ({}, {}, "", "none"),
        ({}, {}, b"another key that is long enough for hs256", "HS256"),
        ({}, {"typ": "JWT"}, KEY, "HS256"),
        ({}, {"typ": "session+jwt"}, KEY, "HS256"),
        ({}, {"kid": "000000000000"}, KEY, "HS256"),
        ({"aud": "pages"}, {}, KEY, "HS256"),
        ({"iss": "somebody"}, {}, KEY, "HS256"),
        ({"sub": None}, {}, KEY, "HS256"),
        ({"tid": "x"}, {}, KEY, "HS256"),
        ({"exp": None}, {}, KEY, "HS256"),
        ({"exp": "soon"}, {}, KEY, "HS256"),
        ({"iat": int(NOW.timestamp()) + 3600}, {}, KEY, "HS256"),
        ({"tid": "999"}, {}, KEY, "HS256"),
        ({"epoch": 7}, {}, KEY, "HS256"),
    ],
)
def test_forged_tokens_are_worth_nothing(
    app: Flask, acorn: Town, claims: dict[str, Any], headers: dict[str, Any], key: Any, algorithm: str
) -> None:
    token = _forged(claims, headers, key, algorithm)
    assert_problem(Caller(app.test_client(), token).get("/tenant/info"), 401)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "x" * 100_000])
def test_garbage_is_no_token(app: Flask, acorn: Town, token: str) -> None:
    answer = app.test_client().get(
        "/tenant/info", headers={"Authorization": f"Bearer {token}".encode().decode("latin-1")}
    )
    assert_problem(answer, 401)


def test_a_session_cookie_is_no_bearer_token(app: Flask, acorn: Town) -> None:
    token, _ = tokens.issue(SECRET, tokens.SESSION, person_id=1, tenant_id=1, epoch=0, now=NOW)
    assert_problem(Caller(app.test_client(), token).get("/tenant/info"), 401)


OPEN = {
    "/health", "/health/dashboard", "/metrics", "/auth/login", "/auth/refresh", "/openapi.json", "/docs", "/sign-in",
    "/sign-in/code", "/forgot-password", "/reset-password", "/invitation",
}  # fmt: skip


def test_every_route_but_the_open_ones_asks_who_one_is(app: Flask, acorn: Town) -> None:
    client = app.test_client()
    checked = 0
    for rule in app.url_map.iter_rules():
        path = rule.rule
        for argument in rule.arguments:
            path = (
                path.replace(f"<{argument}>", "1")
                .replace(f"<path:{argument}>", "nowhere")
                .replace(f"<string:{argument}>", "1")
            )
        if path in OPEN or path.startswith(("/assets/", "/_dash-component-suites/", "/_favicon")):
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = client.open(path, method=method)
            signs_in = answer.status_code in (302, 303) and answer.headers["Location"].startswith("/sign-in")
            assert answer.status_code in (401, 404) or signs_in, (method, path, answer.status_code)
            checked += 1
    assert checked > 30


def test_unknown_addresses_of_programs_are_json(alice: Caller) -> None:
    for path in ("/financial/nothing", "/auth/nothing", "/tenant/nothing", "/financial/transactions/null"):
        assert_problem(alice.get(path), 404)
    answer = alice.post("/financial/dashboard")
    assert_problem(answer, 405)
    assert "GET" in answer.headers["Allow"]


def test_the_page_signs_in_with_a_cookie_and_writes_need_its_token(app: Flask, acorn: Town) -> None:
    client = app.test_client()
    assert client.get("/").headers["Location"] == "/sign-in"
    form = {"email": "alice@acorn.test", "password": PASSWORD, "next": "/?period=all"}
    assert client.post("/sign-in", data={**form, "password": "no"}).status_code == 401
    answer = client.post("/sign-in", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?period=all")
    cookie = next(value for name, value in answer.headers if name == "Set-Cookie" and value.startswith("fd_session"))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert client.get("/tenant/info").status_code == 200
    assert_problem(client.post("/financial/categories", json={"name": "Food"}), 403)
    token = client.get("/auth/csrf").get_json()["csrf_token"]
    written = client.post("/financial/categories", json={"name": "Food"}, headers={"X-CSRF-Token": token})
    assert written.status_code == 201
    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 303
    assert client.get("/tenant/info").status_code == 401


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)", "evil"])
def test_signing_in_leads_nowhere_else(app: Flask, acorn: Town, target: str) -> None:
    form = {"email": "alice@acorn.test", "password": PASSWORD, "next": target}
    assert app.test_client().post("/sign-in", data=form).headers["Location"] == "/"


def test_another_site_cannot_sign_somebody_in(app: Flask, acorn: Town) -> None:
    form = {"email": "alice@acorn.test", "password": PASSWORD}
    client = app.test_client()
    assert client.post("/sign-in", data=form, headers={"Origin": "https://evil.test"}).status_code == 403
    assert client.post("/sign-in", data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_viewer_reads_and_does_not_write(sign_in: Callable[..., Caller], caplog: pytest.LogCaptureFixture) -> None:
    vera = sign_in("vera@acorn.test", "org_1")
    assert vera.get("/financial/dashboard").status_code == 200
    assert_problem(vera.post("/financial/categories", {"name": "Food"}), 403)
    assert_problem(vera.post("/financial/transactions", {}), 403)
    told = [each.__dict__["fields"] for each in caplog.records if each.name == "dashboard.security"]
    assert [(each["actor"], each["endpoint"], each["missing"]) for each in told] == [
        ("person:3", f"/financial/{name}", "the role editor") for name in ("categories", "transactions")
    ]


def test_a_hash_with_older_parameters_is_made_anew(app: Flask, acorn: Town, sign_in: Callable[..., Caller]) -> None:
    before = sign_in("bob@acorn.test")
    old = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    with acorn.database.directory() as session:
        directory.set_password(session, 2, old, end_sessions=False)

    def stored() -> str:
        with acorn.database.directory() as session:
            person = directory.find_person(session, "bob@acorn.test")
        assert person is not None
        return person.password_hash

    form = {"email": "bob@acorn.test", "password": "wrong"}
    assert app.test_client().post("/auth/login", json=form).status_code == 401
    assert stored() == old
    sign_in("bob@acorn.test")
    new = stored()
    assert "m=65536," in new
    sign_in("bob@acorn.test")
    assert stored() == new
    assert before.get("/tenant/info").status_code == 200  # nobody is signed out by it


def test_with_tls_all_cookies_are_of_this_host_alone(app: Flask, acorn: Town, clock: list[datetime]) -> None:
    settings = replace(state_of(app).settings, environment="production")
    attach(app, State(settings, acorn.database, clock=lambda: clock[0]))
    client = app.test_client()
    entered = client.post("/sign-in", data={"email": "bob@acorn.test", "password": PASSWORD}, base_url="https://a.test")
    csrf = client.get_cookie("__Host-fd_csrf", "a.test")
    assert csrf is not None
    client.set_cookie("__Host-fd_language", "de", domain="a.test")
    assert 'lang="de"' in client.get("/account", base_url="https://a.test").get_data(as_text=True)
    left = client.post("/sign-out", data={"csrf_token": csrf.value}, base_url="https://a.test")
    assert (entered.status_code, left.status_code) == (303, 303)
    for answer in (entered, left):
        set_ = answer.headers.getlist("Set-Cookie")
        assert [each.partition("=")[0] for each in set_] == ["__Host-fd_session", "__Host-fd_csrf"]
        assert all("; Secure" in each and "Path=/" in each and "Domain" not in each for each in set_)
