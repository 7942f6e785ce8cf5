"""Net worth at `/net-worth`: its course, what it is made of, and what moved it."""

from __future__ import annotations

from components.elements import html
from components.net_worth import net_worth_skeleton

PATH, TITLE = "/net-worth", "Net worth · Financial Dashboard"


def layout() -> html.Div:
    """The page's skeleton; the callback of `components.ids.WORTH` fills it."""
    return net_worth_skeleton()
