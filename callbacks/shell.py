"""Who is here, and the switches that need no server."""

from __future__ import annotations

from typing import Any

from dash import MATCH, ClientsideFunction, Dash, Input, Output

from callbacks.browser import open_range
from components import ids
from components.shell import Place, account_menu, tenant_switch
from web.identity import current


def show_person(_path: str | None) -> tuple[Any, Any]:
    """The tenant with the way to the person's other tenants, and the account menu."""
    identity = current()
    tenant = Place(identity.tenant.key, identity.tenant.name)
    places = [Place(place.key, place.name) for place in identity.tenants]
    return tenant_switch(tenant, places), account_menu(identity.email, identity.role)


def register(app: Dash) -> None:
    app.callback(
        Output(ids.SHELL_TENANT, "children"),
        Output(ids.SHELL_ACCOUNT, "children"),
        Input(ids.URL, "pathname"),
    )(show_person)
    in_browser: Any = app.clientside_callback
    in_browser(ClientsideFunction("fd", "switchTheme"), Output(ids.THEME, "data"), Input(ids.THEME_TOGGLE, "n_clicks"))
    in_browser(
        ClientsideFunction("fd", "switchPrivacy"), Output(ids.PRIVACY, "data"), Input(ids.PRIVACY_TOGGLE, "n_clicks")
    )
    in_browser(
        ClientsideFunction("fd", "paint"),
        Output(ids.graph(MATCH), "figure"),
        Input(ids.figure(MATCH), "data"),
        Input(ids.THEME, "data"),
    )
    open_range(app, ids.OVERVIEW_RANGE, ids.OVERVIEW_SPAN)
