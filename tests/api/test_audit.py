"""The audit log is read by admins, in pages and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

from flask import Flask

from tests.api.test_dashboard import assert_problem
from tests.conftest import Caller


def test_who_did_what(app: Flask, alice: Caller, charlie: Caller, sign_in: Callable[..., Caller]) -> None:
    bob = sign_in("bob@acorn.test", "org_1")
    tag = bob.post("/financial/tags", {"name": "=HYPERLINK(1)"}).get_json()["id"]
    token = alice.post("/auth/tokens", {"name": "nightly", "scopes": ["read", "write"]}).get_json()
    Caller(app.test_client(), token["token"]).post("/financial/tags", {"name": "by a program"})
    charlie.post("/financial/tags", {"name": "elsewhere"})
    page = alice.get("/financial/audit").get_json()
    assert page["next_cursor"] is None
    shown = [(each["kind"], each["action"], each["actor"].split(":")[0], each["person"]) for each in page["data"]]
    assert shown == [
        ("tag", "create", "token", "alice@acorn.test"),
        ("token", "create", "person", "alice@acorn.test"),
        ("tag", "create", "person", "bob@acorn.test"),
    ]
    newest, _, oldest = page["data"]
    assert newest["actor"] == f"token:{token['id']}"
    assert (oldest["object_id"], oldest["address"], oldest["before"]) == (tag, "127.0.0.1", None)
    assert oldest["after"]["name"] == "=HYPERLINK(1)"
    assert token["token"] not in alice.get("/financial/audit").get_data(as_text=True)


def test_the_log_is_filtered_and_paged(alice: Caller, sign_in: Callable[..., Caller]) -> None:
    for number in range(5):
        alice.post("/financial/tags", {"name": f"tag {number}"})
    alice.post("/financial/categories", {"name": "Food"})
    everything = alice.get("/financial/audit").get_json()["data"]
    collected, cursor = [], ""
    while cursor is not None:
        page = alice.get(f"/financial/audit?kind=tag&limit=2{cursor and '&cursor=' + cursor}").get_json()
        collected += page["data"]
        cursor = page["next_cursor"]
    assert collected == [each for each in everything if each["kind"] == "tag"]
    actor, day = everything[0]["actor"], everything[0]["at"][:10]
    assert alice.get(f"/financial/audit?actor={actor}").get_json()["data"] == everything
    assert alice.get("/financial/audit?actor=cli").get_json()["data"] == []
    assert alice.get("/financial/audit?to=2020-01-01").get_json()["data"] == []
    assert alice.get("/financial/audit?from=2999-12-31").get_json()["data"] == []
    assert len(alice.get("/financial/audit?from=2020-01-01&to=2999-12-31").get_json()["data"]) == 6
    for wrong in ("from=yesterday", "from=2026-02-02&to=2026-02-01", "who=me", "limit=0", "cursor=x"):
        assert_problem(alice.get(f"/financial/audit?{wrong}"), 422)
    assert day[:2] == "20"
    bob = sign_in("bob@acorn.test", "org_1")
    assert_problem(bob.get("/financial/audit"), 403)
    assert_problem(bob.get("/financial/audit.csv"), 403)


def test_the_file_holds_all_of_it_and_runs_nothing(alice: Caller) -> None:
    for number in range(3):
        alice.post("/financial/tags", {"name": f"tag {number}"})
    answer = alice.get("/financial/audit.csv?kind=tag")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].endswith('.csv"')
    lines = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    listed = alice.get("/financial/audit?kind=tag").get_json()["data"]
    assert [line["id"] for line in lines] == [each["id"] for each in listed]
    assert lines[0]["person"] == "alice@acorn.test"
    assert lines[0]["after"].startswith("{")
    assert_problem(alice.get("/financial/audit.csv?limit=1"), 422)
