"""What a figure is made of, at `/explain?figure=<id>` and the query of the report that shows it."""

from __future__ import annotations

from components.elements import html
from components.explanation import explanation_skeleton

PATH, TITLE = "/explain", "What is behind this figure · Financial Dashboard"


def layout() -> html.Div:
    """The page's skeleton; the callback of `components.ids.EXPLAIN` fills it."""
    return explanation_skeleton()
