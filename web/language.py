"""Whose language a request is answered in, and the words that the scripts of a page say in it."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Final

from flask import Flask, g, has_request_context, request
from markupsafe import Markup

from core.i18n import BROWSER, ENGLISH, LANGUAGES, catalogue, language, language_of, speak

_USUAL: Final = {ENGLISH: "en-GB", "de": "de-DE"}
"""How numbers and dates are written in a language that is not that of the books."""
COOKIE: Final = "fd_language"
"""A person's own choice in this browser, above that of the books (`assets/05-words.js` sets it, with TLS for this host
alone)."""
PATH: Final = "/assets/words/"


def chosen() -> str | None:
    """The language that the person chose in this browser."""
    found = request.cookies.get(f"__Host-{COOKIE}") or request.cookies.get(COOKIE)
    return found if found in LANGUAGES else None


def speak_to_stranger() -> None:
    """Before it is known who asks: the browser's choice, else what it accepts (RFC 9110, section 12.5.4)."""
    speak(chosen() or request.accept_languages.best_match(list(LANGUAGES)) or ENGLISH)


def speak_to_person(locale: str) -> None:
    """The person's choice in this browser, else the language of the books."""
    name = chosen() or language_of(locale)
    g.locale = locale if name == language_of(locale) else _USUAL[name]
    speak(name)


def spoken_locale(locale: str) -> str:
    """How numbers and dates are written for whoever asks: as the books (`locale`) do it, unless the person chose a
    language in which that would be strange to read."""
    found: str = g.get("locale", locale) if has_request_context() else locale
    return found


def document_language() -> Markup:
    """The attributes of a document's root: its language, and how the books write numbers and dates."""
    locale = g.get("locale")
    told = Markup(' data-locale="{}"').format(locale) if locale else ""
    return Markup('lang="{}"').format(language()) + told


@cache
def words(language: str) -> bytes:
    """A script with the words of a language for `assets/05-words.js`."""
    known = catalogue(language, BROWSER)
    said = json.dumps(
        {"language": language, "messages": known.messages, "plurals": known.plurals}, ensure_ascii=False, sort_keys=True
    )
    plural = f"function (n) {{ return Number({known.plural_rule}); }}"
    return f"window.fdWords = Object.assign({said}, {{ plural: {plural} }});\n".encode()


@cache
def words_address(language: str) -> str:
    """Where the words of a language are; it changes with them. English needs none: an empty text."""
    if language == ENGLISH or language not in LANGUAGES:
        return ""
    return f"{PATH}{language}.js?m={hashlib.sha256(words(language)).hexdigest()[:12]}"


def install(app: Flask) -> None:
    """Speak to every request in its language. Install it after the guard, so that it comes before that."""
    app.before_request_funcs.setdefault(None, []).insert(0, speak_to_stranger)
    app.teardown_request(lambda _error: speak(ENGLISH))
