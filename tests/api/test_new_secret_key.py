"""Another SECRET_KEY: with the one before beside it nobody loses anything, and after resealing nobody needs that."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import totp
from core.settings import BadSetting, Settings
from tests.cli.test_commands import Run
from tests.cli.test_commands import run as run
from tests.conftest import PASSWORD, SECRET, Caller, Town
from tests.embeds import Frame, frame, register
from web.state import State, attach

NEXT = "next-next-next-next-next-next-next-next"


@dataclass
class Holdings:
    """What Alice got under the first key: a page, a token, a frame, a second factor with its backup codes."""

    page: FlaskClient
    token: Caller
    frame: Frame
    jti: str
    secret: bytes
    backup: list[str]


@pytest.fixture
def alices(app: Flask, alice: Caller, clock: list[datetime]) -> Holdings:
    page = app.test_client()
    page.post("/sign-in", data={"email": "alice@acorn.test", "password": PASSWORD})
    register(alice)
    shown = frame(alice)
    jti = alice.post("/financial/embeds", {"view": "summary", "lock": {}}).get_json()["jti"]
    secret = base64.b32decode(alice.post("/auth/totp", {"password": PASSWORD}).get_json()["secret"])
    code = totp.code_at(secret, int(clock[0].timestamp()) // 30)
    backup = alice.post("/auth/totp/confirm", {"code": code}).get_json()["backup_codes"]
    return Holdings(page, alice, shown, jti, secret, backup)


@pytest.fixture
def under(app: Flask, settings: Settings, acorn: Town, clock: list[datetime]) -> Callable[..., None]:
    """Start the server anew under these keys."""

    def start(key: str, previous: str | None = None) -> None:
        changed = replace(settings, secret_key=key, secret_key_previous=previous)
        attach(app, State(changed, acorn.database, clock=lambda: clock[0]))

    return start


def sign_in(app: Flask, clock: list[datetime], secret: bytes) -> int:
    clock[0] += timedelta(seconds=30)
    code = totp.code_at(secret, int(clock[0].timestamp()) // 30)
    return with_code(app, code)


def with_code(app: Flask, code: str) -> int:
    body = {"email": "alice@acorn.test", "password": PASSWORD, "totp": code}
    return int(app.test_client().post("/auth/login", json=body).status_code)


def write_by(page: FlaskClient) -> int:
    csrf = page.get_cookie("fd_csrf")
    assert csrf is not None
    return int(
        page.post("/financial/tags", json={"name": "by the page"}, headers={"X-CSRF-Token": csrf.value}).status_code
    )


def test_with_the_key_before_nobody_loses_anything(
    app: Flask, alices: Holdings, under: Callable[..., None], clock: list[datetime]
) -> None:
    under(NEXT, SECRET)
    assert alices.page.get("/tenant/info").status_code == 200
    assert write_by(alices.page) == 201
    assert alices.token.get("/tenant/info").status_code == 200
    assert alices.frame.get("/embed/_version").status_code == 200
    assert alices.token.delete(f"/financial/embeds/{alices.jti}").status_code == 204
    assert sign_in(app, clock, alices.secret) == 200
    assert with_code(app, alices.backup[0]) == 200
    begun = app.test_client()
    begun.post("/sign-in", data={"email": "bob@acorn.test", "password": PASSWORD})
    under(NEXT)  # what was signed since is signed with the new key, and what was signed before is void
    assert begun.get("/tenant/info").status_code == 200
    assert alices.page.get("/tenant/info").status_code == 401
    assert alices.token.get("/tenant/info").status_code == 401


def test_once_sealed_anew_the_key_before_can_go(
    app: Flask,
    alices: Holdings,
    under: Callable[..., None],
    clock: list[datetime],
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    under(NEXT)
    assert sign_in(app, clock, alices.secret) == 401
    assert "the second factor of person 1 cannot be opened" in caplog.text
    assert with_code(app, alices.backup[0]) == 200  # backup codes rest on no key
    assert alices.frame.get("/embed/_version").status_code == 401
    monkeypatch.setenv("SECRET_KEY", NEXT)
    lost = run("token", "reseal")
    assert (lost.exit_code, "left as they are: 2" in lost.stderr) == (1, True)
    monkeypatch.setenv("SECRET_KEY_PREVIOUS", SECRET)
    assert run("token", "reseal").stdout == "Sealed anew: 2.\n"
    assert run("token", "reseal").stdout == "Sealed anew: 0.\n"
    under(NEXT)
    assert sign_in(app, clock, alices.secret) == 200
    assert alices.frame.get("/embed/_version").status_code == 200


def test_the_key_before_is_a_key_too(tmp_path: Any) -> None:
    place = tmp_path / "previous"
    place.write_text(f"{SECRET}\n", encoding="utf-8")
    told = {"VAR_DIR": str(tmp_path), "SECRET_KEY": NEXT, "SECRET_KEY_PREVIOUS_FILE": str(place)}
    assert Settings.load(told).secret_keys == (NEXT, SECRET)
    with pytest.raises(BadSetting, match=re.escape("SECRET_KEY_PREVIOUS must have at least 32 characters")):
        Settings.load({"VAR_DIR": str(tmp_path), "SECRET_KEY": NEXT, "SECRET_KEY_PREVIOUS": "short"})
