"""A line of a statement as the classifier sees it, and what of its text says who was paid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from data.imports.fingerprint import normalise

_MOST_WORDS: Final = 16
"""Words of a text that are looked at: the merchant comes early, what follows is reference numbers and boilerplate."""


class Line(NamedTuple):
    """What may tell a line's category. `inflow` is the sign of the amount, `size` the number of its decimal digits in
    minor units; both coarse, so that many lines of a file are the same one."""

    payee: str | None
    purpose: str | None
    counterparty: str | None
    mcc: str | None
    inflow: bool
    size: int


@dataclass(frozen=True, slots=True)
class Example:
    """`lines` equal lines whose category is known, `by_hand` of them because a person said so; `age` is the newest
    one's in days before the newest example."""

    line: Line
    category_id: int
    lines: int
    by_hand: int
    age: int


@lru_cache(maxsize=16_384)
def words(text: str | None) -> str:
    """The words of a text that hold no digit, normalised: branch numbers, dates and references differ line by line.
    A text that has only such words is kept whole."""
    all_words = normalise(text).split()
    plain = [word for word in all_words if not any(sign.isdigit() for sign in word)]
    return " ".join((plain or all_words)[:_MOST_WORDS])


def payee(line: Line) -> str:
    """The normalised payee, or the purpose where the bank gives no payee."""
    return normalise(line.payee) or words(line.purpose)


def merchant(line: Line) -> str:
    """`payee` without branch numbers and references."""
    return words(line.payee) or words(line.purpose)


def details(line: Line) -> str:
    """What the line says besides its payee."""
    return words(line.purpose) if normalise(line.payee) else ""
