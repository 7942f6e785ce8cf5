"""The transactions page at `/transactions`: every booking, found, read and put right."""

from __future__ import annotations

from components.elements import html
from components.ledger import ledger_skeleton

PATH, TITLE = "/transactions", "Transactions · Financial Dashboard"


def layout() -> html.Div:
    """The page's skeleton. A callback says what is asked for, `assets/75-ledger-list.js` fetches and draws it."""
    return ledger_skeleton()
