"""The pages' Dash application on the Flask server: head of the document, scripts, routing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any, cast

import dash
from dash import Dash
from dash.exceptions import MissingCallbackContextException, PreventUpdate
from flask import Flask, has_request_context, request

from components import ids
from components.shell import shell
from core.i18n import ENGLISH, _, language, ngettext, speaking
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
    report,
    settings,
    transactions,
)
from pages.config import CONFIG, CONSTANT, constant_part, written
from pages.scripts import FIRST, Scripts, serve_scripts
from web.bundles import FOLDER, Bundle, joined, put, put_later
from web.identity import csrf_cookie
from web.language import document_language, words_address
from web.posted import refuse_malformed

PAGES: tuple[ModuleType, ...] = (
    overview,
    transactions,
    budgets,
    accounts,
    cash_flow,
    net_worth,
    report,
    explain,
    imports,
    embeds,
    categories,
    settings,
    not_found_404,
)
_PLOTLY = "vendor/plotly-4.1.1.min.js"
_MORE = "vendor/plotly-4.1.1-more.min.js"
_GENERATORS = "vendor/regenerator-runtime.min.js"
"""What Dash's scripts need of the polyfill that Dash names, which is for browsers that none of them runs in."""
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
    "42-report.css",
    "43-settings.css",
    "44-palette.css",
)
_UNNEEDED = ("/dash_ag_grid/", "/dash/dash_table/", "/deps/polyfill@")
"""What Dash names in each document: the grid's suite is loaded by its page, the others are used by none."""
_CALLS = "/_dash-update-component"
_CHOSEN = (ids.EMBEDS_ACCOUNTS, ids.EMBEDS_CATEGORIES, ids.EMBEDS_FILTERS, ids.EMBEDS_ALLOW)
_KINDS: dict[str, type] = {**dict.fromkeys(_CHOSEN, list), ids.TRANSACTIONS_WIDE: dict}
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
<meta name="fd-plotly-more" content="MORE">
{%favicon%}
<script src="INIT"></script>
<script src="GENERATORS"></script>
<link rel="manifest" href="/assets/manifest.webmanifest">
<link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
<link rel="apple-touch-icon" href="/assets/apple-touch-icon.png">
{%css%}
<link rel="stylesheet" href="STYLES">
</head>
<body>
{%app_entry%}
<footer hidden>{%config%}{%scripts%}{%renderer%}</footer>
<noscript>NOSCRIPT</noscript>
</body>
</html>"""


class _Site(Dash):
    """Documents name few scripts: ours are joined, what Dash says in each document is one of them, and the grid's,
    which is large, is loaded by the page that needs it."""

    own_scripts: Scripts
    _told: tuple[Any, Bundle | None] = (None, None)
    """The layouts that callbacks are checked against, and the script that says them."""

    def config_script(self) -> Bundle:
        """What Dash says in each document: it is known from the first request on."""
        site: Any = self
        layout, script = self._told
        if script is None or layout is not site.validation_layout:
            script = constant_part(site._config())
            self._told = site.validation_layout, script
        return script

    def _generate_config_html(self) -> str:
        config: dict[str, Any] = cast(Any, self)._config()
        return written({name: value for name, value in config.items() if name not in CONSTANT})

    def interpolate_index(self, *given: Any, **parts: Any) -> Any:
        lines = parts["scripts"].split("\n")
        needed = [line for line in lines if not any(suite in line for suite in _UNNEEDED)]
        parts["scripts"] = "\n".join((*needed, *self.own_scripts.tags(self.config_script().address, request.path)))
        grid = [source for line in lines if _UNNEEDED[0] in line for source in _SOURCE.findall(line)]
        named = {"fd-grid": " ".join(grid), "fd-parts": self.own_scripts.functions}
        parts["favicon"] = "\n".join(f'<meta name="{name}" content="{told}">' for name, told in named.items())
        interpolate: Any = super().interpolate_index
        return _spoken(str(interpolate(*given, **parts)))


def create_site(server: Flask, *, tls: bool = False) -> Dash:
    """The Dash application with all pages, on `server`; register its callbacks afterwards. `tls`: as for cookies."""
    styles = put(server, joined("site.css", _STYLES))
    app = _Site(
        "financial_dashboard",
        server=cast(Any, server),
        use_pages=True,
        pages_folder="",
        assets_folder=str(FOLDER),
        assets_ignore=r".*",
        index_string=_index(styles),
        title="Financial Dashboard",
        update_title="",
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1, viewport-fit=cover"}],
        include_pages_meta=False,
        serve_locally=True,
        compress=False,
        use_async=False,
        enable_mcp=False,
        csrf_token_name=csrf_cookie(tls=tls),
        csrf_header_name="X-CSRF-Token",
    )
    app.own_scripts = serve_scripts(server)
    put_later(server, CONFIG, app.config_script)
    register_page: Any = dash.register_page
    for page in PAGES:
        name = page.__name__
        register_page(
            name, path=page.PATH, title=_titled(page.TITLE), name=page.TITLE, layout=_once_a_page(page.layout)
        )
    app.layout = _frame
    server.before_request(lambda: refuse_malformed(_CALLS, app.callback_map, _KINDS))
    server.jinja_env.globals.update(
        asset=asset, styles=styles, _=_, ngettext=ngettext, document_language=document_language
    )
    return app


def settle(site: Dash) -> None:
    """Do now, for all Dash applications of its server, what Dash does during the first request: of several that reach a
    new worker at once the others would find that half done, scripts missing. Call it when all callbacks are tied."""
    server = cast(Flask, site.server)
    with server.test_request_context("/"):
        for hook in server.before_request_funcs.get(None, []):
            if hook.__module__.startswith("dash."):
                hook()


def _frame() -> Any:
    """The frame around all pages. What callbacks are checked against (`config_script`) is said in English."""
    if has_request_context() and request.path == "/_dash-layout":
        return shell(dash.page_container)
    with speaking(ENGLISH):
        return shell(dash.page_container)


def _spoken(page: str) -> str:
    """A document in the language of the request, with the words of its scripts."""
    address = words_address(language())
    script = f'<script src="{address}"></script>\n' if address else ""
    page = page.replace('lang="en"', document_language(), 1).replace("</head>", f"{script}</head>", 1)
    nothing = _("This page needs JavaScript. The same figures are at /financial/dashboard.")
    return page.replace("NOSCRIPT", nothing, 1)


def _titled(title: str) -> Callable[..., str]:
    subject, _dot, product = title.partition(" · ")
    return lambda **_arguments: f"{_(subject)} · {product}"


def _index(styles: str) -> str:
    named = {"INIT": asset(FIRST), "GENERATORS": asset(_GENERATORS), "STYLES": styles}
    named |= {"PLOTLY": asset(_PLOTLY), "MORE": asset(_MORE)}
    return re.sub("|".join(f'(?<="){name}(?=")' for name in named), lambda found: named[found[0]], _INDEX)


@cache
def asset(name: str) -> str:
    """The address of an asset, the same on all pages; it changes with the content, so that browsers keep what it names.

    Templates know it as `asset`.
    """
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]
    return f"/assets/{name}?m={digest}"


def _once_a_page(layout: Callable[[], Any]) -> Callable[..., Any]:
    """Keep the page when only its query string changed: its own callbacks follow that, without a flash.

    Dash's router asks for the layout at each change of path or query, and passes the query as keywords.
    """

    def build(**_query: str) -> Any:
        try:
            changed = set(dash.ctx.triggered_prop_ids)
        except (LookupError, MissingCallbackContextException):  # the layout is being validated, nobody navigates
            with speaking(ENGLISH):
                return layout()
        if changed == {"_pages_location.search"}:
            raise PreventUpdate
        return layout()

    return build
