"""People come by invitation, change roles, leave; forgotten passwords are set anew by a link."""

from __future__ import annotations

import re
import smtplib
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from core.settings import Settings
from data.db import Database
from tests.api.test_dashboard import assert_problem
from tests.conftest import NOW, PASSWORD, Caller, Town
from web.state import State, attach


class Server:
    """The mail server outside: what it got is kept in `got`."""

    got: list[Any]

    def __init__(self, host: str, port: int, **_options: Any) -> None:
        assert (host, port) == ("mail.test", 587)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def ehlo(self) -> None:
        pass

    def has_extn(self, _name: str) -> bool:
        return True

    def starttls(self, **_options: Any) -> None:
        self.got.append("tls")

    def login(self, user: str, password: str) -> None:
        assert (user, password) == ("us", "s:p")

    def send_message(self, message: Any) -> None:
        self.got.append(message)


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the mail server outside got."""
    Server.got = []
    monkeypatch.setattr(smtplib, "SMTP", Server)
    return Server.got


@pytest.fixture
def posted(app: Flask, settings: Settings, database: Database, clock: list[datetime], letters: list[Any]) -> list[Any]:
    """The application with a mail server and an address of its own."""
    given = replace(settings, smtp_url="smtp://us:s%3Ap@mail.test", public_url="https://money.test/")
    attach(app, State(given, database, clock=lambda: clock[0]))
    return letters


def delivered(letters: list[Any]) -> str:
    """The link in the letter that is on its way, or there."""
    for thread in threading.enumerate():
        if thread.name == "mail":
            thread.join()
    assert letters[0] == "tls"
    return re.search(r"https://\S+", letters[-1].get_content())[0]  # type: ignore[index]


def path_of(link: str) -> tuple[str, str]:
    parts = urlsplit(link)
    return parts.path, parse_qs(parts.query)["token"][0]


def test_somebody_new_comes_in_by_a_letter(app: Flask, alice: Caller, posted: list[Any]) -> None:
    made = alice.post(
        "/tenant/invitations", {"email": "new@acorn.test", "role": "editor"}, headers={"Host": "evil.test"}
    )
    assert (made.status_code, made.get_json()["sent"]) == (201, True)
    link = delivered(posted)
    assert link == made.get_json()["link"]
    assert link.startswith("https://money.test/invitation?token=")  # never the host that a request names
    path, token = path_of(link)
    client = app.test_client()
    page = client.get(path, query_string={"token": token})
    assert "new@acorn.test" in page.get_data(as_text=True)
    assert page.headers["Cache-Control"] == "no-store"
    form = {"token": token, "password": "short"}
    assert client.post(path, data={**form, "password": "qwertyuiop"}).status_code == 422
    assert client.post(path, data=form).status_code == 422
    assert client.post(path, data=form, headers={"Origin": "https://evil.test"}).status_code == 403
    assert client.post(path, data={**form, "password": "long enough"}).headers["Location"] == "/sign-in"
    assert client.post(path, data={**form, "password": "another one"}).status_code == 404
    body = {"email": "new@acorn.test", "password": "long enough"}
    signed = client.post("/auth/login", json=body).get_json()
    assert [(each["key"], each["role"]) for each in signed["tenants"]] == [("org_1", "editor")]
    assert alice.get("/tenant/invitations").get_json()["data"] == []


def test_somebody_known_keeps_the_password_and_the_higher_role(app: Flask, alice: Caller, acorn: Town) -> None:
    made = alice.post("/tenant/invitations", {"email": "Charlie@cedar.test", "role": "viewer"}).get_json()
    assert made["sent"] is False
    path, token = path_of(made["link"])
    acorn.person("charlie@cedar.test", org_1="admin")
    assert app.test_client().post(path, data={"token": token, "password": "hijacked it"}).status_code == 303
    body = {"email": "charlie@cedar.test", "password": PASSWORD, "tenant": "org_1"}
    signed = app.test_client().post("/auth/login", json=body).get_json()
    assert [(each["key"], each["role"]) for each in signed["tenants"]] == [("org_1", "admin"), ("org_9", "owner")]
    again = alice.post("/tenant/invitations", {"email": "charlie@cedar.test", "role": "viewer"})
    assert assert_problem(again, 409)["code"] == "already_member"


def test_links_end(app: Flask, alice: Caller, charlie: Caller, clock: list[datetime]) -> None:
    def invited(email: str = "x@acorn.test") -> dict[str, Any]:
        return dict(alice.post("/tenant/invitations", {"email": email, "role": "viewer"}).get_json())

    def opens(made: dict[str, Any]) -> bool:
        return app.test_client().get("/invitation", query_string={"token": path_of(made["link"])[1]}).status_code == 200

    first = invited()
    second = invited("X@ACORN.test")
    assert (opens(first), opens(second)) == (False, True)  # one link for each address
    assert_problem(charlie.delete(f"/tenant/invitations/{second['id']}"), 404)
    assert alice.delete(f"/tenant/invitations/{second['id']}").status_code == 204
    assert not opens(second)
    third = invited()
    clock[0] = NOW + timedelta(days=7)
    assert not opens(third)
    for wrong in ("no-address", "a@b\nBcc: c@d", "a b@c.d", "<a@b.c>"):
        assert_problem(alice.post("/tenant/invitations", {"email": wrong, "role": "viewer"}), 401)
    clock[0] = NOW
    for wrong in ("no-address", "a@b\nBcc: c@d", "a b@c.d", "<a@b.c>"):
        assert_problem(alice.post("/tenant/invitations", {"email": wrong, "role": "viewer"}), 422)


def test_roles_change_but_never_upwards_and_an_owner_stays(
    sign_in: Callable[..., Caller], acorn: Town, alice: Caller
) -> None:
    acorn.person("ada@acorn.test", org_1="admin")
    ada, vera = sign_in("ada@acorn.test", "org_1"), sign_in("vera@acorn.test", "org_1")
    ids = {each["email"]: each["id"] for each in alice.get("/tenant/people").get_json()["data"]}
    assert set(ids) == {"alice@acorn.test", "bob@acorn.test", "vera@acorn.test", "ada@acorn.test"}
    assert_problem(vera.get("/tenant/people"), 403)
    bob, owner = f"/tenant/people/{ids['bob@acorn.test']}", f"/tenant/people/{ids['alice@acorn.test']}"
    assert ada.patch(bob, {"role": "admin"}).get_json()["role"] == "admin"
    assert_problem(ada.patch(bob, {"role": "owner"}), 403)
    assert_problem(ada.patch(owner, {"role": "viewer"}), 403)
    assert_problem(ada.delete(owner), 403)
    assert_problem(ada.post("/tenant/invitations", {"email": "o@acorn.test", "role": "owner"}), 403)
    for refused in (alice.patch(owner, {"role": "admin"}), alice.delete(owner), alice.post("/tenant/leave")):
        assert assert_problem(refused, 409)["code"] == "last_owner"
    assert alice.patch(bob, {"role": "owner"}).status_code == 200
    assert alice.post("/tenant/leave").status_code == 204
    assert_problem(alice.get("/tenant/info"), 401)
    assert vera.post("/tenant/leave").status_code == 204
    assert_problem(vera.get("/tenant/info"), 401)
    assert_problem(ada.delete("/tenant/people/999"), 404)


def test_who_is_removed_is_out_with_all_tokens(app: Flask, sign_in: Callable[..., Caller], acorn: Town) -> None:
    alice, bob = sign_in("alice@acorn.test", "org_1"), sign_in("bob@acorn.test", "org_1")
    token = bob.post("/auth/tokens", {"name": "his", "scopes": ["read"]}).get_json()["token"]
    program = Caller(app.test_client(), token)
    assert program.get("/tenant/info").status_code == 200
    ids = {each["email"]: each["id"] for each in alice.get("/tenant/people").get_json()["data"]}
    assert alice.delete(f"/tenant/people/{ids['bob@acorn.test']}").status_code == 204
    assert_problem(bob.get("/tenant/info"), 401)
    assert_problem(program.get("/tenant/info"), 401)
    acorn.person("bob@acorn.test", org_1="viewer")
    assert_problem(program.get("/tenant/info"), 401)  # coming back revives nothing


def test_a_forgotten_password_is_set_by_a_letter(
    app: Flask, sign_in: Callable[..., Caller], posted: list[Any], clock: list[datetime]
) -> None:
    signed = sign_in("alice@acorn.test")
    client = app.test_client()
    assert "Forgot" in client.get("/sign-in").get_data(as_text=True)
    pages = [client.post("/forgot-password", data={"email": each}) for each in ("Alice@acorn.test", "no@acorn.test")]
    assert pages[0].get_data() == pages[1].get_data()
    path, token = path_of(delivered(posted))
    assert len(posted) == 2
    assert client.get(path, query_string={"token": token}).status_code == 200
    assert client.post(path, data={"token": token, "password": "short"}).status_code == 422
    for guess in ("Sunshine1", "alice-2026!"):
        assert client.post(path, data={"token": token, "password": guess}).status_code == 422
    assert client.post(path, data={"token": token, "password": "brand new one"}).headers["Location"] == "/sign-in"
    assert client.post(path, data={"token": token, "password": "once more now"}).status_code == 404
    assert_problem(signed.get("/tenant/info"), 401)
    body = {"email": "alice@acorn.test", "password": "brand new one"}
    assert client.post("/auth/login", json=body).status_code == 200
    for _ in range(4):
        client.post("/forgot-password", data={"email": "alice@acorn.test"})
    refused = client.post("/forgot-password", data={"email": "alice@acorn.test"})
    assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)
    path, token = path_of(delivered(posted))
    clock[0] = NOW + timedelta(hours=1)
    assert client.get(path, query_string={"token": token}).status_code == 404
