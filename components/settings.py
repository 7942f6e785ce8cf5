"""The settings page: its skeleton, and the choices of its forms.

What the sections show is fetched from the API and drawn in the browser by `assets/81-settings.js`.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from babel import Locale
from babel.numbers import get_currency_name
from dash import dcc

from components import ids
from components.elements import html
from components.parts import rows_skeleton, skeleton
from core.i18n import _, language
from core.money import CURRENCIES
from data.schemas.tenant import time_zones

LOADING, READY = "page is-loading", "page is-ready"
_POLITE: dict[str, Any] = {"aria-live": "polite", "aria-atomic": "true"}
_USUAL: Final = ("EUR", "USD", "GBP", "CHF")
_LOCALES: Final = (
    *("bg-BG", "cs-CZ", "da-DK", "de-AT", "de-CH", "de-DE", "el-GR", "en-AU", "en-CA", "en-GB", "en-IE", "en-IN"),
    *("en-NZ", "en-US", "en-ZA", "es-ES", "es-MX", "et-EE", "fi-FI", "fr-BE", "fr-CA", "fr-CH", "fr-FR", "ga-IE"),
    *("hr-HR", "hu-HU", "is-IS", "it-CH", "it-IT", "ja-JP", "ko-KR", "lt-LT", "lv-LV", "mt-MT", "nb-NO", "nl-BE"),
    *("nl-NL", "pl-PL", "pt-BR", "pt-PT", "ro-RO", "sk-SK", "sl-SI", "sv-SE", "tr-TR", "uk-UA", "zh-CN"),
)
"""The locales that the form offers, besides the tenant's own; the API takes every locale of the CLDR."""
Choice = tuple[str, str]


def settings_skeleton() -> html.Div:
    """The page before it is known who is here."""
    titles = html.Div(
        [html.P(skeleton(14, "160px"), id=ids.SETTINGS_EYEBROW, className="eyebrow"), html.H1(_("Settings"))]
    )
    bones = html.Section(rows_skeleton(8, 40), className="panel settings-bones")
    content = html.Div(
        [
            html.Div(id=ids.SETTINGS_NAVIGATION, className="settings-navigation"),
            html.Div([html.Div(id=ids.SETTINGS_SECTIONS, className="settings-sections"), bones]),
        ],
        className="content settings-columns",
    )
    said = html.P(id=ids.SETTINGS_SAID, className="visually-hidden", role="status", **_POLITE)
    stores = [dcc.Store(id=name) for name in (ids.SETTINGS_CONTEXT, ids.SETTINGS_OPENED, ids.SETTINGS_FOLLOWED)]
    return html.Div(
        [html.Div(titles, className="page-head"), content, said, *stores], id=ids.SETTINGS, className=LOADING
    )


def choices(locale: str) -> dict[str, list[Choice]]:
    """What the tenant's form offers: (value, words) of currencies, time zones and locales."""
    spoken = language()
    offered = sorted({*_LOCALES, locale}, key=lambda name: _locale_name(name, spoken))
    return {
        "currencies": list(_currencies(spoken)),
        "timezones": [(zone, zone.replace("_", " ")) for zone in time_zones()],
        "locales": [(name, _locale_name(name, spoken)) for name in offered],
    }


@cache
def _currencies(spoken: str) -> tuple[Choice, ...]:
    """All currencies, the usual ones first."""
    codes = (*_USUAL, *sorted(CURRENCIES - set(_USUAL)))
    return tuple((code, f"{code} · {get_currency_name(code, locale=spoken)}") for code in codes)


@cache
def _locale_name(name: str, spoken: str) -> str:
    return str(Locale.parse(name, sep="-").get_display_name(spoken))
