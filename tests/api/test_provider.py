"""Sign-in by OpenID Connect, at a provider that runs in a process of its own: honest, lying, away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import totp
from core.settings import Settings
from data import directory, second_factor
from data.db import Database
from tests.conftest import NOW, PASSWORD, SECRET, Caller, Town
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, LOGOUT, RunningProvider, running
from web.sealing import seal
from web.second_factor import PURPOSE
from web.state import State, attach

WHEN = int(NOW.timestamp())


@pytest.fixture(scope="module")
def process() -> Iterator[RunningProvider]:
    with running() as found:
        yield found


@pytest.fixture
def provider(process: RunningProvider) -> RunningProvider:
    process.behave(now=WHEN)
    return process


@dataclass
class House:
    """The dashboard with this provider, and people's browsers in front of it."""

    app: Flask
    provider: RunningProvider
    configure: Callable[..., None]

    def begin(self, client: FlaskClient, target: str = "/") -> str:
        """Press the button; the provider's address that the browser is sent to."""
        answer = client.get("/sign-in/provider", query_string={"next": target})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return str(answer.headers["Location"])

    def sign_in(self, target: str = "/", client: FlaskClient | None = None) -> tuple[FlaskClient, Any]:
        client = client or self.app.test_client()
        return client, client.get(self.provider.visit(self.begin(client, target)))


@pytest.fixture
def house(
    app: Flask,
    acorn: Town,
    provider: RunningProvider,
    settings: Settings,
    database: Database,
    clock: list[datetime],
    monkeypatch: pytest.MonkeyPatch,
) -> House:
    monkeypatch.setattr("web.signing_in.password_fits", lambda given, stored: bool(stored) and given == PASSWORD)

    def configure(**changes: Any) -> None:
        own = replace(
            settings,
            oidc_issuer=provider.issuer,
            oidc_client_id=CLIENT_ID,
            oidc_client_secret=CLIENT_SECRET,
            oidc_name="Acorn ID",
        )
        attach(app, State(replace(own, **changes), database, clock=lambda: clock[0]))

    configure()
    return House(app, provider, configure)


def who(client: FlaskClient) -> Any:
    return client.get("/tenant/info").get_json().get("key")


def said(answer: Any) -> str:
    """What a refusal tells the person: calm, on the sign-in page, without a trace."""
    page = answer.get_data(as_text=True)
    assert "Traceback" not in page
    assert answer.headers["Cache-Control"] == "no-store"
    found = re.search(r'id="sign-in-error">.*?<span>([^<]+)</span>', page)
    assert found is not None, page
    return found[1]


def audited(app: Flask, kind: str) -> list[dict[str, Any]]:
    client = app.test_client()
    body = {"email": "alice@acorn.test", "password": PASSWORD, "tenant": "org_1"}
    token = client.post("/auth/login", json=body).get_json()["access_token"]
    entries = Caller(client, token).get("/financial/audit").get_json()["data"]
    return [each for each in entries if each["kind"] == kind]


def test_the_way_there_and_back(house: House, clock: list[datetime]) -> None:
    client = house.app.test_client()
    page = client.get("/sign-in?next=/budgets?period=all").get_data(as_text=True)
    assert "Continue with Acorn ID" in page
    assert 'href="/sign-in/provider?next=/budgets%3Fperiod%3Dall"' in page
    url = house.begin(client, "/budgets?period=all")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://localhost/sign-in/provider/callback"
    assert len(asked["state"]) >= 32
    assert len(asked["nonce"]) >= 32
    cookie = client.get_cookie("fd_errand")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site, cookie.max_age) == (True, "Lax", 600)
    assert asked["nonce"] not in cookie.value
    back = house.provider.visit(url)
    done = client.get(back)
    assert (done.status_code, done.headers["Location"]) == (303, "/budgets?period=all")
    assert client.get_cookie("fd_errand") is None
    assert who(client) == "org_1"
    linked = audited(house.app, "identity")
    assert [(each["action"], each["after"]["issuer"]) for each in linked] == [("link", house.provider.issuer)]
    # The same answer again: the browser's cookie is gone, a stolen copy of it is of no use either.
    thief = house.app.test_client()
    thief.set_cookie("fd_errand", cookie.value)
    for browser in (client, thief):
        again = browser.get(back)
        assert (again.status_code, "another window" in said(again)) == (400, True)
    assert thief.get("/tenant/info").status_code == 401
    # From now on issuer and subject decide, whatever address the provider tells.
    house.provider.behave(now=WHEN, claims={"email": "bob@acorn.test", "email_verified": False})
    other, _ = house.sign_in()
    assert "alice@acorn.test" in other.get("/account").get_data(as_text=True)
    # No open redirect, and documents and keys were read once.
    assert house.sign_in("//evil.example")[1].headers["Location"] == "/"
    assert house.provider.count("/keys") == house.provider.count("/.well-known/openid-configuration") == 0


