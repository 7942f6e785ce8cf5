"""The frames' own Dash application: its own callbacks, so that an embed token can reach nothing else; no cookies."""

from __future__ import annotations

from html import escape
from typing import Any, cast

from dash import Dash
from flask import Flask, g, request

from components.embed_frame import frame_skeleton
from core.errors import BadRequest, NotFound
from core.i18n import LANGUAGES
from pages.site import asset
from web.bundles import FOLDER, joined, put
from web.embeds import PREFIX
from web.language import words_address

_SCRIPTS = ("05-words.js", "embed-frame.js", "40-charts.js")
_STYLES = (
    "vendor/inter.css",
    "vendor/icons.css",
    "10-tokens.css",
    "20-layout.css",
    "30-components.css",
    "embed-frame.css",
)
_LEFT_OUT = ("dash_mantine_components", "dash_ag_grid", "dash_table", "/embed/assets/")
"""Suites that other pages of this process need, and frames do not."""
_INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<title>Financial figures</title>
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="fd-plotly" content="PLOTLY">
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
        enable_mcp=False,
    )
    app.layout = frame_skeleton()
    server.before_request(lambda: _refuse_unknown_outputs(app))
    return app


def _index(server: Flask) -> str:
    return (
        _INDEX.replace("PLOTLY", asset("vendor/plotly-4.1.1.min.js"))
        .replace("SCRIPTS", put(server, joined("embed-frame.js", _SCRIPTS)))
        .replace("STYLES", put(server, joined("embed-frame.css", _STYLES)))
        .replace("WORDS", _words())
    )


def _words() -> str:
    """Where the words of the frame's scripts are, for each language: which one it is, its token says."""
    return escape(" ".join(f"{name}={words_address(name)}" for name in LANGUAGES if words_address(name)))


def _refuse_unknown_outputs(app: Dash) -> None:
    """Dash fails on a callback that is not there; here it is a 404, and a body that is none a 400."""
    if request.path != f"{PREFIX}_dash-update-component" or request.method != "POST":
        return
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not isinstance(body.get("output"), str):
        raise BadRequest("This is not a call of a callback")
    known = app.callback_map.get(body["output"])
    if known is None or "callback" not in known:
        raise NotFound("There is no such callback")
    if not (_named(body.get("inputs"), len(known["inputs"])) and _is_output(body.get("outputs"), body["output"])):
        raise BadRequest("This is not a call of a callback")


def _named(given: Any, count: int) -> bool:
    """Whether these are so many properties of components."""
    wanted = {"id", "property"}  # the renderer leaves out a value that is not set yet
    return isinstance(given, list) and len(given) == count and all(_has(each, wanted) for each in given)


def _is_output(given: Any, output: str) -> bool:
    return isinstance(given, dict) and f"{given.get('id')}.{given.get('property')}" == output


def _has(given: Any, names: set[str]) -> bool:
    return isinstance(given, dict) and names <= set(given)
