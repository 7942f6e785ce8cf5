"""The page on embeds: its form, its buttons, and the checker; for admins alone."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from flask import Flask, g

from callbacks import embeds
from components.embeds import OTHER, READY
from core.errors import Forbidden
from tests.components.reading import words
from tests.conftest import NOW, Caller
from tests.embeds import SITE, Frame, Signer, register
from web import embed_check
from web.identity import authenticate

HOST = "https://figures.example.org"
PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "embedding.md"
FORM = ["summary", ["3"], [], "", "", "", ["period"], ["drill", "masked"], "dark", ""]


@pytest.fixture
def inside(app: Flask, alice: Caller, sign_in: Callable[..., Caller]) -> Callable[[str], Any]:
    """A request of somebody, for callbacks called as functions."""

    def enter(email: str) -> Any:
        token = sign_in(email, "org_1").token
        context = app.test_request_context("/embeds", headers={"Authorization": f"Bearer {token}"})
        context.push()
        g.identity = authenticate()
        return context

    return enter


def test_an_admin_sets_up_and_others_read_why_not(inside: Callable[[str], Any], alice: Caller) -> None:
    alice.post("/financial/accounts", {"name": "<b>Current</b>", "type": "checking"})
    parent = alice.post("/financial/categories", {"name": "Food", "kind": "expense"}).get_json()["id"]
    alice.post("/financial/categories", {"name": "Sweets", "parent_id": parent})
    context = inside("alice@acorn.test")
    _, state, _, accounts, categories, sites, _ = embeds.show_page("embeds")
    assert (state, [each["label"] for each in accounts], sites) == (READY, ["<b>Current</b>"], "")
    assert [each["label"] for each in categories] == ["Uncategorised", "Food", "Food › Sweets"]
    assert embeds.save_sites(1, f" {SITE}/ \n\nhttp://localhost:9001") == ("Saved.", f"{SITE}\nhttp://localhost:9001")
    said, kept = embeds.save_sites(2, "portal.example.org")
    assert "must be an origin" in said
    assert kept is not SITE
    key = embeds._make_key(g.identity)
    assert key.kid in words(embeds.show_page("embeds")[6])
    assert key.secret not in words(embeds.show_page("embeds")[6])
    body, code, wrong = embeds.compose(*FORM)
    assert body == {
        "view": "summary",
        "lock": {"account_ids": ["3"]},
        "allow": {"filters": ["period"], "drill": True, "export": False, "amounts": "masked"},
        "ui": {"theme": "dark"},
    }
    assert f"frame-ancestors {SITE} http://localhost:9001" in words(code)
    assert f"/embed/summary?k={key.kid}" in words(code)
    assert wrong == ""
    assert "must be a date" in embeds.compose(*FORM[:3], "soon", *FORM[4:])[2]
    assert embeds.revoke_all(1) == "Done: epoch 1."
    context.pop()
    context = inside("bob@acorn.test")
    assert embeds.show_page("embeds")[1] == OTHER
    assert embeds.compose(*FORM)[2] == ""
    for refused in (embeds.revoke_all, lambda _: embeds.check(1, SITE, "", "")):
        with pytest.raises(Forbidden):
            refused(1)
    assert "role" in embeds.save_sites(1, SITE)[0]
    context.pop()


def said(findings: list[embed_check.Finding], *, good: bool = False) -> str:
    return " ".join(text for well, text in findings if well == good)


def test_the_checker_tells_what_is_wrong_with_a_site() -> None:
    sites = [SITE, "http://intranet.example.org"]
    assert said(embed_check.check_site(f"{SITE}/a/page?x=1", sites)) == ""
    assert "not among your sites" in said(embed_check.check_site("https://other.example.org", sites))
    assert "no web address" in said(embed_check.check_site("portal", sites))
    assert "TLS" in said(embed_check.check_site("http://intranet.example.org/", sites))
    late = (NOW - timedelta(seconds=90)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    bad = (
        "HTTP/2 200\nX-Frame-Options: DENY\nReferrer-Policy: no-referrer\n"
        "Cross-Origin-Embedder-Policy: require-corp\nContent-Security-Policy: default-src 'self'; script-src 'self'\n"
        f"Date: {late}\n"
    )
    found = embed_check.check_headers(bad, HOST, NOW)
    for word in (
        "X-Frame-Options",
        "require-corp",
        f"add {HOST} to script-src",
        f"add {HOST} to frame-src",
        "90 s behind",
    ):
        assert word in said(found), word
    assert "Referrer-Policy" in said(found, good=True)
    policy = f"Content-Security-Policy: script-src 'self' {HOST}; frame-src *.example.org"
    fine = f"{policy}\nDate: Wed, 17 Jun 2026 10:30:00 GMT"
    assert said(embed_check.check_headers(fine, HOST, NOW)) == ""
    assert embed_check.check_headers("Date: nonsense", HOST, NOW) == embed_check.check_headers("", HOST, NOW) == []


def test_the_checker_tells_what_is_wrong_with_a_token(inside: Callable[[str], Any], alice: Caller) -> None:
    register(alice)
    own = Signer.of(alice)
    context = inside("alice@acorn.test")
    now = int(NOW.timestamp())
    for token, word in (
        (own.sign(), "opens the view summary for 600 s"),
        (own.sign(iat=now + 300, exp=now + 600), "300 s in the future"),
        (own.sign(exp=now + 3_600), "would live 3600 s"),
        (own.sign(leave_out="lock"), "(403)"),
        ("nonsense", "no JWT"),
    ):
        assert word in words(embeds.check(1, None, None, token)), word
    assert "Write the address" in words(embeds.check(1, "", "", ""))
    context.pop()


def examples() -> dict[str, str]:
    """The programs of the page on embedding, by language."""
    text = PAGE.read_text(encoding="utf-8")
    parts = text.split("```")
    found = {
        part.split("\n", 1)[0]: part.split("\n", 1)[1]
        for part in parts[1::2]
        if "embedToken" in part or "embed_token" in part
    }
    return {kind: code for kind, code in found.items() if kind in ("python", "js")}


def test_the_programs_of_the_documentation_sign_tokens(alice: Caller, app: Flask, clock: list[datetime]) -> None:
    register(alice)
    own = Signer.of(alice)
    python: dict[str, Any] = {}
    exec(examples()["python"], python)  # the page's own program is what is tested
    token = python["embed_token"](own.key, own.kid, own.secret, 0, "summary", {}, [SITE])
    issued = jwt.decode(token, options={"verify_signature": False})["iat"]
    clock[0] = datetime.fromtimestamp(issued + 1, NOW.tzinfo)
    assert Frame(app.test_client(), token).get("/embed/_version").status_code == 200
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the JavaScript program is not run")
    asked = {"tenant": own.key, "kid": own.kid, "secret": own.secret, "epoch": 0, "view": "budgets", "lock": {}}
    call = f"embedToken({json.dumps({**asked, 'origins': [SITE]})})"
    run = subprocess.run(
        [node, "-e", f"{examples()['js']}\nconsole.log({call})"], capture_output=True, text=True, timeout=30
    )
    clock[0] = datetime.fromtimestamp(
        jwt.decode(run.stdout.strip(), options={"verify_signature": False})["iat"] + 1, NOW.tzinfo
    )
    assert Frame(app.test_client(), run.stdout.strip()).get("/embed/_version").status_code == 200
