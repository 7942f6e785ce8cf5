"""The accounts at `/accounts`: what is where; with `?id=` one account, and the way to reconcile it."""

from __future__ import annotations

from components.accounts import accounts_skeleton
from components.elements import html

PATH, TITLE = "/accounts", "Accounts · Financial Dashboard"


def layout() -> html.Div:
    """The page's skeleton; the callback of `components.ids.ACCOUNTS` fills it."""
    return accounts_skeleton()
