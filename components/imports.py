"""The import page: its skeleton, and the way files are chosen.

What is read from files and from the API is drawn in the browser by `assets/70-import.js`: the browser sends the files
itself, so that large ones do not pass through a callback.
"""

from __future__ import annotations

from typing import Any

from dash import dcc

from components import ids
from components.elements import html
from components.parts import HIDDEN, icon, labelled, rows_skeleton, skeleton
from core.i18n import _

LOADING, READY = "page is-loading", "page is-ready"
_POLITE: dict[str, Any] = {"aria-live": "polite", "aria-atomic": "true"}


def imports_skeleton() -> html.Div:
    """The page before it is known who is here and what was imported."""
    titles = html.Div([html.P(skeleton(14, "160px"), id=ids.IMPORT_EYEBROW, className="eyebrow"), html.H1(_("Import"))])
    content = html.Div(
        [
            html.Div(skeleton(168), id=ids.IMPORT_ACCESS),
            html.Div(id=ids.IMPORT_FILES, className="import-files"),
            html.Section(id=ids.IMPORT_REVIEW, className="panel", **labelled(_("Entries to review"))),
            _history(),
            html.P(id=ids.IMPORT_SAID, className="visually-hidden", role="status", **_POLITE),
        ],
        className="content",
    )
    stores = [dcc.Store(id=ids.IMPORT_CONTEXT), dcc.Store(id=ids.IMPORT_OPENED)]
    return html.Div([html.Div(titles, className="page-head"), content, *stores], id=ids.IMPORT, className=LOADING)


def _history() -> html.Section:
    head = html.Div(html.H2(_("Imported files")), className="panel-title")
    rows = html.Div(id=ids.IMPORT_HISTORY)
    return html.Section([head, rows, rows_skeleton(4, 44)], className="panel", **labelled(_("Imported files")))


def chooser() -> html.Div:
    """Where files are dropped, and the button that opens the device's own file dialog."""
    button = html.Button(
        [icon("upload"), _("Choose files")], id=ids.IMPORT_CHOOSE, type="button", className="button button-primary"
    )
    return html.Div(
        [
            html.Span(icon("upload"), className="state-icon"),
            html.H2(_("Bring bank statements")),
            html.P(_("CSV, Excel, OFX, QFX, QIF, MT940 or CAMT. You see what is in a file before anything is booked.")),
            button,
            html.P(_("or drop files here"), className="import-or", **HIDDEN),
        ],
        id=ids.IMPORT_DROP,
        className="import-drop",
    )


def no_rights() -> html.Div:
    """What somebody reads who may look at the books but not change them."""
    words = _("Your role is viewer: you see what was imported, but cannot import. An owner can give you another role.")
    return html.Div([icon("lock"), html.P(words)], className="import-note")
