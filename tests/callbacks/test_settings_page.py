"""The settings page's callback: what the browser's part is told of who is here."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, g

from callbacks import settings
from components.settings import READY, choices
from tests.conftest import Caller
from web.identity import authenticate


def test_each_role_gets_its_choices(app: Flask, sign_in: Callable[..., Caller]) -> None:
    told = {}
    for name in ("alice", "bob", "vera"):
        token = sign_in(f"{name}@acorn.test", "org_1").token
        with app.test_request_context("/settings", headers={"Authorization": f"Bearer {token}"}):
            g.identity = authenticate()
            tenant, state, told[name] = settings.show_page("settings")
            assert (tenant, state, told[name]["email"]) == ("Acorn Ltd", READY, f"{name}@acorn.test")
    assert [told[name]["scopes"] for name in ("alice", "bob", "vera")] == [
        ["read", "write", "import", "embed", "admin"],
        ["read", "write", "import"],
        ["read"],
    ]
    assert [each["choices"] is None for each in told.values()] == [False, True, True]
    assert [each["mail"] for each in told.values()] == [False] * 3


def test_the_forms_offer_what_the_tenant_has() -> None:
    offered = choices("gsw-CH")
    assert offered["currencies"][0] == ("EUR", "EUR · Euro")
    assert ("Europe/Berlin", "Europe/Berlin") in offered["timezones"]
    assert ("gsw-CH", "Swiss German (Switzerland)") in offered["locales"]
    assert all(len(dict(pairs)) == len(pairs) for pairs in offered.values())
