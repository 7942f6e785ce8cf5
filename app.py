"""The composition root: puts the parts together, imported by nobody but the servers that run it."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

import callbacks
import cli
from api import (
    account,
    account_page,
    accounts,
    alerts,
    audit,
    auth,
    budgets,
    categories,
    categorise,
    changes,
    comparisons,
    dashboard,
    documents,
    embeds,
    explain,
    exports,
    health,
    import_entries,
    imports,
    ledger_work,
    links,
    people,
    provider,
    rates,
    reconciliations,
    recurring,
    rules,
    sessions,
    signin,
    stream,
    tags,
    tenant,
    tokens,
    transactions,
    views,
    webhooks,
    words,
)
from cli.runtime import load_settings, running_database
from core.settings import Settings
from data.db import Database
from pages.embed_site import create_embed_site
from pages.site import create_site, settle
from web import (
    compression,
    drawn,
    errors,
    guard,
    headers,
    idempotency,
    language,
    log_lines,
    reporting,
    telemetry,
    tracing,
)
from web.ask import CACHE_EXTENSION
from web.cache import AnswerCache
from web.embeds import PREFIX as EMBEDS
from web.entrance import Entrance
from web.state import State, attach, state_of

_BLUEPRINTS = (
    account,
    account_page,
    accounts,
    alerts,
    audit,
    auth,
    budgets,
    categories,
    categorise,
    changes,
    comparisons,
    dashboard,
    documents,
    embeds,
    explain,
    exports,
    health,
    import_entries,
    imports,
    ledger_work,
    links,
    people,
    provider,
    rates,
    reconciliations,
    recurring,
    rules,
    sessions,
    signin,
    stream,
    tags,
    tenant,
    tokens,
    transactions,
    views,
    webhooks,
    words,
)


def create_app(settings: Settings | None = None, database: Database | None = None) -> Flask:
    """The whole product as one WSGI application. Without arguments it reads the environment."""
    settings = settings or load_settings()
    database = database or running_database(settings)
    log_lines.configure(settings.log_level)
    app = Flask(__name__, static_folder=None)
    app.config["SECRET_KEY"] = settings.secret_key
    app.config["MAX_CONTENT_LENGTH"] = settings.max_upload_mb * 1024 * 1024
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    attach(app, State(settings, database))
    app.extensions[CACHE_EXTENSION] = AnswerCache(app, settings, lambda: state_of(app).database.changes.cleared())
    for module in _BLUEPRINTS:
        app.register_blueprint(module.blueprint)
    frames = create_embed_site(app)  # before the pages' application, whose registry is the process's
    callbacks.register_embed(frames)
    site = create_site(app, tls=settings.production)
    callbacks.register(site)
    settle(site)
    compression.install(app)
    idempotency.install(app)
    guard.install(app)
    language.install(app)
    drawn.install(app)
    telemetry.install(app)
    reporting.start(settings)
    if tracing.start(settings):
        tracing.install(app)
    headers.install(
        app,
        script_hashes=lambda: " ".join((frames if request.path.startswith(EMBEDS) else site).csp_hashes()),
        tls=settings.production,
    )
    errors.install(app)
    app.wsgi_app = Entrance(  # type: ignore[method-assign,assignment]
        app, app.wsgi_app, threads=settings.web_threads - settings.most_streams, tls=settings.production
    )
    cli.register(app)
    return app


def __getattr__(name: str) -> Any:
    """`app:server` for gunicorn, made when it is asked for: importing this module has no effect."""
    if name == "server":
        return create_app()
    raise AttributeError(name)
