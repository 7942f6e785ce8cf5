"""The way in: what leaves from the cache is what Flask would have sent, and only to whom Flask would have sent it."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import brotli
import pytest
from flask import Flask

from tests.conftest import NOW, SECRET, Caller, Town
from web import tokens
from web.entrance import Entrance
from web.guard import OVERLOADED
from web.http import reply

SUMMARY = "/financial/dashboard/summary"
_OF_EACH_ANSWER = {"X-Request-ID", "Server-Timing", "Date", "RateLimit-Remaining"}


def is_hit(answer: Any) -> bool:
    return 'desc="hit"' in answer.headers["Server-Timing"]


@pytest.fixture
def from_flask(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Switch the entrance's own answers off."""
    return lambda: monkeypatch.setattr(Entrance, "_find", lambda *_: None)


@pytest.mark.parametrize("encoding", ["", "gzip", "br", "gzip;q=0.5, br;q=0", "*"])
@pytest.mark.parametrize("path", ["/financial/dashboard", SUMMARY + "?period=this_year"])
def test_the_entrance_answers_as_flask_does(
    alice: Caller, from_flask: Callable[[], None], encoding: str, path: str
) -> None:
    headers = {"Accept-Encoding": encoding}
    alice.get(path, headers=headers)
    quick = alice.get(path, headers=headers)
    from_flask()
    usual = alice.get(path, headers=headers)
    assert is_hit(quick)
    assert is_hit(usual)
    for left, right in ((quick, usual), (usual, quick)):
        missing = {name for name in left.headers.keys() if name not in right.headers}  # noqa: SIM118
        assert missing == set()
    for name in set(quick.headers.keys()) - _OF_EACH_ANSWER:
        assert quick.headers[name] == usual.headers[name], name
    assert quick.data == usual.data


@pytest.mark.parametrize(("encoding", "decode"), [("gzip", gzip.decompress), ("br", brotli.decompress)])
def test_a_compressed_form_holds_the_same_figures(
    alice: Caller, encoding: str, decode: Callable[[bytes], bytes]
) -> None:
    plain = alice.get("/financial/dashboard")
    packed = alice.get("/financial/dashboard", headers={"Accept-Encoding": encoding})
    assert packed.headers["Content-Encoding"] == encoding
    assert packed.headers["ETag"] == plain.headers["ETag"][:-1] + f':{encoding}"'
    assert decode(packed.data) == plain.data
    assert len(packed.data) == int(packed.headers["Content-Length"])


@pytest.mark.parametrize("form", ["{0}", "W/{0}", '"other", {0}', "*", '"other",W/{0}'])
def test_an_answer_that_is_known_is_not_sent_again(alice: Caller, from_flask: Callable[[], None], form: str) -> None:
    tag = alice.get("/financial/dashboard", headers={"Accept-Encoding": "br"}).headers["ETag"]
    known = {"If-None-Match": form.format(tag), "Accept-Encoding": "br"}
    answers = [alice.get("/financial/dashboard", headers=known)]
    from_flask()
    answers.append(alice.get("/financial/dashboard", headers=known))
    for answer in answers:
        assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", tag)
        assert answer.headers["Cache-Control"] == "private, no-cache"
    assert alice.get("/financial/dashboard", headers={"If-None-Match": '"other"'}).status_code == 200


def test_what_the_asker_may_not_have_is_refused_though_it_is_ready(acorn: Town, app: Flask, alice: Caller) -> None:
    assert is_hit([alice.get(SUMMARY) for _ in range(2)][1])
    with acorn.database.directory() as session:
        from data import directory

        person = directory.find_person(session, "alice@acorn.test")
        tenant = directory.find_tenant(session, "org_1")
    assert person is not None

    def caller(scopes: tuple[str, ...]) -> Caller:
        token, _ = tokens.issue(
            SECRET, tokens.ACCESS, person_id=person.id, tenant_id=tenant.id, epoch=0, now=NOW, scopes=scopes
        )
        return Caller(app.test_client(), token)

    assert [caller(("read",)).get(SUMMARY).status_code for _ in range(2)] == [200, 200]
    for scopes in (("write",), ("import",), ()):
        answers = [caller(scopes).get(SUMMARY) for _ in range(2)]
        assert [(each.status_code, each.get_json()["code"]) for each in answers] == [(403, "insufficient_scope")] * 2


