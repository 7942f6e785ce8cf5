"""Anything may be posted to a callback: it is refused or drawn, never a failure of ours."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import PASSWORD, Caller, Town
from tests.embeds import frame
from tests.web.test_isolation_sweep import asked_callback, callbacks_of

DEEP: Any = [[[[[]]]]]
VALUES: tuple[Any, ...] = (
    None, True, -1.5, 10**30, ["x"], DEEP, {"a": [1]}, "x" * 150_000, "\x00\ud800\u202e",
    "?tag=\x00&tag=%00&account_id=\ud800&period=%FF", "?" + "&".join(f"account_id={n}" for n in range(300)),
    "?from=0001-01-01&to=9999-12-31&currency=%00", "//../\\x%zz",
)  # fmt: skip
JUNK: tuple[Any, ...] = (None, "x", {}, [None], DEEP, [{"id": 1}])


@pytest.fixture
def browser(app: Flask, acorn: Town) -> FlaskClient:
    client = app.test_client()
    client.post("/sign-in", data={"email": "alice@acorn.test", "password": PASSWORD})
    client.environ_base["HTTP_X_CSRF_TOKEN"] = client.get("/auth/csrf").get_json()["csrf_token"]
    return client


def with_value(spec: dict[str, Any], value: Any) -> dict[str, Any]:
    """A call of the callback in which every property is this value."""
    body = asked_callback(spec, {}, "x")
    for each in (*body["inputs"], *body["state"]):
        for place in each if isinstance(each, list) else [each]:
            place["value"] = value
    return body


def misshapen(spec: dict[str, Any]) -> list[Any]:
    """Bodies that are no call of the callback."""
    body = asked_callback(spec, {}, "x")
    wrong = [{**body, name: junk} for name in body for junk in JUNK]
    nameless = [{"id": {"a": []}, "property": "x"} for _ in body["inputs"]]
    return [None, 7, "x", [], {}, {"output": []}, *wrong, {**body, "inputs": nameless}]


def test_no_value_makes_a_callback_fail(browser: FlaskClient) -> None:
    failed, refused = [], 0
    for spec in callbacks_of(browser):
        for value in VALUES:
            answer = browser.post("/_dash-update-component", json=with_value(spec, value))
            refused += answer.status_code == 400
            if answer.status_code >= 500 or "our mistake" in answer.get_data(as_text=True):
                failed.append((spec["output"][:60], str(value)[:40], answer.status_code))
    assert failed == []
    assert refused > 100


def test_no_body_makes_a_callback_fail(browser: FlaskClient) -> None:
    failed = []
    for spec in callbacks_of(browser):
        for body in misshapen(spec):
            answer = browser.post("/_dash-update-component", json=body)
            if answer.status_code >= 500:
                failed.append((spec["output"][:60], str(body)[-300:]))
    assert failed == []


def test_neither_does_one_of_a_frame(alice: Caller) -> None:
    own = frame(alice, "dashboard")
    own.client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {own.token}"
    asked = 0
    for spec in callbacks_of(own.client, "/embed"):
        for body in [*(with_value(spec, value) for value in VALUES), *misshapen(spec)]:
            answer = own.client.post("/embed/_dash-update-component", json=body)
            assert answer.status_code < 500, (spec["output"], str(body)[:200])
            asked += 1
    assert asked > 40


def test_the_field_of_sites_takes_text_alone(browser: FlaskClient) -> None:
    save = next(each for each in callbacks_of(browser) if each["output"].startswith("..embeds-saved"))
    body = asked_callback(save, {"value": "https://portal.example.org"}, "x")
    assert browser.post("/_dash-update-component", json=body).status_code == 200
    body["state"][0]["value"] = ["https://portal.example.org"]
    answer = browser.post("/_dash-update-component", json=body)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "bad_request")
