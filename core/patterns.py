"""Regular expressions that people type, made safe for PostgreSQL to run over a whole ledger.

PostgreSQL turns a pattern without back-references into an automaton, whose time grows with the text's length however
quantifiers are nested. So what leaves the automaton is refused: references back to a group, looking around, options
(PostgreSQL 18, 9.7.3 POSIX Regular Expressions). The rest of its syntax stands.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST_PATTERN: Final = 200
_TOKEN: Final = re.compile(r"\\.|\[\^?\]?(?:\[[:.=].*?[:.=]\]|\\.|[^\]])*\]|\(\?:?|.", re.DOTALL)
_BOUNDARY: Final = {r"\b": r"\y", r"\B": r"\Y"}
"""Word boundaries as most people write them, and as PostgreSQL does."""
_MARKS: Final = dict.fromkeys(range(0x300, 0x370))
_LETTERS: Final = str.maketrans(
    {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
    | {"đ": "d", "Đ": "D", "ı": "i"}
)


def without_accents(text: str) -> str:
    """The text with plain letters for accented ones, as `data.classify.rules_match` folds what is compared."""
    return unicodedata.normalize("NFD", text).translate(_MARKS).translate(_LETTERS)


def safe_pattern(pattern: str) -> str:
    """The pattern as PostgreSQL takes it, without accents; `ValueError` says what is not taken."""
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"must have at most {LONGEST_PATTERN} characters")
    if pattern.startswith("***"):
        raise ValueError("must not begin with ***")
    return "".join(map(_safe, _TOKEN.findall(without_accents(pattern))))


def _safe(piece: str) -> str:
    if piece == "(?":
        raise ValueError("must not look around or set options: of (?...) only (?:...) is taken")
    if len(piece) == 2 and piece[0] == "\\" and piece[1] in "123456789":
        raise ValueError(rf"must not refer back to a group with {piece}")
    return _BOUNDARY.get(piece, piece)
