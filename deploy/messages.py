"""Writes the catalogues in `core/locale` anew: every message of the sources, with the translations that are known.

A translator (or a tool for .po files) then fills in what is empty; a test fails until all is said in every language.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from components.figure_words import BEFORE  # noqa: E402
from core.i18n import BROWSER, ENGLISH, FOLDER, LANGUAGES, PAGES  # noqa: E402
from core.release import RELEASE  # noqa: E402
from data.reports.registry import DEFINITIONS  # noqa: E402

_WORDS = {"_": (0,), "N_": (0,), "small": (0,), "ngettext": (0, 1), "NN_": (0, 1), "counted": (1, 2)}
_WITH_CONTEXT = {"NP_", "pgettext"}
_IN_SCRIPTS = ["t", "n:1,2", "fd.t", "fd.n:1,2", "window.fd.t", "window.fd.n:1,2"]
_HEADER = (
    "# Words of the Financial Dashboard. `make messages` brings them up to date; docs/decisions says how they are used."
)
_PYTHON = ("core", "data", "web", "api", "jobs", "components", "callbacks", "pages")
_IDENTIFIER = re.compile(r"[a-z][a-z_]*(?!\w*\()")


def extracted(domain: str) -> Catalog:
    """All messages of a domain, with the files that say them."""
    catalogue = Catalog(
        domain=domain,
        project="Financial Dashboard",
        version=RELEASE,
        header_comment=_HEADER,
        fuzzy=False,
        charset="utf-8",
    )
    with (FOLDER / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    folder = "templates" if domain == PAGES else "assets"
    keywords: dict[str, Any] = {**DEFAULT_KEYWORDS, **(parse_keywords(_IN_SCRIPTS) if domain == BROWSER else {})}
    found = extract_from_dir(ROOT, methods, options, keywords, directory_filter=_within(folder))
    for name, _line, message, _comments, context in found:
        catalogue.add(message, locations=[(name, 0)], context=context)
    if domain == PAGES:
        for name, message, context in python_messages():
            catalogue.add(message, locations=[(name, 0)], context=context)
        for message in figure_messages():
            catalogue.add(message, locations=[("data/reports/registry.py", 0)])
    return catalogue


def python_messages() -> Iterator[tuple[str, Any, str | None]]:
    """The file, message and context of each call that marks one: also within f-strings, which Babel does not read."""
    for path in sorted(each for folder in _PYTHON for each in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                for message, context in _marked(node.func.id, node.args):
                    yield str(path.relative_to(ROOT)), message, context


def _marked(name: str, arguments: list[ast.expr]) -> Iterator[tuple[Any, str | None]]:
    texts = [each.value if isinstance(each, ast.Constant) else None for each in arguments]
    if name in _WITH_CONTEXT and isinstance(texts[1], str):
        yield texts[1], str(texts[0])
    places = _WORDS.get(name, ())
    found = tuple(texts[place] for place in places if place < len(texts))
    if places and len(found) == len(places) and all(isinstance(each, str) for each in found):
        yield (found[0] if len(found) == 1 else found), None


def figure_messages() -> Iterator[str]:
    """What figures mean, and the names in their formulas as `components.figure_words` writes them."""
    for definition in DEFINITIONS.values():
        yield definition.definition.removeprefix(BEFORE)
        names = {definition.id.split(".")[-1], *_IDENTIFIER.findall(definition.formula)}
        yield from sorted(name.replace("_", " ").capitalize() for name in names if name.isidentifier())


def updated(language: str, domain: str) -> bytes:
    """The catalogue of a language as it should be: all messages, known translations kept, others gone."""
    path = FOLDER / language / "LC_MESSAGES" / f"{domain}.po"
    known = Catalog(locale=language, domain=domain, fuzzy=False)
    if path.exists():
        with path.open("rb") as file:
            known = read_po(file, locale=language, domain=domain)
    fresh = extracted(domain)
    fresh.locale = known.locale
    for message in fresh:
        told = known.get(message.id, message.context) if message.id else None
        if told is not None and told.string:
            message.string = told.string
    written = BytesIO()
    write_po(written, fresh, width=120, omit_header=False, sort_output=True, include_lineno=False)
    return _steady(written.getvalue())


def _within(folder: str) -> Any:
    def wanted(path: str) -> bool:
        inside = Path(path).resolve().relative_to(ROOT).parts
        return inside[0] == folder and "vendor" not in inside and "__pycache__" not in inside

    return wanted


def _steady(text: bytes) -> bytes:
    """Without the lines of the header that change by themselves."""
    moving = rb"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Generated-By|Report-Msgid-Bugs-To)"
    return re.sub(rb'"' + moving + rb'[^"]*"\n', b"", text)


if __name__ == "__main__":
    for _language in LANGUAGES:
        for _domain in (PAGES, BROWSER) if _language != ENGLISH else ():
            _path = FOLDER / _language / "LC_MESSAGES" / f"{_domain}.po"
            _path.parent.mkdir(parents=True, exist_ok=True)
            _fresh = _path.with_suffix(".new")  # nobody reads half a catalogue
            _fresh.write_bytes(updated(_language, _domain))
            _fresh.replace(_path)
            print(_path.relative_to(ROOT))
