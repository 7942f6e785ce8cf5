"""The cash flow page at `/cash-flow`: what comes in, where it goes, how that compares and what is to come."""

from __future__ import annotations

from components.cash_flow import flow_skeleton
from components.elements import html

PATH, TITLE = "/cash-flow", "Cash flow · Financial Dashboard"


def layout() -> html.Div:
    """The page's skeleton; the callbacks of `components.ids.FLOW` fill it."""
    return flow_skeleton()
