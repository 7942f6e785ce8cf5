"""A linear softmax over sparse rows, trained by mini-batches in numpy.

Multinomial logistic regression with AdaGrad steps (Duchi, Hazan and Singer 2011) over unit-length tf-idf rows. Seeded:
the same rows give the same weights. Trained for a few rounds only, which keeps its probabilities honest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from data.classify.features import Numbers, Pieces

Floats = npt.NDArray[np.float32]

_SEED: Final = 7
_ROUNDS: Final = 6
_STEP: Final = np.float32(0.5)
_SHRINK: Final = np.float32(1e-5)
_BATCH: Final = 256
_LEAST_ROWS: Final = 2
"""A piece of text that only one row has says nothing about the next."""
_MOST_CELLS: Final = 2_000_000
"""Weights kept at most (8 MB): the pieces that most rows have, however many categories there are."""
_CHUNK_CELLS: Final = 1_000_000
"""Cells looked at in one go when predicting, which bounds the memory that it takes."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """Some rows, laid out for a step: by row for the scores, by piece for the gradient."""

    target: Floats
    used: Numbers
    pieces: Numbers
    values: Floats
    rows: Numbers
    row_starts: Numbers
    by_piece_rows: Numbers
    by_piece_values: Floats
    piece_starts: Numbers


class Softmax:
    """Trained on `pieces` of rows and their `targets`, a row of probabilities over the classes for each."""

    def __init__(self, pieces: Pieces, targets: Floats) -> None:
        count, classes = targets.shape
        self._vocabulary, self._rarity = _vocabulary(pieces, count, classes)
        self._weights = np.zeros((len(self._vocabulary), classes), np.float32)
        # Half a row for every class, so that one without a row of its own has a finite bias.
        self._bias: Floats = np.log((targets.sum(axis=0) + np.float32(0.5)) / np.float32(count)).astype(np.float32)
        self._train(list(self._batches(pieces, targets)))

    def _batches(self, pieces: Pieces, targets: Floats) -> Iterator[_Batch]:
        count = len(targets)
        rows, columns, values = self._sparse(pieces, count)
        order = np.random.default_rng(_SEED).permutation(count)
        place = np.empty(count, np.int64)
        place[order] = np.arange(count)
        by_place = np.argsort(place[rows], kind="stable")
        rows, columns, values = place[rows][by_place], columns[by_place], values[by_place]
        edges = np.searchsorted(rows, np.arange(0, count + _BATCH, _BATCH))
        for number, (start, end) in enumerate(pairwise(edges.tolist())):
            first = number * _BATCH
            if start < end:
                target = targets[order[first : first + _BATCH]]
                yield _batch(rows[start:end] - first, columns[start:end], values[start:end], target)

    def _sparse(self, pieces: Pieces, count: int) -> tuple[Numbers, Numbers, Floats]:
        """(row, column, value) of the pieces that are in the vocabulary; each row has length 1."""
        rows, hashes = pieces
        columns = np.searchsorted(self._vocabulary, hashes)
        columns[columns == len(self._vocabulary)] = 0
        known = self._vocabulary[columns] == hashes if len(self._vocabulary) else np.zeros(len(rows), np.bool_)
        rows, columns = rows[known], columns[known]
        values = self._rarity[columns]
        lengths = np.sqrt(np.bincount(rows, values * values, minlength=count))
        return rows, columns, (values / lengths[rows]).astype(np.float32)

    def _train(self, batches: list[_Batch]) -> None:
        seen = np.full(self._weights.shape, 1e-6, np.float32)
        seen_bias = np.full(self._bias.shape, 1e-6, np.float32)
        for _ in range(_ROUNDS):
            for batch in batches:
                weights = self._weights[batch.used]
                scores = np.zeros(batch.target.shape, np.float32)
                scores[batch.rows] = np.add.reduceat(
                    weights[batch.pieces] * batch.values[:, None], batch.row_starts, axis=0
                )
                miss = probabilities(scores + self._bias) - batch.target
                slope = np.add.reduceat(
                    miss[batch.by_piece_rows] * batch.by_piece_values[:, None], batch.piece_starts, axis=0
                )
                slope += _SHRINK * len(miss) * weights
                seen[batch.used] += slope * slope
                self._weights[batch.used] = weights - _STEP * slope / np.sqrt(seen[batch.used])
                bias_slope = miss.sum(axis=0)
                seen_bias += bias_slope * bias_slope
                self._bias -= np.float32(0.1) * _STEP * bias_slope / np.sqrt(seen_bias)

    def predict(self, pieces: Pieces, count: int, heat: float = 1.0) -> Floats:
        """The probabilities of the classes for `count` rows; `heat` above 1 makes them less sure (a temperature)."""
        return probabilities(self.scores(pieces, count) / np.float32(heat))

    def scores(self, pieces: Pieces, count: int) -> Floats:
        """The scores (logits) of the classes for `count` rows."""
        rows, columns, values = self._sparse(pieces, count)
        scores = np.tile(self._bias, (count, 1))
        chunk = max(1, _CHUNK_CELLS // max(1, len(self._bias)))
        start = 0
        while start < len(rows):
            # A chunk ends between rows.
            end = int(np.searchsorted(rows, rows[min(start + chunk, len(rows)) - 1], side="right"))
            found, starts = np.unique(rows[start:end], return_index=True)
            scores[found] += np.add.reduceat(
                self._weights[columns[start:end]] * values[start:end, None], starts, axis=0
            )
            start = end
        return scores


def _vocabulary(pieces: Pieces, count: int, classes: int) -> tuple[npt.NDArray[np.uint64], Floats]:
    """The pieces worth a weight, sorted, and how rare each is (idf)."""
    hashes, rows = np.unique(pieces[1], return_counts=True)
    most = max(1, _MOST_CELLS // max(1, classes))
    least = _LEAST_ROWS
    if (rows >= least).sum() > most:
        least = int(np.sort(rows)[-most]) + 1
    kept = rows >= least
    rarity = np.log((count + 1) / (rows[kept] + 1)) + 1
    return hashes[kept], rarity.astype(np.float32)


def _batch(rows: Numbers, columns: Numbers, values: Floats, target: Floats) -> _Batch:
    used, pieces = np.unique(columns, return_inverse=True)
    by_piece = np.argsort(pieces, kind="stable")
    found, row_starts = np.unique(rows, return_index=True)
    return _Batch(
        target=target,
        used=used,
        pieces=pieces,
        values=values,
        rows=found,
        row_starts=row_starts,
        by_piece_rows=rows[by_piece],
        by_piece_values=values[by_piece],
        piece_starts=np.searchsorted(pieces[by_piece], np.arange(len(used))),
    )


def probabilities(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares
