"""The categories page at `/categories`: the tree, and with `?tab=` rules, what was learned, tags."""

from __future__ import annotations

from components.category_tree import categories_skeleton
from components.elements import html

PATH, TITLE = "/categories", "Categories · Financial Dashboard"


def layout() -> html.Div:
    """The page's skeleton; a callback draws the tree, `assets/79-categories.js` and its neighbours the rest."""
    return categories_skeleton()
