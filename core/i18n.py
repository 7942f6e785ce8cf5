"""The words of the pages in the language of whoever reads them: gettext's habits over catalogues that Babel reads.

English is the language of the source and needs no catalogue. What is not in a catalogue stays English. The language is
that of the context (`speak`, `speaking`): `web.language` sets it for each request. Answers for programs stay English.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from gettext import c2py
from pathlib import Path
from typing import Any, Final

ENGLISH: Final = "en"
LANGUAGES: Final[Mapping[str, str]] = {ENGLISH: "English", "de": "Deutsch"}
"""Language -> what its speakers call it."""
FOLDER: Final = Path(__file__).resolve().parent / "locale"
PAGES, BROWSER = "pages", "browser"
"""The domains: what Python and templates say, and what the scripts of the pages say."""
_language: Final[ContextVar[str]] = ContextVar("language", default=ENGLISH)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The translated messages of a domain. `plural_rule` is gettext's expression for the form of a number `n`."""

    messages: Mapping[str, str]
    plurals: Mapping[str, tuple[str, ...]]
    plural_rule: str
    form: Callable[[int], int]


def language() -> str:
    """The language that is spoken now."""
    return _language.get()


def language_of(locale: str) -> str:
    """The language of a locale such as `de-AT`, English where it is none of ours."""
    found = locale.replace("_", "-").split("-")[0].lower()
    return found if found in LANGUAGES else ENGLISH


def speak(name: str) -> None:
    """Use a language (or a locale's) from here on in this context."""
    _language.set(language_of(name))


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Use a language (or a locale's) for a while: a letter is in that of whoever gets it."""
    token = _language.set(language_of(name))
    try:
        yield
    finally:
        _language.reset(token)


def N_(message: str) -> str:  # noqa: N802  # gettext's name for it
    """Mark a message that is translated where it is used; here it stays as it is."""
    return message


def _(message: str, **values: Any) -> str:
    """`message` in the language spoken now, its `{places}` filled with `values`."""
    said = catalogue(_language.get(), PAGES).messages.get(message, message)
    return said.format(**values) if values else said


def small(message: str) -> str:
    """A translated word within a sentence, where English does not begin it with a capital."""
    said = _(message)
    return said.lower() if _language.get() == ENGLISH else said


def NP_(_context: str, message: str) -> str:  # noqa: N802
    """Mark a message that `pgettext` translates, as `N_` does for `_`."""
    return message


def NN_(one: str, many: str) -> tuple[str, str]:  # noqa: N802
    """Mark the messages for one and for many that `ngettext` translates."""
    return one, many


def pgettext(context: str, message: str) -> str:
    """`message` where it needs another translation than elsewhere, because of its `context`."""
    said = catalogue(_language.get(), PAGES).messages.get(f"{context}\x04{message}")
    return said or _(message)


def ngettext(one: str, many: str, number: int, **values: Any) -> str:
    """The message for `number` of something, its `{places}` filled with `values`."""
    known = catalogue(_language.get(), PAGES)
    forms = known.plurals.get(one) or (one, many)
    said = forms[min(known.form(number), len(forms) - 1)]
    return said.format(**values) if values else said


@cache
def catalogue(language: str, domain: str) -> Catalogue:
    """The catalogue of a language, read once per process; an empty one where there is none."""
    path = FOLDER / language / "LC_MESSAGES" / f"{domain}.po"
    if not path.exists():
        return Catalogue({}, {}, "n != 1", lambda number: int(number != 1))
    from babel.messages.pofile import read_po  # what speaks English only need not load it

    with path.open("rb") as file:
        found = read_po(file, locale=language, domain=domain)
    messages, plurals = {}, {}
    for each in found:
        if isinstance(each.id, str) and isinstance(each.string, str) and each.id and each.string:
            messages[f"{each.context}\x04{each.id}" if each.context else each.id] = each.string
        elif isinstance(each.id, (tuple, list)) and isinstance(each.string, (tuple, list)) and all(each.string):
            plurals[each.id[0]] = tuple(each.string)
    return Catalogue(
        messages,
        plurals,
        found.plural_expr,
        c2py(found.plural_expr),
    )
