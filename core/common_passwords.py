"""Passwords that are tried first: those that most people choose, and those made of names that everybody knows.

The list is a file of the installation (`common_passwords.LICENSE.txt` says whose); nothing is asked of anybody.
"""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).with_name("common_passwords.txt.gz")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
PRODUCT: Final = ("financial", "dashboard", "finance", "password", "passwort")
"""Words that everybody connects with this product."""


def is_common(password: str) -> bool:
    """Whether this is one of the 10,000 most frequent passwords, in whatever case."""
    return password.casefold() in _common()


def is_a_name(password: str, email: str | None) -> bool:
    """Whether it is nothing but names with digits and signs: the product's, and those in the person's address."""
    words = _LETTERS.findall(password.casefold())
    known = {*PRODUCT, *_LETTERS.findall((email or "").casefold())}
    return bool(words) and all(_made_of(word, known) for word in words)


def _made_of(word: str, known: set[str]) -> bool:
    return word in known or any(word.startswith(each) and word[len(each) :] in known for each in known)


@cache
def _common() -> frozenset[str]:
    return frozenset(gzip.decompress(_FILE.read_bytes()).decode().split())
