"""The import page at `/import`: statement files in, what is in doubt about them, and what became of them."""

from __future__ import annotations

from components.elements import html
from components.imports import imports_skeleton

PATH, TITLE = "/import", "Import · Financial Dashboard"


def layout() -> html.Div:
    """The page's skeleton. `assets/70-import.js` fills it from the API once the callback has said who is here."""
    return imports_skeleton()
