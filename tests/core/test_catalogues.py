"""The catalogues: everything that is said is said in every language, with the same places and all plural forms."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from contextvars import copy_context
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from core import i18n
from core.i18n import BROWSER, ENGLISH, FOLDER, LANGUAGES, PAGES, _, language_of, ngettext, small, speaking

ROOT = Path(__file__).resolve().parent.parent.parent
OTHERS = [name for name in LANGUAGES if name != ENGLISH]
_PLACE = re.compile(r"\{\w*\}")


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", ROOT / "deploy" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def catalogue(language: str, domain: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        return read_po(file, locale=language, domain=domain)


def said(message: Message) -> Iterator[tuple[str, str]]:
    """The pairs of an English form and its translation."""
    one, many = message.id if isinstance(message.id, (tuple, list)) else (message.id, message.id)
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    for place, form in enumerate(forms):
        yield (many if place else one), form or ""


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("domain", [PAGES, BROWSER])
def test_everything_is_translated_and_nothing_is_left_over(messages: ModuleType, language: str, domain: str) -> None:
    found, wanted = catalogue(language, domain), messages.extracted(domain)
    keys = {(str(each.id), each.context) for each in wanted if each.id}
    assert {(str(each.id), each.context) for each in found if each.id} == keys, "run `make messages`"
    assert [each.id for each in found if each.fuzzy and each.id] == []
    for message in found:
        if not message.id:
            continue
        pairs = list(said(message))
        assert len(pairs) == (found.num_plurals if isinstance(message.id, (tuple, list)) else 1), message.id
        for english, translated in pairs:
            assert translated.strip(), f"{english!r} is not translated"
            assert sorted(_PLACE.findall(english)) == sorted(_PLACE.findall(translated)), english


def test_words_are_in_the_language_that_is_spoken() -> None:
    assert (_("Net worth"), ngettext("account", "accounts", 1), ngettext("account", "accounts", 2)) == (
        "Net worth",
        "account",
        "accounts",
    )
    with speaking("de-AT"):
        assert (_("Net worth"), ngettext("account", "accounts", 1), ngettext("account", "accounts", 0)) == (
            "Nettovermögen",
            "Konto",
            "Konten",
        )
        assert _("on {day}", day="{1}. Mai") == "am {1}. Mai"
        assert (small("Income"), _("nobody ever said this")) == ("Einnahmen", "nobody ever said this")
        assert copy_context().run(i18n.language) == "de"
    assert (small("Income"), i18n.language()) == ("income", ENGLISH)


@pytest.mark.parametrize(("locale", "language"), [("de_CH", "de"), ("de", "de"), ("fr-FR", "en"), ("", "en")])
def test_an_unknown_language_is_english(locale: str, language: str) -> None:
    assert language_of(locale) == language
