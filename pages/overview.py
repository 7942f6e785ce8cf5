"""The overview at `/`: how the tenant stands, at a glance."""

from __future__ import annotations

from components.elements import html
from components.overview import overview_skeleton

PATH, TITLE = "/", "Overview · Financial Dashboard"


def layout() -> html.Div:
    """The page's skeleton; the callback of `components.ids.OVERVIEW` fills it."""
    return overview_skeleton()
