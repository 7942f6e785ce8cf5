"""Our scripts and styles as browsers get them: few files, whole, in order, kept for ever; their words marked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

import brotli
import pytest
from dash import Dash
from flask import Flask

import callbacks
from pages.config import bones
from pages.scripts import FIRST, PARTS, core_scripts
from pages.site import create_site
from web.bundles import FOLDER, Bundle, joined
from web.language import COOKIE

OUTSIDE = {FIRST, "embed-frame.js", "embed-host.js"}
GIVEN = re.compile(r"dash_clientside\.fd, \{([^}]*)\}")
UNMARKED = re.compile(r"(?<![\w.])(?<!\bt\()'([A-Z][a-z]+ [a-z][^'\n]*)'")
"""A text that reads like a sentence and is no argument of `t`; those of `n` are left out before."""


def worker() -> Dash:
    app = create_site(Flask("bundles", template_folder="../../templates", root_path=__file__.rpartition("/")[0]))
    callbacks.register(app)
    return app


@pytest.fixture(scope="module")
def site() -> Dash:
    return worker()


@pytest.fixture(scope="module")
def other(site: Dash) -> Dash:
    """Another worker: it answers for documents that the first one sent."""
    return worker()


@pytest.fixture
def client(site: Dash) -> Iterator[Any]:
    with site.server.test_client() as client:
        yield client


def ours(html: str) -> list[str]:
    return re.findall(r'<(?:script src|link rel="stylesheet" href)="(/assets/(?:bundle/)?[\w.-]+)\?m=', html)


def test_every_script_is_sent_and_none_twice() -> None:
    apart = list(chain.from_iterable(PARTS.values()))
    assert sorted([*core_scripts(), *apart, *OUTSIDE]) == sorted(path.name for path in FOLDER.glob("*.js"))


def test_a_document_names_one_style_sheet_and_the_scripts_of_its_page(client: Any) -> None:
    both = ["/assets/00-theme-init.js", "/assets/bundle/site.css", "/assets/bundle/config.js", "/assets/bundle/site.js"]
    assert ours(client.get("/").get_data(as_text=True)) == both
    assert ours(client.get("/settings").get_data(as_text=True)) == [*both, "/assets/bundle/settings.js"]


def test_all_functions_that_callbacks_call_are_in_a_file_that_can_be_had(client: Any) -> None:
    html = client.get("/").get_data(as_text=True)
    named = re.search(r'name="fd-parts" content="([^"]+)"', html)
    assert named is not None
    parts = dict(pair.split("=", 1) for pair in named.group(1).split(" "))
    core = joined("site.js", core_scripts()).body.decode()
    known = set(re.findall(r"(\w+)\s*:", " ".join(GIVEN.findall(core)))) | set(parts)
    called = {
        told["function_name"]
        for spec in client.get("/_dash-dependencies").get_json()
        if (told := spec["clientside_function"]) and told["namespace"] == "fd"
    }
    assert {"paint", "openLedger", "openSettings"} <= called <= known
    for name, address in parts.items():
        assert f"{name}:" in client.get(address).get_data(as_text=True)


def test_addresses_in_styles_still_lead_to_their_files(client: Any) -> None:
    style = client.get("/assets/bundle/site.css").get_data(as_text=True)
    addresses = set(re.findall(r"url\(['\"]?([^'\")]+)", style)) - {"#"}
    found = [address for address in addresses if not address.startswith(("data:", "#"))]
    assert len(found) > 3
    for address in found:
        assert address.startswith("/assets/")
        with client.get(address) as response:
            assert response.status_code == 200, address


def test_what_dash_repeats_is_told_once_and_the_same_in_all_languages_and_workers(other: Dash, client: Any) -> None:
    html = client.get("/").get_data(as_text=True)
    config = json.loads(re.search(r'id="_dash-config"[^>]*>(.*?)</script>', html, re.S).group(1))  # type: ignore[union-attr]
    assert "validation_layout" not in config
    script = client.get("/assets/bundle/config.js").get_data(as_text=True)
    told = json.loads(script[script.index("{", script.index("Object.assign(")) : script.rindex("));")])
    ids = set(re.findall(r'"id": ?"([\w-]+)"', json.dumps(told["validation_layout"])))
    assert {"overview", "live", "theme", "settings"} <= ids
    client.set_cookie(COOKIE, "de")
    assert "bundle/config.js?m=" in client.get("/").get_data(as_text=True)
    assert client.get("/assets/bundle/config.js").get_data(as_text=True) == script
    german = other.server.test_client()
    german.set_cookie(COOKIE, "de")
    assert german.get("/assets/bundle/config.js").get_data(as_text=True) == script
    part = {"type": "Div", "namespace": "html", "props": {"id": "a", "title": "Words", "children": ["x", 1, None]}}
    assert bones([part, "text"]) == [{"type": "Div", "namespace": "html", "props": {"id": "a"}}]


def test_browsers_keep_a_bundle_until_it_is_another(app: Flask) -> None:
    client = app.test_client()
    style = joined("embed-frame.css", ("10-tokens.css",))
    assert Bundle("a.js", b"1").address != Bundle("a.js", b"2").address
    assert style.body == (FOLDER / "10-tokens.css").read_bytes()
    page = client.get("/sign-in").get_data(as_text=True)
    address = re.search(r'href="(/assets/bundle/site\.css\?m=\w+)"', page).group(1)  # type: ignore[union-attr]
    answer = client.get(address, headers={"Accept-Encoding": "br"})
    assert (answer.headers["Content-Encoding"], "immutable" in answer.headers["Cache-Control"]) == ("br", True)
    assert brotli.decompress(answer.get_data()) == client.get(address).get_data()
    assert client.get("/assets/bundle/nothing.js").status_code == 404


def test_scripts_mark_their_words() -> None:
    for path in (*sorted(FOLDER.glob("[0-9][0-9]-*.js")), FOLDER / "embed-frame.js"):
        code = re.sub(r"/\*.*?\*/|^\s*//.*$", "", path.read_text(encoding="utf-8"), flags=re.S | re.M)
        code = re.sub(r"\b(?:Error|n)\((?:[^()']|'[^'\n]*')*", "", code)
        assert [found for found in UNMARKED.findall(code) if "%" not in found] == [], path.name