def test_a_remembered_token_ends_when_it_says(alice: Caller, clock: list[datetime]) -> None:
    assert [alice.get(SUMMARY).status_code for _ in range(2)] == [200, 200]
    clock[0] = NOW + tokens.ACCESS_TTL + timedelta(seconds=1)
    answer = alice.get(SUMMARY)
    assert (answer.status_code, answer.get_json()["code"]) == (401, "token_expired")


def test_a_new_day_is_a_new_answer(sign_in: Callable[..., Caller], clock: list[datetime]) -> None:
    clock[0] = datetime.fromisoformat("2026-06-17T21:55:00+00:00")  # 23:55 in Berlin
    alice = sign_in("alice@acorn.test", "org_1")
    first = [alice.get(SUMMARY) for _ in range(2)][1]
    clock[0] += timedelta(minutes=10)
    second = alice.get(SUMMARY)
    assert (first.get_json()["as_of"], second.get_json()["as_of"]) == ("2026-06-17", "2026-06-18")
    assert first.headers["ETag"] != second.headers["ETag"]


def test_a_hit_is_logged_like_any_answer(alice: Caller, caplog: pytest.LogCaptureFixture) -> None:
    alice.get(SUMMARY)
    logger = logging.getLogger("dashboard.access")
    logger.addHandler(caplog.handler)
    try:
        answer = alice.get(SUMMARY, headers={"X-Request-ID": "portal-12345"})
    finally:
        logger.removeHandler(caplog.handler)
    assert answer.headers["X-Request-ID"] == "portal-12345"
    fields = caplog.records[-1].__dict__["fields"]
    assert {name: value for name, value in fields.items() if name != "duration_ms"} == {
        "tenant_type": "organization",
        "tenant_id": "org_1",
        "endpoint": SUMMARY,
        "method": "GET",
        "status": 200,
        "cache_hit": True,
        "response_size": len(answer.data),
        "request_id": "portal-12345",
    }
    assert alice.get(SUMMARY, headers={"X-Request-ID": "bad id\t"}).headers["X-Request-ID"] != "bad id\t"


def test_when_nearly_all_threads_are_busy_health_still_answers() -> None:
    small = Flask("small")
    asked: list[bool] = []

    @small.get("/slow")
    def slow() -> Any:
        asked.append(True)
        with small.test_client() as client:  # a request within a request: the first thread is still busy
            answers.append(client.get("/other"))
            answers.append(client.get("/health"))
        return reply({})

    @small.get("/<name>")
    def other(name: str) -> Any:
        from flask import request

        return json.dumps(bool(request.environ.get(OVERLOADED)))

    answers: list[Any] = []
    small.wsgi_app = Entrance(small, small.wsgi_app, threads=1, tls=False)  # type: ignore[method-assign]
    assert small.test_client().get("/other").get_json(force=True) is False
    assert small.test_client().get("/slow").status_code == 200
    assert [each.get_json(force=True) for each in answers] == [True, False]
    assert small.test_client().get("/other").get_json(force=True) is False


def test_who_comes_when_too_much_is_going_on_is_told_to_come_again(app: Flask, alice: Caller) -> None:
    answer = alice.get("/tenant/info", environ_overrides={OVERLOADED: True})
    assert answer.status_code == 200  # what the request says of itself does not count
    entrance: Any = app.wsgi_app
    entrance._busy = 10_000
    try:
        answer = alice.get("/tenant/info")
        assert (answer.status_code, answer.get_json()["code"]) == (503, "overloaded")
        assert answer.headers["Retry-After"] == "1"
        assert alice.get("/health").status_code == 200
    finally:
        entrance._busy = 0
