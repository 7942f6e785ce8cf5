"""Shown by Dash's router for any address without a page (the module's name is how the router finds it)."""

from __future__ import annotations

from components.elements import html
from components.states import not_found

PATH, TITLE = None, "Not found · Financial Dashboard"


def layout() -> html.Div:
    return html.Div(not_found(), className="page is-other")
