"""The settings at `/settings`: the tenant, its people, tokens, sign-ins, alerts, the audit log, the data, the end."""

from __future__ import annotations

from components.elements import html
from components.settings import settings_skeleton

PATH, TITLE = "/settings", "Settings · Financial Dashboard"


def layout() -> html.Div:
    """The page's skeleton. `assets/81-settings.js` fills it from the API once the callback has said who is here."""
    return settings_skeleton()
