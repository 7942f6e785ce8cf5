"""Embeds as a portal's server and a frame see them: setting up, opening, locking, taking back."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import jwt
import psycopg
from flask import Flask

from data import directory
from data.schemas.embeds import VIEWS
from tests.conftest import NOW, SECRET, Caller, Town, _plain
from tests.embeds import SITE, Frame, Signer, books, frame, register, statuses
from web import tokens
from web.ask import CACHE_EXTENSION
from web.embed_seats import EmbedMemory

MASK = "\\u2022\\u2022\\u2022"
MASKED = {"amounts": "masked", "export": True}
AMOUNTS = ("2,500", "2500", "777", "40.1", "9.9", "120.0", "1,000", "1000.00", "2,329")


def scoped(town: Town, email: str, tenant: str, *scopes: str) -> str:
    """An access token of this person with these scopes alone."""
    with town.database.directory() as session:
        person = directory.find_person(session, email)
        place = directory.find_tenant(session, tenant)
    assert person is not None
    who = {"person_id": person.id, "tenant_id": place.id, "epoch": person.epoch}
    return tokens.issue(SECRET, tokens.ACCESS, **who, now=NOW, scopes=scopes)[0]


def test_the_answer_is_all_that_a_portal_needs(alice: Caller) -> None:
    register(alice, f"{SITE.upper()}:443/", "http://localhost:9001")
    asked = {
        "view": "accounts",
        "lock": {"from": "2026-01-01"},
        "allow": {"filters": ["to", "from"]},
        "ui": {"theme": "dark"},
        "ttl": 90,
    }
    answer = alice.post("/financial/embeds", asked)
    body = answer.get_json()
    assert (answer.status_code, body["expires_in"]) == (201, 90)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Location"] == f"/financial/embeds/{body['jti']}"
    header = jwt.get_unverified_header(body["token"])
    assert header == {"alg": "HS256", "typ": "embed+jwt", "kid": header["kid"]}
    assert body["url"] == f"http://localhost/embed/accounts?k={header['kid']}"
    assert body["url"] in body["snippet"]
    claims = jwt.decode(body["token"], options={"verify_signature": False})
    assert claims == {
        "iss": "org_1",
        "aud": "embed",
        "tid": claims["tid"],
        "view": "accounts",
        "lock": {"from": "2026-01-01"},
        "allow": {"filters": ["to", "from"], "drill": False, "export": False, "amounts": "full"},
        "origins": [SITE, "http://localhost:9001"],
        "ui": {"theme": "dark"},
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 90,
        "jti": body["jti"],
        "epoch": 0,
    }


WRONG: list[tuple[dict[str, Any], int, str]] = [
    ({"view": "everything"}, 422, "view"),
    ({"lock": None}, 422, "lock"),
    ({"lock": {"account_ids": None}}, 422, "lock"),
    ({"lock": {"account_ids": []}}, 422, "lock.account_ids"),
    ({"lock": {"tenant": "org_9"}}, 422, "lock.tenant"),
    ({"lock": {"account_ids": ["999999"]}}, 404, ""),
    ({"lock": {"category_ids": ["999999"]}}, 404, ""),
    ({"lock": {"category_ids": ["x"]}}, 404, ""),
    ({"allow": {"filters": ["tenant"]}}, 422, "allow.filters.0"),
    ({"allow": {"amounts": "none"}}, 422, "allow.amounts"),
    ({"origins": ["https://other.example.org"]}, 422, "origins"),
    ({"origins": ["https://portal.example.org/a"]}, 422, "origins.0"),
    ({"ui": {"theme": "pink"}}, 422, "ui.theme"),
    ({"ttl": 601}, 422, "ttl"),
    ({"ttl": 0}, 422, "ttl"),
    ({"colour": "red"}, 422, "colour"),
]


def test_what_is_wrong_is_named(alice: Caller) -> None:
    register(alice)
    for change, status, field in WRONG:
        answer = alice.post("/financial/embeds", {"view": "summary", "lock": {}, **change})
        assert answer.status_code == status, answer.get_json()
        assert not field or answer.get_json()["errors"][0]["field"] == field
    assert alice.post("/financial/embeds", {"view": "summary"}).get_json()["errors"][0]["field"] == "lock"


def test_who_may_set_up_and_make_tokens(sign_in: Callable[..., Caller], acorn: Town, app: Flask) -> None:
    admin = [("GET", "embed-keys"), ("POST", "embed-keys"), ("GET", "embed-settings"), ("PUT", "embed-settings")]
    making = [("POST", "embeds"), ("DELETE", "embeds/some-jti"), ("POST", "embeds/revoke-all")]
    for email in ("bob@acorn.test", "vera@acorn.test"):
        caller = sign_in(email, "org_1")
        for method, path in [*admin, *making]:
            answer = caller(method, f"/financial/{path}", json={"view": "summary", "lock": {}})
            assert answer.status_code == 403, (method, path)
    register(sign_in("alice@acorn.test", "org_1"))
    embedding = Caller(app.test_client(), scoped(acorn, "bob@acorn.test", "org_1", "embed"))
    assert embedding.post("/financial/embeds", {"view": "summary", "lock": {}}).status_code == 201
    assert embedding.delete("/financial/embeds/some-jti").status_code == 204
    assert [embedding(method, f"/financial/{path}").status_code for method, path in admin] == [403] * 4
    assert embedding.get("/financial/dashboard").status_code == 403
    reading = Caller(app.test_client(), scoped(acorn, "alice@acorn.test", "org_1", "read", "write"))
    assert {reading(method, f"/financial/{path}").status_code for method, path in [*admin, *making]} == {403}


def test_sites_are_origins_and_nothing_else(alice: Caller) -> None:
    path = "/financial/embed-settings"
    first = alice.get(path)
    assert first.get_json() == {"origins": [], "epoch": 0}
    for wrong in (
        "*", "null", "https://*.example.org", "portal.example.org", "https://a.b/c", "ftp://a.b", "https://a b",
        "https://a.b;script-src *", "https://a.b:0", "https://a.b:99999", "'self'", "https://u:p@a.b", "",
    ):  # fmt: skip
        assert alice("PUT", path, json={"origins": [wrong]}).status_code == 422, wrong
    given = {"origins": [SITE, f"{SITE}/", "http://LOCALHOST:80", "https://[::1]:8443"], "epoch": 9}
    stored = alice("PUT", path, json=given, headers={"If-Match": first.headers["ETag"]})
    assert stored.get_json() == {"origins": [SITE, "http://localhost", "https://[::1]:8443"], "epoch": 0}
    assert alice("PUT", path, json=given, headers={"If-Match": first.headers["ETag"]}).status_code == 412
    assert alice.get(path).headers["ETag"] == stored.headers["ETag"]


def test_keys_two_at_most_and_a_secret_once(alice: Caller, charlie: Caller, database_url: str) -> None:
    made = [alice.post("/financial/embed-keys") for _ in range(3)]
    assert [answer.status_code for answer in made] == [201, 201, 409]
    assert made[2].get_json()["code"] == "embed_keys_full"
    first, second = (answer.get_json() for answer in made[:2])
    assert len(first["secret"]) >= 43
    assert first["id"] == first["kid"] != second["kid"]
    listed = alice.get("/financial/embed-keys").get_json()
    assert [(key["kid"], "secret" in key) for key in listed["data"]] == [(first["kid"], False), (second["kid"], False)]
    page = alice.get("/financial/embed-keys?limit=1").get_json()
    rest = alice.get(f"/financial/embed-keys?cursor={page['next_cursor']}").get_json()
    assert ([page["data"][0], *rest["data"]], rest["next_cursor"]) == (listed["data"], None)
    assert charlie.get(f"/financial/embed-keys?cursor={page['next_cursor']}").status_code == 422
    assert alice.get(made[0].headers["Location"]).get_json() == listed["data"][0]
    with psycopg.connect(_plain(database_url)) as connection:
        stored = connection.execute("SELECT sealed FROM embed_keys ORDER BY created_version").fetchall()
    assert not [row for row in stored if first["secret"].encode() in bytes(row[0])]
    assert charlie.get(made[0].headers["Location"]).status_code == 404
    assert charlie.delete(made[0].headers["Location"]).status_code == 404
    assert charlie.get("/financial/embed-keys").get_json()["data"] == []
    register(alice)
    kid = jwt.get_unverified_header(frame(alice).token)["kid"]
    assert kid == second["kid"]  # the newest signs
    assert alice.delete(made[1].headers["Location"]).status_code == 204
    assert alice.delete(made[1].headers["Location"]).status_code == 404
    assert jwt.get_unverified_header(frame(alice).token)["kid"] == first["kid"]


def test_each_way_to_lose_a_token_counts_at_once_on_every_worker(
    alice: Caller, clock: list[datetime], app: Flask
) -> None:
    books(alice)
    register(alice)
    allow = {"export": True}
    from web.state import attach, state_of

    here = state_of(app)
    there = replace(here, embeds=EmbedMemory())  # another worker: it remembers by itself

    def both(given: Frame) -> set[int]:
        found = statuses(given)
        attach(app, there)
        found |= statuses(given)
        attach(app, here)
        return found

    taken, epoch, site, key, old = (frame(alice, allow=allow) for _ in range(5))
    assert all(both(each) == {200} for each in (taken, epoch, site, key, old))
    jti = jwt.decode(taken.token, options={"verify_signature": False})["jti"]
    assert alice.delete(f"/financial/embeds/{jti}").status_code == 204
    assert alice.delete(f"/financial/embeds/{jti}").status_code == 204
    assert (both(taken), both(site)) == ({401}, {200})
    register(alice, "https://other.example.org")
    assert both(site) == {403}
    register(alice)
    assert both(site) == {200}
    clock[0] = NOW + timedelta(seconds=600)
    assert both(old) == {401}
    clock[0] = NOW
    assert alice.post("/financial/embeds/revoke-all").get_json()["epoch"] == 1
    assert both(epoch) == {401}
    fresh = frame(alice, allow=allow)
    assert both(fresh) == {200}
    (stored,) = alice.get("/financial/embed-keys").get_json()["data"]
    alice.delete(f"/financial/embed-keys/{stored['kid']}")
    assert both(fresh) == {401}


def test_tokens_of_the_tenants_own_server(alice: Caller, charlie: Caller, app: Flask) -> None:
    register(alice)
    own, foreign = Signer.of(alice), Signer.of(charlie)
    client = app.test_client()
    allow = {"export": True}
    assert statuses(Frame(client, own.sign(allow=allow))) == {200}
    cases = {
        own.sign(leave_out="lock"): {403},
        own.sign(leave_out="tid"): {403},
        own.sign(leave_out="view"): {403},
        own.sign(origins=["https://evil.example.org"]): {403},
        own.sign(exp=own.claims["iat"] + 601): {401},
        own.sign({"typ": "JWT"}): {401},
        foreign.sign(iss="org_1", tid="org_1"): {403},
        own.sign({"kid": foreign.kid}): {401},
        foreign.sign({"kid": own.kid}): {401},
        "": {401},
    }
    for token, wanted in cases.items():
        assert statuses(Frame(client, token)) == wanted
    alice.delete(f"/financial/embeds/{own.claims['jti']}")
    assert statuses(Frame(client, own.sign(allow=allow))) == {401}


def test_tokens_and_cookies_open_only_what_they_are_for(
    alice: Caller, charlie: Caller, app: Flask, clock: list[datetime]
) -> None:
    register(alice)
    given = frame(alice)
    for path in ("/financial/dashboard", "/financial/embed-keys", "/tenant/info", "/_dash-layout"):
        assert given.get(path).status_code == 401, path
    assert statuses(Frame(app.test_client(), alice.token)) == {401}
    browser = app.test_client()
    page = browser.post("/sign-in", data={"email": "alice@acorn.test", "password": "correct horse battery"})
    assert page.status_code in (302, 303)
    assert browser.get("/financial/dashboard").status_code == 200
    assert browser.get("/embed/_version").status_code == 401  # the cookie is there, and nobody reads it
    answer = browser.get("/embed/_version", headers={"Authorization": f"Bearer {given.token}"})
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False)
    assert given.draw(output="overview.className").status_code == 404
    output, outputs = "embed-content.children", {"id": "embed-content", "property": "children"}
    headers = {"Authorization": f"Bearer {given.token}"}
    for body in (
        [],
        {"output": 1},
        {"output": output},
        {"output": output, "inputs": "all", "outputs": outputs},
        {"output": output, "inputs": [], "outputs": outputs},
        {"output": output, "inputs": [{}, {}], "outputs": outputs},
        {"output": output, "inputs": [1, 2], "outputs": outputs},
        {"output": output, "inputs": [{"id": "a", "property": "b"}] * 2, "outputs": []},
    ):
        assert given.client.post("/embed/_dash-update-component", json=body, headers=headers).status_code == 400, body
    assert given.draw(["a", "list"]).status_code == 422
    for path in ("/embed/", "/embed/nothing", "/embed/_reload-hash", "/embed/assets/embed-host.js", "/embed/_nothing"):
        assert given.get(path).status_code == 404, path
    jti = jwt.decode(given.token, options={"verify_signature": False})["jti"]
    assert charlie.delete(f"/financial/embeds/{jti}").status_code == 404
    assert charlie.post("/financial/embeds/revoke-all").status_code == 200
    assert given.get("/embed/_version").status_code == 200


def test_the_empty_frame_is_open_and_says_who_may_show_it(alice: Caller, app: Flask) -> None:
    register(alice, SITE, "http://localhost:9001")
    given = frame(alice)
    kid = jwt.get_unverified_header(given.token)["kid"]
    client = app.test_client()

    def policy(answer: Any) -> str:
        return str(answer.headers["Content-Security-Policy"]).split("frame-ancestors ")[1]

    for view in VIEWS:
        answer = client.get(f"/embed/{view}?k={kid}")
        assert (answer.status_code, policy(answer)) == (200, f"{SITE} http://localhost:9001")
        assert "Set-Cookie" not in answer.headers
        assert "X-Frame-Options" not in answer.headers
        assert "unsafe-eval" not in answer.headers["Content-Security-Policy"]
        page = answer.get_data(as_text=True)
        assert "/dash_mantine_components/" not in page
        assert page.index("embed-frame.js") < page.index("dash-renderer")
    assert policy(client.get(f"/embed/summary?k={kid}&preview=1")) == f"{SITE} http://localhost:9001 'self'"
    unknown = [
        client.get(f"/embed/summary{query}")
        for query in ("", "?k=", "?k=nobody", f"?k={kid[:-1]}!", "?k=999.AbCdEfGhIjKl")
    ]
    unknown.append(client.get(f"/embed/other?k={kid}"))
    assert [(answer.status_code, policy(answer)) for answer in unknown] == [(404, "'none'")] * 6
    for path in ("/sign-in", "/docs"):
        assert policy(client.get(path)) == "'none'"
    with_token = given.get(f"/embed/dashboard?k={kid}")
    other_view = given.get(f"/embed/summary?k={kid}")
    other_key = given.get("/embed/_version", **{"X-Embed-Key": "2.AbCdEfGhIjKl"})
    other_host = given.get("/embed/_version", **{"X-Embed-Host": "https://evil.example.org"})
    answers = (with_token, other_view, other_key, other_host)
    assert [answer.status_code for answer in answers] == [200, 403, 401, 403]
    register(alice, "https://other.example.org")
    assert policy(client.get(f"/embed/summary?k={kid}")) == "https://other.example.org"


def test_a_locked_view_shows_nothing_from_outside(alice: Caller) -> None:
    ids = books(alice)
    register(alice)
    for view in VIEWS:
        check_locked(alice, ids, view)


def check_locked(alice: Caller, ids: dict[str, str], view: str) -> None:
    allow = {"filters": ["period", "account_id", "category_id"], "export": True}
    given = frame(alice, view, {"account_ids": [ids["Open"]]}, allow=allow)
    drawn = given.text()
    assert len(drawn) > 500
    export = given.get("/embed/_export").get_data(as_text=True)
    for text in (drawn, given.text(f"account_id={ids['Open']}"), export):
        assert not [word for word in ("Hidden", "Secret", "777") if word in text]
    whole = frame(alice, view).text()
    assert whole != drawn
    for query in (
        f"account_id={ids['Hidden']}",
        f"account_id={ids['Open']}&account_id={ids['Hidden']}",
        "account_id=9999",
    ):
        refusals = [given.draw(query), given.get(f"/embed/_export?{query}")]
        assert [answer.status_code for answer in refusals] == [404, 404]
        assert "Hidden" not in str([answer.get_json() for answer in refusals])


def test_locks_are_part_of_the_question(alice: Caller, app: Flask) -> None:
    ids = books(alice)
    register(alice)
    cache = app.extensions[CACHE_EXTENSION]

    def rows(view: str, lock: dict[str, Any], query: str = "", **allow: Any) -> list[dict[str, str]]:
        given = frame(
            alice, view, lock, allow={"export": True, "filters": ["period", "from", "to", "currency"], **allow}
        )
        answer = given.get(f"/embed/_export{query}")
        assert answer.status_code == 200, answer.get_json()
        return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))

    food = rows("categories", {"category_ids": [ids["Food"]]})
    assert {row["name"]: row["amount"] for row in food} == {"Food": "40.10", "Sweets": "9.90"}
    assert rows("net-worth", {"category_ids": [ids["Food"]]}) == []
    assert {row["balance"] for row in rows("accounts", {"category_ids": [ids["Food"]]})} == {""}
    spring = rows("cash-flow", {"from": "2026-03-01", "to": "2026-05-31"})
    assert [(row["month"], row["net"]) for row in spring] == [
        ("2026-03", "-120.00"),
        ("2026-04", "0.00"),
        ("2026-05", "2500.00"),
    ]
    inside = rows("cash-flow", {"from": "2026-03-01"}, "?from=2026-05-01&to=2026-06-30")
    assert [row["month"] for row in inside] == ["2026-05", "2026-06"]
    older = rows("cash-flow", {"from": "2020-01-01", "to": "2020-02-29"})
    assert [row["month"] for row in older] == ["2020-01", "2020-02"]
    budgets = {"account_ids": [ids["Open"]], "category_ids": [ids["Food"]]}
    assert [row["name"] for row in rows("budgets", budgets)] == ["Everyday"]
    assert [row["name"] for row in rows("budgets", {"account_ids": [ids["Open"]]})] == ["Everyday", "Trips"]
    assert [row["name"] for row in rows("budgets", {"category_ids": [ids["Sweets"]]})] == []
    assert [row["name"] for row in rows("budgets", {"to": "2026-06-15"})] == []
    assert len(rows("budgets", {})) == 3
    locked = frame(
        alice, "dashboard", {"currency": "EUR", "from": "2026-03-01"}, allow={"filters": ["currency", "from", "to"]}
    )
    assert locked.draw("currency=USD").status_code == 422
    assert locked.draw("from=2020-01-01&to=2020-01-31").status_code == 422
    keys = [key for key in cache._shelf._entries if key.startswith("org_1:budgets:")]
    assert len(keys) == 5  # one for each lock


def test_an_empty_lock_and_the_api_share_their_answers(alice: Caller) -> None:
    books(alice)
    register(alice)
    given = frame(alice, "summary", allow={"export": True})
    assert 'desc="miss"' in alice.get("/financial/dashboard/summary").headers["Server-Timing"]
    assert 'desc="hit"' in given.get("/embed/_export").headers["Server-Timing"]


def test_masked_amounts_never_leave(alice: Caller) -> None:
    books(alice)
    register(alice)
    for view in VIEWS:
        check_masked(alice, view)


def check_masked(alice: Caller, view: str) -> None:
    given = frame(alice, view, allow=MASKED)
    drawn = given.text()
    assert [amount for amount in AMOUNTS if amount in drawn] == []
    assert MASK in drawn or "•••" in drawn
    (head, *rows) = given.get("/embed/_export").get_data(as_text=True).splitlines()
    assert not {"amount", "balance", "income", "net_worth", "limit"} & set(head.split(","))
    assert [amount for amount in AMOUNTS if amount in str(rows)] == []


def test_the_viewer_does_what_the_token_allows(alice: Caller) -> None:
    ids = books(alice)
    register(alice)
    query = f"category_id={ids['Food']}"
    closed = frame(alice)
    assert [closed.draw(each).status_code for each in ("period=this_year", query, "colour=red")] == [403, 403, 422]
    assert closed.get("/embed/_export").status_code == 403
    assert "data-query" not in closed.text()
    drilling = frame(alice, allow={"drill": True})
    assert [drilling.draw(each).status_code for each in (query, f"account_id={ids['Open']}", "tag=x")] == [
        200,
        200,
        403,
    ]
    choosing = frame(alice, allow={"filters": ["period", "category_id"]}, ui={"locale": "de-DE"})
    shown = choosing.text(f"period=this_month&{query}")
    assert "data-query" in shown
    assert "50\\u00a0\\u20ac" in shown or "50\u00a0€" in shown
    assert choosing.draw("period=forever").status_code == 422


def test_a_switched_off_dashboard_and_a_changed_ledger(alice: Caller, acorn: Town) -> None:
    ids = books(alice)
    register(alice)
    given = frame(alice, "accounts", allow={"export": True})
    before = given.get("/embed/_version").get_json()["version"]
    new = {"account_id": ids["Open"], "booked_on": "2026-06-05", "amount": "-1.00"}
    assert alice.post("/financial/transactions", new).status_code == 201
    assert given.get("/embed/_version").get_json()["version"] == before + 1
    assert "3329.00" in given.get("/embed/_export").get_data(as_text=True)
    with acorn.database.directory() as session:
        directory.set_feature(session, directory.find_tenant(session, "org_1").id, "dashboard", False)
    answers = (given.get("/embed/_export"), given.get("/embed/_version"), given.draw())
    assert {(answer.status_code, answer.get_json()["code"]) for answer in answers} == {(404, "feature_disabled")}


def test_a_file_runs_nothing_in_a_spreadsheet(alice: Caller) -> None:
    register(alice)
    alice.post("/financial/accounts", {"name": '=HYPERLINK("https://evil.test")', "type": "checking"})
    alice.post(
        "/financial/accounts", {"name": "Debt", "type": "loan", "opening_balance": "-5.00", "opening_on": "2026-01-01"}
    )
    answer = frame(alice, "accounts", allow={"export": True}).get("/embed/_export")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="accounts.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert [(row["name"], row["balance"]) for row in rows] == [
        ('\'=HYPERLINK("https://evil.test")', "0.00"),
        ("Debt", "-5.00"),
    ]
