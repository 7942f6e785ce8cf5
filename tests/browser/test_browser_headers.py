"""What browsers are told to keep and to run. Needs no browser."""

from __future__ import annotations

from flask import Flask, Response

from web import headers


def test_a_page_names_the_scripts_that_are_known_by_then() -> None:
    known: list[str] = []
    app = Flask("policy")
    headers.install(app, script_hashes=lambda: " ".join(known), tls=False)
    app.add_url_rule("/health", view_func=lambda: Response("{}", mimetype="application/json"), endpoint="health")
    app.add_url_rule("/", view_func=lambda: "<p>", endpoint="page")
    client = app.test_client()
    first = client.get("/health").headers
    assert "script-src 'self';" in first["Content-Security-Policy"]
    assert "script-src 'self';" in client.get("/").headers["Content-Security-Policy"]
    known.append("'sha256-of-a-callback'")
    page = client.get("/").headers
    assert "script-src 'self' 'sha256-of-a-callback';" in page["Content-Security-Policy"]
    assert page["Cache-Control"] == "no-store"
    assert "Cache-Control" not in first


def test_only_assets_with_a_version_in_their_address_are_kept_for_ever() -> None:
    app = Flask("assets")
    headers.install(app, script_hashes=str, tls=False)
    app.add_url_rule("/assets/<name>", view_func=lambda name: Response("x", mimetype="text/css"), endpoint="asset")
    client = app.test_client()
    for query, kept in (("?m=1", "immutable"), ("?v=1", "immutable"), ("", "max-age=86400"), ("?x=1", "max-age=86400")):
        assert kept in client.get(f"/assets/a.css{query}").headers["Cache-Control"]
    assert client.get("/assets/").headers["Cache-Control"] == "no-store"
