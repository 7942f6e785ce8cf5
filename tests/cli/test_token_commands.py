"""What an operator does for people and tokens: issue, revoke, rotate keys, help somebody who is locked out."""

from __future__ import annotations

from datetime import date, timedelta

import jwt
from flask import Flask

from tests.cli.test_commands import Run
from tests.cli.test_commands import run as run
from tests.conftest import PASSWORD, Caller, Town
from web.state import State, attach, state_of, utc_now


def status(app: Flask, token: str) -> int:
    return int(Caller(app.test_client(), token).get("/tenant/info").status_code)


def test_tokens_are_issued_and_revoked(run: Run, app: Flask, acorn: Town) -> None:
    attach(app, State(state_of(app).settings, acorn.database, clock=utc_now))  # commands live in the present
    member = ("token", "issue", "bob@acorn.test", "--tenant", "org_1")
    signed = run(*member, "--scopes", "read").stdout.strip()
    stored = run(*member, "--name", "ci", "--scopes", "read,write", "--expires-on", str(date.today() + timedelta(9)))
    second = run(*member, "--name", "other").stdout.strip()
    kept = run(*member, "--name", "kept").stdout.strip()
    tokens = [signed, stored.stdout.strip(), second]
    assert stored.stdout.startswith("fd_")
    assert [status(app, each) for each in tokens] == [200, 200, 200]
    assert run("token", "revoke", tokens[0]).exit_code == 0
    assert run("token", "revoke", tokens[1]).exit_code == 0
    assert run("token", "revoke", "2").exit_code == 0
    assert [status(app, each) for each in tokens] == [401, 401, 401]
    assert status(app, kept) == 200
    assert run("token", "revoke", tokens[1]).stderr == "Error: There is no such token, or it is revoked already\n"
    assert run("token", "revoke", "rubbish").stderr == "Error: The token is not valid\n"
    beyond = run(*member, "--name", "x", "--scopes", "admin")
    assert (beyond.exit_code, beyond.stderr) == (1, "Error: The scope admin is beyond the role editor\n")
    assert run(*member, "--name", "x", "--ttl", "60").exit_code == 2


def test_keys_rotate(run: Run, app: Flask, acorn: Town) -> None:
    attach(app, State(state_of(app).settings, acorn.database, clock=utc_now))
    member = ("token", "issue", "bob@acorn.test", "--tenant", "org_1")
    first = run(*member).stdout.strip()
    assert run("token", "rotate-keys").exit_code == 0
    second = run(*member).stdout.strip()
    assert jwt.get_unverified_header(first)["kid"] != jwt.get_unverified_header(second)["kid"]
    assert (status(app, first), status(app, second)) == (200, 200)
    assert "sign in again" in run("token", "rotate-keys", "--end-old").stdout
    assert (status(app, first), status(app, second)) == (401, 401)


def test_somebody_locked_out_is_helped(run: Run, app: Flask, acorn: Town) -> None:
    link = run("user", "reset-link", "bob@acorn.test").stdout.strip()
    assert link.startswith("http://127.0.0.1:8000/reset-password?token=")
    assert run("user", "reset-link", "nobody@acorn.test").exit_code == 1
    assert run("user", "totp-off", "bob@acorn.test").stdout == "bob@acorn.test signs in by password alone.\n"
    body = {"email": "bob@acorn.test", "password": PASSWORD}
    assert app.test_client().post("/auth/login", json=body).status_code == 200
