"""The pages' Dash application on the Flask server: head of the document, scripts, routing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import dash
from dash import Dash
from dash.exceptions import MissingCallbackContextException, PreventUpdate
from flask import Flask

from components.shell import shell
from pages import (
    accounts,
    budgets,
    cash_flow,
    categories,
    embeds,
    explain,
    imports,
    net_worth,
    not_found_404,
    overview,
    settings,
    transactions,
)

PAGES: tuple[ModuleType, ...] = (
    overview,
    transactions,
    budgets,
    accounts,
    cash_flow,
    net_worth,
    explain,
    imports,
    embeds,
    categories,
    settings,
    not_found_404,
)
_ASSETS = Path(__file__).resolve().parent.parent / "assets"
_INIT, _PLOTLY = "00-theme-init.js", "vendor/plotly-4.1.1.min.js"
_STYLES = (
    "vendor/inter.css",
    "vendor/icons.css",
    "10-tokens.css",
    "20-layout.css",
    "30-components.css",
    "36-import.css",
    "37-transactions.css",
    "38-embeds.css",
    "38-explain.css",
    "39-accounts.css",
    "39-budgets.css",
    "41-categories.css",
    "41-cash-flow.css",
    "42-print.css",
    "43-settings.css",
    "44-palette.css",
)
_IGNORED = r"^(00-theme-init\.js|plotly-.*|embed-.*|.*\.(css|br|gz|map))$"
_CSRF_COOKIE = "fd_csrf"
_SOURCE = re.compile(r'src="([^"]+)"')
_INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<title>{%title%}</title>
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#f7f8fa" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#0f1520" media="(prefers-color-scheme: dark)">
<meta name="fd-plotly" content="PLOTLY">
{%favicon%}
<script src="INIT"></script>
<link rel="manifest" href="/assets/manifest.webmanifest">
<link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
<link rel="apple-touch-icon" href="/assets/apple-touch-icon.png">
{%css%}
STYLES
</head>
<body>
{%app_entry%}
<footer hidden>{%config%}{%scripts%}{%renderer%}</footer>
<noscript>This page needs JavaScript. The same figures are at /financial/dashboard.</noscript>
</body>
</html>"""


class _Site(Dash):
    """The grid's script is large and one page alone needs it: documents only name it, and that page loads it."""

    def interpolate_index(self, *given: Any, **parts: Any) -> Any:
        lines = parts["scripts"].split("\n")
        grid = [line for line in lines if "/dash_ag_grid/" in line]
        parts["scripts"] = "\n".join(line for line in lines if line not in grid)
        parts["favicon"] = "".join(
            f'<meta name="fd-grid" content="{source}">' for line in grid for source in _SOURCE.findall(line)
        )
        interpolate: Any = super().interpolate_index
        return interpolate(*given, **parts)


def create_site(server: Flask) -> Dash:
    """The Dash application with all pages, on `server`; register its callbacks afterwards."""
    app = _Site(
        "financial_dashboard",
        server=cast(Any, server),
        use_pages=True,
        pages_folder="",
        assets_folder=str(_ASSETS),
        assets_ignore=_IGNORED,
        index_string=_index(),
        title="Financial Dashboard",
        update_title="",
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1, viewport-fit=cover"}],
        include_pages_meta=False,
        serve_locally=True,
        compress=False,
        enable_mcp=False,
        csrf_token_name=_CSRF_COOKIE,
        csrf_header_name="X-CSRF-Token",
    )
    register_page: Any = dash.register_page
    for page in PAGES:
        name = page.__name__
        register_page(name, path=page.PATH, title=page.TITLE, name=page.TITLE, layout=_once_a_page(page.layout))
    app.layout = shell(dash.page_container)
    server.jinja_env.globals["asset"] = asset
    return app


def _index() -> str:
    links = "\n".join(f'<link rel="stylesheet" href="{asset(name)}">' for name in _STYLES)
    return _INDEX.replace("INIT", asset(_INIT)).replace("PLOTLY", asset(_PLOTLY)).replace("STYLES", links)


@cache
def asset(name: str) -> str:
    """The address of an asset, the same on all pages; it changes with the content, so that browsers keep what it names.

    Templates know it as `asset`.
    """
    digest = hashlib.sha256((_ASSETS / name).read_bytes()).hexdigest()[:12]
    return f"/assets/{name}?m={digest}"


def _once_a_page(layout: Callable[[], Any]) -> Callable[..., Any]:
    """Keep the page when only its query string changed: its own callbacks follow that, without a flash.

    Dash's router asks for the layout at each change of path or query, and passes the query as keywords.
    """

    def build(**_query: str) -> Any:
        try:
            changed = set(dash.ctx.triggered_prop_ids)
        except (LookupError, MissingCallbackContextException):  # the layout is being validated, nobody navigates
            changed = set()
        if changed == {"_pages_location.search"}:
            raise PreventUpdate
        return layout()

    return build
