"""The page at `/embeds` where figures are made ready for other sites: tried out, set up, checked."""

from __future__ import annotations

from components.elements import html
from components.embeds import embeds_skeleton

PATH, TITLE = "/embeds", "Embeds · Financial Dashboard"


def layout() -> html.Div:
    """The page's skeleton; it is filled once it is known who is here."""
    return embeds_skeleton()
