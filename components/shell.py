"""The frame around every page: navigation beside it on a wide screen and below it on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import dcc

from components import ids
from components.elements import Link, html
from components.parts import HIDDEN, icon, labelled, skeleton, spoken
from core.i18n import ENGLISH, N_, _, language


@dataclass(frozen=True, slots=True)
class Entry:
    """One page in the navigation."""

    name: str
    icon: str
    href: str


@dataclass(frozen=True, slots=True)
class Place:
    """A tenant the person can switch to."""

    key: str
    name: str


_UNPRESSED: dict[str, Any] = {"aria-pressed": "false"}
NAVIGATION = (
    Entry(N_("Overview"), "layout-dashboard", "/"),
    Entry(N_("Transactions"), "list", "/transactions"),
    Entry(N_("Budgets"), "target", "/budgets"),
    Entry(N_("Accounts"), "wallet", "/accounts"),
    Entry(N_("Cash flow"), "chart-sankey", "/cash-flow"),
    Entry(N_("Net worth"), "chart-line", "/net-worth"),
    Entry(N_("Categories"), "tag", "/categories"),
    Entry(N_("Import"), "upload", "/import"),
    Entry(N_("Embeds"), "frame", "/embeds"),
    Entry(N_("Settings"), "settings", "/settings"),
)
"""The pages that exist, in order; the first four stand in the bar of a phone."""
_IN_BAR = 4

ROLE_NAMES = {"viewer": N_("viewer"), "editor": N_("editor"), "admin": N_("admin"), "owner": N_("owner")}

_THEME = {
    "fontFamily": "Inter Variable, Inter, system-ui, sans-serif",
    "primaryColor": "indigo",
    "primaryShade": {"light": 7, "dark": 4},
    "defaultRadius": "md",
    "cursorType": "pointer",
    "autoContrast": True,
}


def shell(page: Any) -> dmc.MantineProvider:
    """The whole document around `page`. It holds no data: callbacks fill in who is here."""
    frame = html.Div(
        [
            html.A(_("Skip to the figures"), href="#main", className="skip"),
            _rail(),
            html.Main(page, id="main", tabIndex=-1),
            dcc.Location(id=ids.URL, refresh="callback-nav"),
            dcc.Store(id=ids.THEME),
            dcc.Store(id=ids.PRIVACY),
            dcc.Store(id=ids.LIVE),
        ],
        className="shell",
    )
    # Names of months and days in other languages come from the browser: `assets/05-words.js` prepares them.
    spoken_now = {} if language() == ENGLISH else {"locale": language()}
    dates = dmc.DatesProvider(frame, settings={"firstDayOfWeek": 1, **spoken_now})
    return dmc.MantineProvider(dates, theme=_THEME, defaultColorScheme="auto")


def _rail() -> html.Header:
    """Beside the page on a wide screen. On a phone the first pages stand in a bar, all else in the sheet "More"."""
    closed: dict[str, Any] = {"aria-expanded": "false", "aria-controls": ids.SHELL_MORE}
    more = html.Button(
        [icon("dots"), html.Span(_("More"))],
        id=ids.SHELL_MORE_BUTTON,
        className="rail-link rail-more-button",
        type="button",
        **closed,
    )
    shortcut: dict[str, Any] = {"aria-keyshortcuts": "Control+K Meta+K", "aria-haspopup": "dialog"}
    search = html.Button(
        [icon("search"), html.Span(_("Go to")), html.Kbd(_("Ctrl K"), **HIDDEN)],
        id=ids.SHELL_PALETTE,
        className="rail-link rail-search",
        type="button",
        **shortcut,
    )
    tools = [
        _views(),
        _toggle(ids.THEME_TOGGLE, _("Dark theme"), "moon"),
        _toggle(ids.PRIVACY_TOGGLE, _("Hide amounts"), "eye-off"),
    ]
    rest = [
        html.Div(skeleton(40), id=ids.SHELL_TENANT, className="rail-tenant"),
        search,
        html.Nav(_pages(NAVIGATION[_IN_BAR:]), **labelled(_("More pages"))),
        html.Div(tools, className="rail-tools"),
        html.Div(skeleton(40), id=ids.SHELL_ACCOUNT, className="rail-account"),
    ]
    return html.Header(
        [
            html.Div([html.Span(className="brand-mark"), html.Span("Financial Dashboard")], className="brand"),
            html.Nav(_pages(NAVIGATION[:_IN_BAR]), **labelled(_("Pages"))),
            more,
            html.Div(rest, id=ids.SHELL_MORE, className="rail-more"),
        ],
        className="rail",
    )


def _pages(entries: Sequence[Entry]) -> html.Ul:
    return html.Ul([html.Li(_link(entry)) for entry in entries])


def _link(entry: Entry) -> Link:
    return Link([icon(entry.icon), html.Span(_(entry.name))], href=entry.href, className="rail-link")


def _views() -> html.Details:
    """The menu of saved views; `assets/84-views.js` fills its sheet when it opens."""
    summary = html.Summary([icon("filter"), html.Span(_("Saved views"))], className="rail-link")
    return html.Details([summary, html.Div(id=ids.SHELL_VIEWS, className="sheet")], className="menu menu-up views")


def _toggle(name: str, words: str, picture: str) -> html.Button:
    return html.Button([icon(picture), html.Span(words)], id=name, className="rail-link", type="button", **_UNPRESSED)


def tenant_switch(current: Place, places: Sequence[Place]) -> Any:
    """The tenant's name; with more than one tenant, a menu of plain forms that switch."""
    label = [html.Span(_initial(current.name), className="avatar", **HIDDEN)]
    label.append(html.Span(current.name, className="tenant-name", title=current.name))
    others = [place for place in places if place.key != current.key]
    if not others:
        return html.Div(label, className="tenant")
    buttons = [
        html.Button(
            [html.Span(_initial(place.name), className="avatar", **HIDDEN), html.Span(place.name)],
            type="submit",
            name="tenant",
            value=place.key,
            className="sheet-item",
        )
        for place in others
    ]
    form = html.Form(
        [html.P(_("Switch to"), className="sheet-title"), *buttons], action="/switch-tenant", method="POST"
    )
    summary = html.Summary([*label, icon("chevron-down"), spoken(_("Switch tenant"))], className="tenant")
    return html.Details([summary, html.Div(form, className="sheet")], className="menu")


def account_menu(email: str, role: str) -> html.Details:
    """Who is signed in, and the way out."""
    leave = html.Button([icon("logout"), _("Sign out")], type="submit", className="sheet-item")
    who = html.P(
        [html.Span(email, className="strong"), html.Span(_(ROLE_NAMES.get(role, role)))], className="sheet-title who"
    )
    own = html.A([icon("user"), _("Your account")], href="/account", className="sheet-item")
    sheet = html.Div([who, own, html.Form(leave, action="/sign-out", method="POST")], className="sheet")
    summary = html.Summary(
        [
            icon("user"),
            html.Span(email, className="account-email", title=email),
        ],
        className="rail-link",
    )
    return html.Details([summary, sheet], className="menu menu-up")


def _initial(name: str) -> str:
    return name.strip()[:1].upper() or "·"
