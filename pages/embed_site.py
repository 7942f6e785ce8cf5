"""The frames' own Dash application: its own callbacks, so that an embed token can reach nothing else; no cookies."""

from __future__ import annotations

from html import escape
from typing import Any, cast

from dash import Dash
from flask import Flask, g

from components.embed_frame import frame_skeleton
from core.i18n import LANGUAGES
from pages.site import asset
from web.bundles import FOLDER, joined, put
from web.embeds import PREFIX
from web.language import words_address
from web.posted import refuse_malformed

_SCRIPTS = ("vendor/regenerator-runtime.min.js", "05-words.js", "embed-frame.js", "40-charts.js")
_STYLES = (
    "vendor/inter.css",
    "vendor/icons.css",
    "10-tokens.css",
    "20-layout.css",
    "30-components.css",
    "embed-frame.css",
)
_LEFT_OUT = ("dash_mantine_components", "dash_ag_grid", "dash_table", "/deps/polyfill@", "/embed/assets/")
"""Suites that other pages of this process need, and frames do not; and a polyfill for older browsers."""
_INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<title>Financial figures</title>
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="fd-plotly" content="PLOTLY">
<meta name="fd-plotly-more" content="MORE">
<meta name="fd-origins" content="ORIGINS">
<meta name="fd-words" content="WORDS">
<script src="SCRIPTS"></script>
<link rel="stylesheet" href="STYLES">
</head>
<body class="framed">
{%app_entry%}
<footer hidden>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>"""


class _Frames(Dash):
    """Leaves out the suites that frames do not need, and names the sites that may answer a frame."""

    def interpolate_index(self, *given: Any, **parts: Any) -> Any:
        lines = str(parts["scripts"]).splitlines()
        parts["scripts"] = "\n".join(line for line in lines if not any(name in line for name in _LEFT_OUT))
        interpolate: Any = super().interpolate_index
        page = str(interpolate(*given, **parts))
        return page.replace("ORIGINS", escape(" ".join(g.get("embed_origins", ()))))


def create_embed_site(server: Flask) -> Dash:
    """The application at `/embed/`. It must be made before the pages' one (docs/embedding.md says what it serves)."""
    app = _Frames(
        "financial_dashboard_embeds",
        server=cast(Any, server),
        use_pages=False,
        url_base_pathname=PREFIX,
        assets_folder=str(FOLDER),
        assets_ignore=r".*",
        index_string=_index(server),
        title="Financial figures",
        update_title="",
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
        serve_locally=True,
        compress=False,
        use_async=False,
        enable_mcp=False,
    )
    app.layout = frame_skeleton()
    calls = f"{PREFIX}_dash-update-component"
    server.before_request(lambda: refuse_malformed(calls, app.callback_map))
    return app


def _index(server: Flask) -> str:
    return (
        _INDEX.replace("PLOTLY", asset("vendor/plotly-4.1.1.min.js"))
        .replace("MORE", asset("vendor/plotly-4.1.1-more.min.js"))
        .replace("SCRIPTS", put(server, joined("embed-frame.js", _SCRIPTS)))
        .replace("STYLES", put(server, joined("embed-frame.css", _STYLES)))
        .replace("WORDS", _words())
    )


def _words() -> str:
    """Where the words of the frame's scripts are, for each language: which one it is, its token says."""
    return escape(" ".join(f"{name}={words_address(name)}" for name in LANGUAGES if words_address(name)))
