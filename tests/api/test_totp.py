"""The second factor: RFC 6238's own vectors, and a person who switches it on, uses it, loses the phone."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import segno
from flask import Flask

from core import totp
from tests.api.test_dashboard import assert_problem
from tests.conftest import NOW, PASSWORD, Caller, Town
from web.state import state_of


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")],
)
def test_the_vectors_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238, appendix B, for SHA-1; the last six of its eight digits."""
    secret = b"12345678901234567890"
    assert totp.code_at(secret, seconds // 30) == code
    assert totp.step_of(secret, code, seconds) == seconds // 30
    assert totp.step_of(secret, code, seconds + 30) == seconds // 30
    assert totp.step_of(secret, code, seconds + 90) is None


class App:
    """An authenticator app that scanned the code."""

    def __init__(self, uri: str, clock: list[datetime]) -> None:
        parts = urlsplit(uri)
        assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
        assert unquote(parts.path) == "/Financial Dashboard:alice@acorn.test"
        text = parse_qs(parts.query)["secret"][0]
        self._secret = base64.b32decode(text + "=" * (-len(text) % 8))
        self._clock = clock

    def code(self) -> str:
        return totp.code_at(self._secret, int(self._clock[0].timestamp()) // 30)


@pytest.fixture
def phone(alice: Caller, clock: list[datetime]) -> App:
    """Alice's second factor is on."""
    assert_problem(alice.post("/auth/totp", {"password": "wrong"}), 403)
    begun = alice.post("/auth/totp", {"password": PASSWORD})
    assert begun.headers["Cache-Control"] == "no-store"
    app = App(begun.get_json()["uri"], clock)
    assert alice.get("/auth/totp").get_json() == {"enabled": False, "backup_codes": 0}
    assert assert_problem(alice.post("/auth/totp/confirm", {"code": "000000"}), 401)["code"] == "wrong_code"
    confirmed = alice.post("/auth/totp/confirm", {"code": app.code()})
    app.backup = confirmed.get_json()["backup_codes"]  # type: ignore[attr-defined]
    assert alice.get("/auth/totp").get_json() == {"enabled": True, "backup_codes": 10}
    clock[0] += timedelta(seconds=30)
    return app


def login(app: Flask, **more: Any) -> Any:
    body = {"email": "alice@acorn.test", "password": PASSWORD, **more}
    return app.test_client().post("/auth/login", json=body)


def test_a_code_is_asked_for_and_works_once(
    app: Flask, alice: Caller, phone: App, clock: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = "web.signing_in.password_fits"  # the hashes of a dozen sign-ins would only take time
    monkeypatch.setattr(quick, lambda given, stored: stored is not None and given == PASSWORD)
    assert assert_problem(login(app), 401)["code"] == "totp_required"
    assert assert_problem(login(app, password="wrong"), 401)["code"] == "wrong_credentials"
    assert assert_problem(login(app, totp="123456"), 401)["code"] == "wrong_code"
    code = phone.code()
    assert login(app, totp=f"{code[:3]} {code[3:]}").status_code == 200
    assert assert_problem(login(app, totp=code), 401)["code"] == "wrong_code"  # seen over the shoulder
    clock[0] += timedelta(seconds=30)
    assert login(app, totp=phone.code()).status_code == 200
    assert assert_problem(alice.post("/auth/totp", {"password": PASSWORD}), 409)["code"] == "totp_on"
    for _ in range(10):
        last = login(app, totp="000000")
    clock[0] += timedelta(seconds=30)
    assert last.status_code == 401
    assert login(app, totp=phone.code()).status_code == 429  # codes are guessed no faster than passwords


def test_without_the_phone_there_are_backup_codes(app: Flask, alice: Caller, phone: App, clock: list[datetime]) -> None:
    first, second, third = phone.backup[:3]  # type: ignore[attr-defined]
    assert re.fullmatch(r"([a-z2-7]{4}-){6}[a-z2-7]{2}", first)  # 128 bits
    assert login(app, totp=f" {first.upper().replace('-', ' ')} ").status_code == 200
    assert_problem(login(app, totp=first), 401)
    assert alice.get("/auth/totp").get_json()["backup_codes"] == 9
    renewed = alice.post("/auth/totp/backup-codes", {"code": second}).get_json()["backup_codes"]
    assert_problem(login(app, totp=third), 401)
    assert alice("DELETE", "/auth/totp", json={"code": renewed[0]}).status_code == 204
    assert login(app).status_code == 200
    assert_problem(alice("DELETE", "/auth/totp", json={"code": renewed[1]}), 401)


def test_the_page_asks_in_a_second_step(app: Flask, acorn: Town, phone: App, clock: list[datetime]) -> None:
    client = app.test_client()
    form = {"email": "alice@acorn.test", "password": PASSWORD, "next": "/?period=all"}
    page = client.post("/sign-in", data=form).get_data(as_text=True)
    assert "authenticator app" in page
    assert client.get("/tenant/info").status_code == 401  # the password alone signs nobody in
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)[1]  # type: ignore[index]
    assert_problem(Caller(client, ticket).get("/tenant/info"), 401)
    again = client.post("/sign-in/code", data={"ticket": ticket, "code": "000000", "next": "/?period=all"})
    assert (again.status_code, ticket in again.get_data(as_text=True)) == (401, True)
    done = client.post("/sign-in/code", data={"ticket": ticket, "code": phone.code(), "next": "/?period=all"})
    assert (done.status_code, done.headers["Location"]) == (303, "/?period=all")
    assert client.get("/tenant/info").status_code == 200
    clock[0] = NOW + timedelta(minutes=6)
    late = app.test_client().post("/sign-in/code", data={"ticket": ticket, "code": phone.code()})
    assert (late.status_code, "expired" in late.get_data(as_text=True)) == (401, True)


def test_a_new_password_ends_the_other_sessions(app: Flask, sign_in: Callable[..., Caller]) -> None:
    here, there = sign_in("alice@acorn.test", "org_1"), sign_in("alice@acorn.test", "user_1")
    body = {"current_password": PASSWORD, "new_password": "a better horse"}
    assert assert_problem(here.post("/auth/password", {**body, "current_password": "x"}), 403)["code"] == (
        "wrong_password"
    )
    assert assert_problem(here.post("/auth/password", {**body, "new_password": "short"}), 422)["errors"][0][
        "field"
    ] == ("new_password")
    fresh = here.post("/auth/password", body)
    assert fresh.status_code == 200
    for ended in (here, there):
        assert_problem(ended.get("/tenant/info"), 401)
    assert Caller(here.client, fresh.get_json()["access_token"]).get("/tenant/info").get_json()["key"] == "org_1"
    assert login(app, password="a better horse").status_code == 200


def test_signing_out_ends_copies_of_the_cookie(app: Flask, acorn: Town) -> None:
    client, thief = app.test_client(), app.test_client()
    client.post("/sign-in", data={"email": "alice@acorn.test", "password": PASSWORD})
    cookie = client.get_cookie("fd_session")
    assert cookie is not None
    thief.set_cookie("fd_session", cookie.value)
    other = app.test_client()
    other.post("/sign-in", data={"email": "alice@acorn.test", "password": PASSWORD})
    assert thief.get("/tenant/info").status_code == 200
    token = client.get("/auth/csrf").get_json()["csrf_token"]
    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 303
    for worker_remembers in (True, False):
        assert thief.get("/tenant/info").status_code == 401
        assert other.get("/tenant/info").status_code == 200
        if worker_remembers:
            state_of(app).memory.__init__()  # type: ignore[misc]


def test_an_access_token_that_was_signed_out_is_void(sign_in: Callable[..., Caller]) -> None:
    one, other = sign_in("alice@acorn.test"), sign_in("alice@acorn.test")
    assert one.post("/auth/logout", {}).status_code == 204
    assert_problem(one.get("/tenant/info"), 401)
    assert other.get("/tenant/info").status_code == 200


def test_the_account_page_does_all_of_it(app: Flask, acorn: Town, clock: list[datetime]) -> None:
    client = app.test_client()
    client.post("/sign-in", data={"email": "bob@acorn.test", "password": PASSWORD})
    csrf = client.get("/auth/csrf").get_json()["csrf_token"]

    def send(do: str, **fields: Any) -> str:
        answer = client.post("/account", data={"csrf_token": csrf, "do": do, **fields})
        assert answer.headers["Cache-Control"] == "no-store"
        return str(answer.status_code) + answer.get_data(as_text=True)

    assert client.post("/account", data={"do": "totp", "password": PASSWORD}).status_code == 403
    assert "bob@acorn.test, editor of Acorn Ltd" in client.get("/account").get_data(as_text=True)
    assert client.post("/account", data={"csrf_token": csrf, "do": "nothing"}).status_code == 400
    page = send("token", name="<b>ci</b>", scopes=["read", "write"], expires_on="2026-12-31")
    token = re.search(r"fd_[\w-]+", page)[0]  # type: ignore[index]
    assert Caller(client, token).get("/tenant/info").status_code == 200
    assert "&lt;b&gt;ci&lt;/b&gt;" in page
    assert 'value="admin"' not in page  # beyond an editor
    assert send("token", name="x", scopes=["admin"]).startswith("403")
    assert send("token", name="", scopes=["read"]).startswith("422")
    assert send("revoke", id="1").startswith("200")
    assert Caller(client, token).get("/tenant/info").status_code == 401
    assert send("totp", password="wrong").startswith("403")
    page = send("totp", password=PASSWORD)
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]  # type: ignore[index]
    uri = unescape(re.search(r'href="(otpauth:[^"]+)"', page)[1])  # type: ignore[index]
    assert f"secret={secret}" in uri
    picture = unescape(re.search(r'class="qr-code" src="([^"]+)"', page)[1])  # type: ignore[index]
    assert picture == segno.make_qr(uri, error="m").svg_data_uri(border=4, light="white", omitsize=True)
    assert "img-src 'self' data:" in client.get("/account").headers["Content-Security-Policy"]
    code = totp.code_at(base64.b32decode(secret), int(clock[0].timestamp()) // 30)
    assert send("totp-confirm", code=code).count("<li><code>") == 10
    assert "10 backup codes are left" in client.get("/account").get_data(as_text=True)
    clock[0] += timedelta(seconds=30)
    code = totp.code_at(base64.b32decode(secret), int(clock[0].timestamp()) // 30)
    page = send("totp-off", code=code)
    assert "second factor is off" in page
    assert 'name="do" value="end-others"' in page
    assert "All other sessions have ended" in send("end-others")
    refused = send("password", current_password=PASSWORD, new_password="Password1")
    assert refused.startswith("422")
    assert "one of the passwords that are tried first" in refused
    assert "all other sessions have ended" in send("password", current_password=PASSWORD, new_password="another one")
    assert client.get("/tenant/info").status_code == 200  # this one goes on
