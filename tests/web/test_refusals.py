"""What people are refused on the pages of signing in is told in their language, whatever it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.i18n import speaking
from web.refusals import told_text

ROOT = Path(__file__).resolve().parent.parent.parent
SEEN = (
    "web/provider.py", "web/vouching.py", "web/letters.py", "web/throttle.py", "web/passwords.py", "web/sessions.py",
    "data/identities.py", "data/commands/identities.py", "data/commands/tokens.py", "api/account_page.py",
)  # fmt: skip
ERRORS = {"Unauthorized", "Forbidden", "NotFound", "Conflict", "BadRequest", "Unavailable", "TooManyRequests", "field"}
OPERATORS = {"No key for the books of something is free", "The logout token was used before"}
"""What only a broken installation says, and what only a provider's server is told."""


def text_of(node: ast.expr) -> str | None:
    """A sentence, with a word in place of what is named in it."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(each) or "something" for each in node.values)
    return None


def sentences(source: str) -> Iterator[str]:
    """What the errors of a module say, and what its functions of one sentence do."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in ERRORS:
            said = [text_of(each) for each in node.args[:2]]
            if said[-1:] != [None] and said:
                yield ": ".join(each or "field" for each in said)
        if isinstance(node, ast.Return) and node.value is not None:
            text = text_of(node.value)
            yield from [text] if text and text[0].isupper() and " " in text else []


@pytest.mark.parametrize("name", SEEN)
def test_refusals_are_told_in_german(name: str) -> None:
    said = set(sentences((ROOT / name).read_text(encoding="utf-8"))) - OPERATORS
    with speaking("de"):
        assert [each for each in sorted(said) if told_text(each) == each] == []


def test_sentences_are_found() -> None:
    source = "def f(a):\n    raise Conflict(f'{a} is taken already')\n"
    assert list(sentences(source)) == ["something is taken already"]
    assert "a {b}" not in list(sentences("x = Nothing('a {b}')"))
