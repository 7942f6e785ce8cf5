"""Who opens the settings: the callback says it, and the browser's part (`assets/81-settings.js`) follows."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output

from callbacks.browser import open_part
from components import ids
from components.settings import READY, choices
from data.commands.tokens import SCOPES_OF
from data.schemas.common import Scope
from web.identity import current
from web.language import spoken_locale
from web.state import state

_SCOPES: tuple[Scope, ...] = ("read", "write", "import", "embed", "admin")


def show_page(_page: str | None) -> tuple[str, str, dict[str, Any]]:
    """The tenant's name, and what the browser's part needs to know. The API refuses by itself what a role may not."""
    identity = current()
    tenant = identity.tenant
    context = {
        "key": tenant.key,
        "name": tenant.name,
        "locale": spoken_locale(tenant.locale),
        "timezone": tenant.timezone,
        "today": identity.context.today.isoformat(),
        "role": identity.role,
        "person": str(identity.seat.person.id),
        "email": identity.email,
        "scopes": [scope for scope in _SCOPES if scope in SCOPES_OF[identity.role]],
        "mail": state().settings.smtp_url is not None,
        "choices": choices(tenant.locale) if identity.has_role("admin") else None,
    }
    return tenant.name, READY, context


def register(app: Dash) -> None:
    app.callback(
        Output(ids.SETTINGS_EYEBROW, "children"),
        Output(ids.SETTINGS, "className"),
        Output(ids.SETTINGS_CONTEXT, "data"),
        Input(ids.SETTINGS, "id"),
    )(show_page)
    open_part(app, "openSettings", ids.SETTINGS_OPENED, Input(ids.SETTINGS_CONTEXT, "data"))
    open_part(app, "followSettings", ids.SETTINGS_FOLLOWED, Input(ids.LIVE, "data"))
