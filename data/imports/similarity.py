"""Whether two wordings may be of one booking: banks shorten, decorate and rearrange what they said before."""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from data.imports.fingerprint import normalise

_SHARED_WORDS: Final = 0.5  # of the shorter wording
_SHARED_LETTERS: Final = 0.75
_PREFIX: Final = 4  # characters from which a shortened word counts as the word
_LONGEST: Final = 200  # characters that are compared letter by letter


@lru_cache(maxsize=16_384)
def words(payee: str | None, purpose: str | None) -> frozenset[str]:
    """The different words of a booking's texts, without accents."""
    plain = unicodedata.normalize("NFKD", normalise(f"{payee or ''} {purpose or ''}"))
    return frozenset("".join(char for char in plain if not unicodedata.combining(char)).split())


def similar(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether both may describe one booking. Numbers that contradict each other tell two bookings apart; a booking
    without any words contradicts nothing."""
    if not one or not other:
        return True
    numbers, names = _split(one)
    other_numbers, other_names = _split(other)
    if numbers and other_numbers and not numbers & other_numbers:
        return False
    return _alike(names, other_names) if names and other_names else bool(numbers & other_numbers)


def _split(all_words: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    numbers = frozenset(word for word in all_words if any(map(str.isdecimal, word)))
    return numbers, all_words - numbers


def _alike(names: frozenset[str], others: frozenset[str]) -> bool:
    few, many = sorted((names, others), key=len)
    shared = sum(any(_same_word(word, each) for each in many) for word in few)
    if shared >= _SHARED_WORDS * len(few):
        return True
    first, second = ("".join(sorted(each))[:_LONGEST] for each in (names, others))
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= _SHARED_LETTERS


def _same_word(one: str, other: str) -> bool:
    if one == other:
        return True
    return min(len(one), len(other)) >= _PREFIX and (one.startswith(other) or other.startswith(one))
