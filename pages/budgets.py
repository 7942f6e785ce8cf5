"""The budgets page at `/budgets`: all of them, or the one that `?id=` names."""

from __future__ import annotations

from components.budget_list import budgets_skeleton
from components.elements import html

PATH, TITLE = "/budgets", "Budgets · Financial Dashboard"


def layout() -> html.Div:
    """The page's skeleton; a callback draws the budgets, `assets/78-budgets.js` makes and changes them."""
    return budgets_skeleton()
