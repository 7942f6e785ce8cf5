"""Texts as numbers: hashed words and character n-grams, for many texts at once.

A polynomial rolling hash over all texts laid end to end gives the hash of any piece of them as a difference of two
prefix sums (Karp and Rabin 1987), so no Python loop runs over characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]

_BASE: Final = 0x9E3779B97F4A7C15
_MIX: Final = 0xD6E8FEB86659FD93
_SHIFT: Final = np.uint64(32)
_BLANK: Final = ord(" ")
_GRAMS: Final = (3, 4, 5)
_WORD, _PAIR, _FIRST, _WHOLE = 101, 102, 103, 104


class _Rolling:
    """The texts laid end to end, each between two blanks, and the hash of any piece."""

    def __init__(self, texts: Sequence[str]) -> None:
        joined = "".join(f" {text} " for text in texts)
        self.signs = np.frombuffer(joined.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
        lengths = np.fromiter((len(text) + 2 for text in texts), dtype=np.int64, count=len(texts))
        self.ends = np.cumsum(lengths)
        self.starts = self.ends - lengths
        self.owner = np.repeat(np.arange(len(texts)), lengths)
        self._inverses = _powers(pow(_BASE, -1, 1 << 64), len(self.signs))
        terms = (self.signs + np.uint64(1)) * _powers(_BASE, len(self.signs))[:-1]
        self._prefix = np.concatenate([np.zeros(1, np.uint64), np.cumsum(terms, dtype=np.uint64)])

    def hashes(self, starts: Numbers, ends: Numbers, salt: int) -> Hashes:
        """The hashes of the pieces from `starts` to before `ends`; `salt` tells kinds of pieces apart."""
        return _mixed((self._prefix[ends] - self._prefix[starts]) * self._inverses[starts], salt)


def _powers(base: int, count: int) -> Hashes:
    factors = np.full(count + 1, base, dtype=np.uint64)
    factors[0] = 1
    return np.cumprod(factors, dtype=np.uint64)


def _mixed(values: Hashes, salt: int) -> Hashes:
    """Spread the bits of a hash; arithmetic is modulo 2^64."""
    mixed = values + np.uint64(salt * _MIX % (1 << 64))
    mixed = (mixed ^ (mixed >> _SHIFT)) * np.uint64(_MIX)
    return mixed ^ (mixed >> _SHIFT)


Pieces = tuple[Numbers, Hashes]
"""Two arrays of one length: the text's number, and the hash of a piece of it."""


def text_pieces(texts: Sequence[str], salt: int, *, grams: bool) -> Pieces:
    """Words, pairs of words, the first word and the whole of each text, and with `grams` 3 to 5 characters in a row."""
    rolling = _Rolling(texts)
    found = _words(rolling, salt)
    if grams:
        found += [_grams(rolling, length, salt) for length in _GRAMS]
    whole = np.flatnonzero(rolling.ends - rolling.starts > 2)
    found.append((whole, rolling.hashes(rolling.starts[whole], rolling.ends[whole], salt + _WHOLE)))
    return joined(found)


def _words(rolling: _Rolling, salt: int) -> list[Pieces]:
    blanks = np.flatnonzero(rolling.signs == _BLANK)
    inside = (rolling.owner[blanks[:-1]] == rolling.owner[blanks[1:]]) & (blanks[1:] - blanks[:-1] > 1)
    starts, ends = blanks[:-1][inside] + 1, blanks[1:][inside]
    owner = rolling.owner[starts]
    same = owner[:-1] == owner[1:]
    first = np.concatenate([np.ones(min(1, len(owner)), np.bool_), ~same])
    return [
        (owner, rolling.hashes(starts, ends, salt + _WORD)),
        (owner[:-1][same], rolling.hashes(starts[:-1][same], ends[1:][same], salt + _PAIR)),
        (owner[first], rolling.hashes(starts[first], ends[first], salt + _FIRST)),
    ]


def _grams(rolling: _Rolling, length: int, salt: int) -> Pieces:
    starts = np.arange(max(0, len(rolling.signs) - length + 1))
    starts = starts[rolling.owner[starts] == rolling.owner[starts + length - 1]]
    return rolling.owner[starts], rolling.hashes(starts, starts + length, salt + length)


def value_pieces(values: Sequence[str], salt: int) -> Pieces:
    """Each value as one piece; an empty value is none."""
    return _whole_values(_Rolling(values), salt)


def _whole_values(rolling: _Rolling, salt: int) -> Pieces:
    rows = np.flatnonzero(rolling.ends - rolling.starts > 2)
    return rows, rolling.hashes(rolling.starts[rows], rolling.ends[rows], salt)


def joined(parts: Sequence[Pieces]) -> Pieces:
    """All pieces, each once per text, ordered by text."""
    rows = np.concatenate([part[0] for part in parts])
    hashes = np.concatenate([part[1] for part in parts])
    order = np.lexsort((hashes, rows))
    rows, hashes = rows[order], hashes[order]
    new = np.ones(len(rows), np.bool_)
    new[1:] = (rows[1:] != rows[:-1]) | (hashes[1:] != hashes[:-1])
    return rows[new], hashes[new]
