"""The softmax, and how far to believe it about merchants that it has not seen.

A part of the merchants is held out, and the temperature is found at which the probabilities of a softmax trained on the
others fit them best (Guo et al. 2017). Where names say nothing of categories, it learns that it knows nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from data.classify.features import Numbers, Pieces
from data.classify.softmax import Floats, Softmax, probabilities

_SEED: Final = 11
_MOST_ROWS: Final = 4_000
"""Rows that are looked at for it, a fifth of them held out."""
_HEATS: Final = tuple(1.15**step for step in range(-1, 21))
"""Temperatures tried: from a little below 1 to 16."""
_CAUTION: Final = 2.0
"""How many held-out rows the belief in a temperature of 1 weighs."""


class Judged:
    """A softmax whose probabilities are made as sure as they are right. `merchants`: whose row is which."""

    def __init__(self, pieces: Pieces, targets: Floats, merchants: Sequence[str]) -> None:
        self._heat = _heat(pieces, targets, merchants)
        self._softmax = Softmax(pieces, targets)

    def predict(self, pieces: Pieces, count: int) -> Floats:
        """The probabilities of the classes for `count` rows."""
        return self._softmax.predict(pieces, count, self._heat)


def _heat(pieces: Pieces, targets: Floats, merchants: Sequence[str]) -> float:
    names, whose = np.unique(np.array(merchants), return_inverse=True)
    order = np.random.default_rng(_SEED).permutation(len(names))
    rank = np.empty(len(names), np.int64)
    rank[order] = np.arange(len(names))
    looked_at = np.flatnonzero(rank[whose] < len(names) * min(1.0, _MOST_ROWS / len(merchants)))
    held = rank[whose[looked_at]] % 5 == 0
    if held.all() or not held.any():
        return 1.0
    known, asked = looked_at[~held], looked_at[held]
    softmax = Softmax(_of(pieces, known, len(merchants)), targets[known])
    scores = softmax.scores(_of(pieces, asked, len(merchants)), len(asked))
    losses = [_loss(scores, targets[asked], heat) for heat in _HEATS]
    return _HEATS[int(np.argmin(losses))]


def _of(pieces: Pieces, rows: Numbers, count: int) -> Pieces:
    """The pieces of some rows, numbered from 0."""
    place = np.full(count, -1, np.int64)
    place[rows] = np.arange(len(rows))
    new = place[pieces[0]]
    return new[new >= 0], pieces[1][new >= 0]


def _loss(scores: Floats, targets: Floats, heat: float) -> float:
    shares = probabilities(scores / np.float32(heat))
    missed = -(targets * np.log(np.maximum(shares, 1e-9))).sum()
    return float(missed) + _CAUTION * float(np.log(heat) ** 2)