LIES: list[dict[str, Any]] = [
    {"claims": {"nonce": "another"}},
    {"claims": {"nonce": ""}},
    {"claims": {"aud": "somebody else"}},
    {"claims": {"aud": [CLIENT_ID, "somebody else"]}},
    {"claims": {"aud": [CLIENT_ID, "somebody else"], "azp": "somebody else"}},
    {"claims": {"azp": "somebody else"}},
    {"claims": {"iss": "http://127.0.0.1:1"}},
    {"claims": {"exp": WHEN - 61}},
    {"claims": {"iat": WHEN + 120, "exp": WHEN + 600}},
    {"claims": {"exp": "soon"}},
    {"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
    {"claims": {"sub": ""}},
    {"claims": {"sub": 7}},
    {"claims": {"sub": "a\x00b"}},
    {"unpublished": True},
    {"alg": "HS256"},
    {"alg": "none"},
    {"sender": "http://127.0.0.1:1"},
    {"userinfo_only": True, "userinfo": {"sub": "another"}},
]


def test_a_lie_signs_nobody_in(house: House) -> None:
    for lie in LIES:
        house.provider.behave(now=WHEN, **lie)
        client, answer = house.sign_in()
        expected = (403, "does not vouch") if lie.get("userinfo_only") else (401, "could not be trusted")
        assert (answer.status_code, expected[1] in said(answer)) == (expected[0], True), lie
        assert client.get("/tenant/info").status_code == 401, lie


def test_an_answer_to_another_browser_or_an_old_one_is_void(house: House, clock: list[datetime]) -> None:
    one, other = house.app.test_client(), house.app.test_client()
    back = house.provider.visit(house.begin(one))
    house.begin(other)
    assert said(other.get(back)).startswith("This sign-in took too long")
    assert other.get("/sign-in/provider/callback").status_code == 400
    clock[0] = NOW + timedelta(minutes=10)
    assert one.get(back).status_code == 400
    one.set_cookie("fd_errand", "bm90IHNlYWxlZA")
    assert one.get(back).status_code == 400


def test_another_site_cannot_sign_somebody_in(house: House) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = house.app.test_client().get("/sign-in/provider?next=/budgets", headers=headers)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=/budgets")
    assert "Set-Cookie" not in answer.headers


def test_who_may_come(house: House, acorn: Town) -> None:
    house.provider.behave(now=WHEN, claims={"email_verified": False})
    assert house.sign_in()[1].status_code == 403
    house.provider.behave(now=WHEN, claims={"sub": "s-9", "email": "new@acorn.test"})
    refused = house.sign_in()[1]
    assert (refused.status_code, "ask for an invitation" in said(refused)) == (403, True)
    house.provider.behave(now=WHEN)
    house.sign_in()
    house.provider.behave(now=WHEN, claims={"sub": "who got the address later"})
    later = house.sign_in()[1]
    assert (later.status_code, "another account" in said(later)) == (403, True)
    house.provider.behave(now=WHEN, claims={"sub": "s-10", "email": "ALICE@acorn.test"})
    assert house.sign_in()[1].status_code == 403


def test_who_is_invited_comes_in_without_a_password(house: House, sign_in: Callable[..., Caller]) -> None:
    alice = sign_in("alice@acorn.test", "org_1")
    invited = alice.post("/tenant/invitations", {"email": "New@acorn.test", "role": "editor"})
    assert invited.status_code == 201
    house.provider.behave(now=WHEN, claims={"sub": "s-9", "email": "new@acorn.test"})
    client, _ = house.sign_in()
    assert client.get("/tenant/info").get_json()["role"] == "editor"
    assert alice.get("/tenant/invitations").get_json()["data"] == []
    for guess in ("", "the password of a person who does not exist", PASSWORD):
        body = {"email": "new@acorn.test", "password": guess}
        assert house.app.test_client().post("/auth/login", json=body).status_code in (401, 422)
    csrf = client.get("/auth/csrf").get_json()["csrf_token"]
    page = client.get("/account").get_data(as_text=True)
    assert "choose a password first" in page
    kept = client.post("/account", data={"do": "unlink", "password": "", "csrf_token": csrf})
    assert kept.status_code == 403


def test_anybody_may_come_where_the_operator_says_so(house: House, database: Database, acorn: Town) -> None:
    acorn.tenant("user_5")  # the key that the newcomer's books would have
    house.configure(oidc_auto_create=True)
    house.provider.behave(now=WHEN, claims={"sub": "s-9", "email": "new@elsewhere.test"})
    client, answer = house.sign_in()
    assert answer.status_code == 303
    info = client.get("/tenant/info").get_json()
    assert (info["role"], info["type"], info["name"]) == ("owner", "user", "new")
    assert re.fullmatch(r"user_\d+(_2)?", info["key"])
    assert client.get("/financial/dashboard/summary?period=all").status_code == 200
    assert who(house.sign_in()[0]) == info["key"]  # and finds them again


def test_the_second_factor_is_asked_for(house: House, database: Database) -> None:
    house.sign_in()
    house.provider.behave(now=WHEN, claims={"sid": "s-7"})
    with database.directory() as session:
        person = directory.find_person(session, "alice@acorn.test")
        assert person is not None
        second_factor.begin(session, person.id, seal(SECRET, PURPOSE, b"s" * 20, str(person.id)))
        second_factor.confirm(session, person.id, NOW)
    client, page = house.sign_in("/budgets")
    assert (page.status_code, client.get("/tenant/info").status_code) == (200, 401)
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.get_data(as_text=True))[1]  # type: ignore[index]
    code = totp.code_at(b"s" * 20, WHEN // 30)
    done = client.post("/sign-in/code", data={"ticket": ticket, "code": code, "next": "/budgets"})
    assert (done.status_code, done.headers["Location"], who(client)) == (303, "/budgets", "org_1")
    assert logged_out(house, house.provider.logout_token(jti="7", sid="s-7")).status_code == 200
    assert who(client) is None


def logged_out(house: House, token: str) -> Any:
    """What the provider's server is answered."""
    return house.app.test_client().post("/sign-in/provider/logout", data={"logout_token": token})


def test_the_provider_ends_what_began_there(house: House, sign_in: Callable[..., Caller]) -> None:
    """OpenID Connect Back-Channel Logout 1.0: one session by its name, all of a person without."""
    own = sign_in("alice@acorn.test")
    browsers = []
    for name in ("s-1", "s-2", "s-3"):
        house.provider.behave(now=WHEN, claims={"sid": name})
        browsers.append(house.sign_in()[0])
    one = house.provider.logout_token(jti="1", sid="s-1")
    answer = logged_out(house, one)
    assert (answer.status_code, answer.data, answer.headers["Cache-Control"]) == (200, b"", "no-store")
    assert [who(each) for each in browsers] == [None, "org_1", "org_1"]
    assert logged_out(house, one).get_json()["error"] == "invalid_request"
    assert logged_out(house, house.provider.logout_token(jti="2", sub="subject-2", sid="s-2")).status_code == 200
    assert logged_out(house, house.provider.logout_token(jti="3", sid="unknown")).status_code == 200
    assert [who(each) for each in browsers[1:]] == ["org_1", "org_1"]
    assert logged_out(house, house.provider.logout_token(jti="4", sub="subject-1")).status_code == 200
    assert [who(each) for each in browsers[1:]] == [None, None]
    assert own.get("/tenant/info").status_code == 200


@pytest.mark.parametrize(
    ("header", "claims", "how"),
    [
        ({}, {"sub": None}, {}),
        ({}, {"jti": None}, {}),
        ({}, {"events": None}, {}),
        ({}, {"events": {}}, {}),
        ({}, {"events": {LOGOUT: True}}, {}),
        ({}, {"nonce": "n"}, {}),
        ({}, {"iss": "https://elsewhere.example.org"}, {}),
        ({}, {"aud": "another"}, {}),
        ({}, {"exp": WHEN - 61}, {}),
        ({}, {"exp": None}, {}),
        ({}, {"iat": WHEN - 601}, {}),
        ({}, {"iat": WHEN + 61}, {}),
        ({}, {"sub": 7}, {}),
        ({}, {"sid": ["s-1"]}, {}),
        ({"typ": "at+jwt"}, {}, {}),
        ({}, {}, {"unpublished": True}),
        ({"alg": "HS256"}, {}, {"alg": "HS256"}),
    ],
)
def test_a_logout_that_is_none_ends_nothing(
    house: House, header: dict[str, Any], claims: dict[str, Any], how: dict[str, Any]
) -> None:
    """Section 2.6: each check by a token that fails it alone."""
    client, _ = house.sign_in()
    house.provider.behave(now=WHEN, **how)
    token = house.provider.logout_token(header, **{"sub": "subject-1", "jti": "9", **claims})
    assert token.count(".") == 2
    answer = logged_out(house, token)
    assert (answer.status_code, answer.get_json()["error"], who(client)) == (400, "invalid_request", "org_1")


def test_a_key_that_was_changed_is_read_anew(house: House) -> None:
    house.sign_in()
    house.provider.behave(now=WHEN, rotate=True)
    assert house.sign_in()[1].status_code == 303
    house.provider.behave(now=WHEN, unpublished=True)
    for _ in range(3):
        assert house.sign_in()[1].status_code == 401
    assert house.provider.count("/keys") == 0  # a made-up key does not make us ask again and again


def test_a_provider_that_is_away_or_refuses_is_told_kindly(house: House) -> None:
    house.provider.behave(now=WHEN, away=True)
    answer = house.app.test_client().get("/sign-in/provider")
    assert (answer.status_code, "cannot be reached" in said(answer)) == (503, True)
    asked = house.provider.count("/.well-known/openid-configuration")
    assert (house.app.test_client().get("/sign-in/provider").status_code, asked) == (503, 1)
    assert house.provider.count("/.well-known/openid-configuration") == 1  # it is left alone for a while
    house.configure()
    house.provider.behave(now=WHEN, issuer="http://127.0.0.1:1")
    assert house.app.test_client().get("/sign-in/provider").status_code == 503
    house.configure()
    house.provider.behave(now=WHEN, refuse=True)
    refused = house.sign_in()[1]
    assert (refused.status_code, said(refused)) == (401, "You were not signed in at Acorn ID")
    house.configure(oidc_issuer="http://127.0.0.1:9")
    assert house.app.test_client().get("/sign-in/provider").status_code == 503
    assert house.app.test_client().get("/sign-in?left=1").status_code == 200


def test_answers_are_counted(house: House) -> None:
    house.configure(sign_in_attempts=1)
    client = house.app.test_client()
    for _ in range(10):
        assert client.get("/sign-in/provider/callback?state=x&code=y").status_code == 400
    tired = client.get("/sign-in/provider/callback?state=x&code=y")
    assert (tired.status_code, tired.headers["Retry-After"]) == (429, "901")


def test_linking_unlinking_and_leaving(
    house: House, provider: RunningProvider, caplog: pytest.LogCaptureFixture
) -> None:
    client = house.app.test_client()
    client.post("/sign-in", data={"email": "bob@acorn.test", "password": PASSWORD})
    csrf = client.get("/auth/csrf").get_json()["csrf_token"]
    provider.behave(now=WHEN, claims={"sub": "bobby", "email": "bob@home.test", "email_verified": False})

    def send(do: str, browser: FlaskClient = client, **fields: str) -> Any:
        return browser.post("/account", data={"csrf_token": csrf, "do": do, "password": PASSWORD, **fields})

    assert send("link", csrf_token="").status_code == 403
    assert send("link", password="wrong").status_code == 403
    page = send("link")
    url = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.get_data(as_text=True))[1]  # type: ignore[index]
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]
    back = provider.visit(url.replace("&amp;", "&"))
    cookie = client.get_cookie("fd_errand")
    assert cookie is not None
    stranger = house.app.test_client()
    stranger.post("/sign-in", data={"email": "charlie@cedar.test", "password": PASSWORD})
    done = client.get(back)
    assert (done.status_code, done.headers["Location"]) == (303, "/account")
    assert "You can sign in by it." in client.get("/account").get_data(as_text=True)
    assert who(house.sign_in()[0]) == "org_1"
    # Somebody else cannot end what this session began, nor take a sign-in that is linked.
    begun = provider.visit(re.search(r"0;url=([^\"]+)", send("link").get_data(as_text=True))[1].replace("&amp;", "&"))  # type: ignore[index]
    stolen = client.get_cookie("fd_errand")
    assert stolen is not None
    stranger.set_cookie("fd_errand", stolen.value)
    assert stranger.get(begun).status_code == 400
    assert send("unlink", password="wrong").status_code == 403
    assert "without Acorn ID again" in send("unlink").get_data(as_text=True)
    assert send("unlink").status_code == 404
    assert [each["action"] for each in audited(house.app, "identity")] == ["unlink", "link"]
    assert house.sign_in()[1].status_code == 403
    assert [each for each in caplog.messages if each.startswith("signed")][:2] == [
        "signed in: person 2, password, from 127.0.0.1",
        "signed in: person 4, password, from 127.0.0.1",
    ]
    left = client.post("/sign-out", data={"csrf_token": csrf})
    page = client.get(left.headers["Location"]).get_data(as_text=True)
    assert f"{provider.issuer}/logout?client_id={CLIENT_ID}&amp;post_logout_redirect_uri=http%3A%2F%2Flocalhost" in page


def test_without_a_provider_there_is_no_such_way(app: Flask, acorn: Town) -> None:
    client = app.test_client()
    assert "Continue with" not in client.get("/sign-in").get_data(as_text=True)
    assert "no other way to sign in" in client.get("/sign-in/provider").get_data(as_text=True)
    assert client.get("/sign-in/provider/callback").status_code == 404
