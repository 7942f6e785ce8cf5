"""The Dash application as a whole: wiring, head of the document, routing, templates."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from dash import Dash
from flask import Flask, render_template

import callbacks
from bench.harness.overview import overview_call
from callbacks import overview as overview_callbacks
from components import ids
from pages.site import PAGES, create_site, settle
from tests.components import sample
from tests.components.reading import walk

TENANT = SimpleNamespace(key="user_1", name="Alice", locale="en-GB", month_start=1)


@pytest.fixture(scope="module")
def site() -> Dash:
    server = Flask("site", template_folder="../../templates", root_path=__file__.rpartition("/")[0])
    app = create_site(server)
    callbacks.register(app)
    return app


@pytest.fixture
def client(site: Dash) -> Iterator[Any]:
    with site.server.test_client() as client:
        yield client


def _key(component_id: Any) -> str:
    return json.dumps(component_id, sort_keys=True) if isinstance(component_id, dict) else str(component_id)


def test_every_callback_touches_components_that_exist(site: Dash, client: Any) -> None:
    client.get("/_dash-layout")
    known = {_key(part.id) for layout in (site.layout(), *(page.layout() for page in PAGES)) for part in _named(layout)}
    wildcards = {_key(ids.graph(ids.NET_WORTH)), _key(ids.figure(ids.NET_WORTH))}
    assert wildcards <= known
    for spec in client.get("/_dash-dependencies").get_json():
        for name in re.findall(r"([\w-]+)\.\w+", spec["output"].replace('{"', "")):
            assert name in known or name.startswith("_pages") or "MATCH" in spec["output"], name
        for place in (*spec["inputs"], *spec["state"]):
            assert place["id"] in known or place["id"].startswith(("_pages", "{")), place


def _named(layout: Any) -> list[Any]:
    return [part for part in walk(layout) if getattr(part, "id", None) is not None]


def test_nothing_is_left_for_the_first_request() -> None:
    """Several may come at once: half of it done, the others would miss scripts and the callback that shows pages."""
    app = create_site(Flask("settled"))
    callbacks.register(app)
    assert not app.registered_paths
    settle(app)
    assert {"dash", "dash_mantine_components"} <= set(app.registered_paths)
    assert any("_pages_content" in output for output in app.callback_map)


def test_ids_are_unique_on_each_page(site: Dash) -> None:
    for page in PAGES:
        found = [_key(part.id) for part in (*_named(site.layout()), *_named(page.layout()))]
        assert len(found) == len(set(found))


def test_the_document_has_language_viewport_and_no_script_of_ours_inside(site: Dash, client: Any) -> None:
    html = client.get("/").get_data(as_text=True)
    assert '<html lang="en">' in html
    assert "width=device-width" in html
    assert re.search(r'<script src="/assets/00-theme-init\.js\?m=[0-9a-f]{12}"></script>', html)
    assert re.search(r'name="fd-plotly" content="/assets/vendor/plotly-[\d.]+min\.js\?m=[0-9a-f]{12}"', html)
    inline = re.findall(r"<script(?![^>]*(?:\bsrc=|json))[^>]*>(.*?)</script>", html, re.S)
    hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in inline}
    assert hashes <= set(site.csp_hashes())
    assert "plotly-4.1.1.min.js" not in "".join(re.findall(r"<script src=[^>]*>", html))
    config = json.loads(re.search(r'id="_dash-config"[^>]*>(.*?)</script>', html, re.S).group(1))  # type: ignore[union-attr]
    assert (config["csrf_token_name"], config["csrf_header_name"]) == ("fd_csrf", "X-CSRF-Token")
    assert config["suppress_callback_exceptions"] is False


def test_everything_the_document_names_is_there(client: Any) -> None:
    html = client.get("/").get_data(as_text=True)
    for address in re.findall(r'(?:src|href|content)="(/assets/[^"]+)"', html):
        with client.get(address) as response:
            assert response.status_code == 200, address


def _route(client: Any, search: str, changed: list[str]) -> Any:
    places = {"pathname": "/", "search": search}
    body = {
        "output": ".._pages_content.children..._pages_store.data..",
        "outputs": [{"id": "_pages_content", "property": "children"}, {"id": "_pages_store", "property": "data"}],
        "inputs": [{"id": "_pages_location", "property": name, "value": value} for name, value in places.items()],
        "changedPropIds": [f"_pages_location.{name}" for name in changed],
    }
    return client.post("/_dash-update-component", json=body)


def test_a_new_query_keeps_the_page_and_a_new_path_draws_it(client: Any) -> None:
    client.get("/_dash-layout")
    assert _route(client, "?period=all", ["search"]).status_code == 204
    drawn = _route(client, "?period=all&nonsense=1", ["pathname", "search"])
    assert drawn.status_code == 200
    assert ids.OVERVIEW in drawn.get_data(as_text=True)


@pytest.mark.parametrize("crash", [False, True])
def test_the_whole_way_of_a_view(client: Any, monkeypatch: pytest.MonkeyPatch, crash: bool) -> None:
    def dashboard(_params: Any) -> Any:
        if crash:
            raise RuntimeError("the trace stays inside")
        return sample.answer()

    monkeypatch.setattr(overview_callbacks, "dashboard", dashboard)
    monkeypatch.setattr(overview_callbacks, "current", lambda: SimpleNamespace(tenant=TENANT))
    client.get("/_dash-layout")
    body = overview_call(client.get("/_dash-dependencies").get_json(), "?period=this_year")
    response = client.post("/_dash-update-component", json=body)
    text = response.get_data(as_text=True)
    assert response.status_code == 200
    assert ("€193,179" in text) is not crash
    assert ("Try again" in text) is crash
    assert "trace stays inside" not in text


def test_sign_in_page_keeps_what_was_typed_and_escapes_it(site: Dash) -> None:
    with site.server.test_request_context():
        page = render_template("sign_in.html", error="E-mail or password is wrong", email='"><b>', next="/?a=1&b=2")
    assert 'role="alert"' in page
    assert 'value="&#34;&gt;&lt;b&gt;"' in page
    assert 'name="next" value="/?a=1&amp;b=2"' in page
    assert "<script>" not in page


def test_error_page_names_the_request(site: Dash) -> None:
    with site.server.test_request_context():
        page = render_template("error.html", status=404, title="Not found", detail="It is gone.", request_id="r-1")
    assert "r-1" in page
    assert 'href="/"' in page
