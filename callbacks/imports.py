"""Who may import: the callback says it, and the browser's part of the page (`assets/70-import.js`) follows it."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output

from callbacks.browser import open_part
from components import ids
from components.imports import READY, chooser, no_rights
from web.identity import current
from web.language import spoken_locale
from web.state import state

_WRITERS = frozenset({"owner", "admin", "editor"})


def show_access(_page: str | None) -> tuple[str, Any, dict[str, Any], str]:
    """The tenant's name, the way to choose files or why there is none, and what the browser's part needs to know.

    The API refuses a viewer by itself; here it is only said.
    """
    identity = current()
    writes = identity.role in _WRITERS
    largest = state().settings.max_upload_mb * 1024 * 1024
    context = {"writes": writes, "locale": spoken_locale(identity.tenant.locale), "largest": largest}
    return identity.tenant.name, chooser() if writes else no_rights(), context, READY


def register(app: Dash) -> None:
    app.callback(
        Output(ids.IMPORT_EYEBROW, "children"),
        Output(ids.IMPORT_ACCESS, "children"),
        Output(ids.IMPORT_CONTEXT, "data"),
        Output(ids.IMPORT, "className"),
        Input(ids.IMPORT, "id"),
    )(show_access)
    open_part(
        app, "openImport", ids.IMPORT_OPENED, Input(ids.IMPORT_CONTEXT, "data"), Input(ids.IMPORT_ACCESS, "children")
    )
