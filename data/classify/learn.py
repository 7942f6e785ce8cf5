"""Learn categories from examples, and guess those of new lines with a confidence that can be trusted.

Two levels with back-off: a linear softmax over the words and characters of a line says what a payee that was never
seen may be, as surely as it is right about merchants that were held out; counts of earlier lines, of the merchant, of
the very payee, of payee and purpose, overrule it the more lines there are (a Dirichlet prior of one line whose mean is
the level below). Confidence is the probability that results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from data.classify.features import Pieces, joined, text_pieces, value_pieces
from data.classify.judged import Judged
from data.classify.lines import Example, Line, details, merchant, payee
from data.classify.memory import Tally
from data.classify.softmax import Floats

NONE: Final = 0
"""The category of lines that are to be left without one."""
_LEAST_LINES: Final = 50
"""Below this many examples a payee that was never seen is nobody's guess."""
_PURITY: Final = 8
_SURE_LINES: Final = 3
_SURE: Final = 0.95
_SHOWN: Final = 5
_CHUNK: Final = 2_000
_MOST_ROWS: Final = 12_000
"""Different lines that the softmax is trained on, the newest: it bounds its time and memory."""
_USUAL: Final = {"income": True, "expense": False}
"""Kind -> the sign that its lines have, inflow or not."""

Key = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Guess:
    """The likeliest categories of a line, best first, with their probabilities.

    `category_id` is the best one where it may be applied without asking, else None; `because` counts what speaks for
    the best. `NONE` among them says to leave the line alone.
    """

    category_id: int | None
    confidence: float
    because: str
    ranking: tuple[tuple[int, float], ...]


class Learned:
    """What the examples teach. `kinds`: the kind of each of the tenant's categories."""

    def __init__(self, examples: Sequence[Example], kinds: Mapping[int, str]) -> None:
        self._kinds = kinds
        self._classes = sorted({example.category_id for example in examples})
        self._place = {category_id: number for number, category_id in enumerate(self._classes)}
        self._payees = _tallies(examples, lambda line: [(payee(line), line.inflow)])
        self._merchants = _tallies(examples, lambda line: [(merchant(line), line.inflow)])
        self._purposes = _tallies(examples, _told)
        self._words = _tallies(examples, lambda line: [(word, line.inflow) for word in _words(line)])
        self.lines = sum(example.lines for example in examples)
        self._softmax = self._trained(examples)

    def _trained(self, examples: Sequence[Example]) -> Judged | None:
        if self.lines < _LEAST_LINES or len(self._classes) < 2:
            return None
        rows: dict[tuple[object, ...], tuple[Line, Tally]] = {}
        for example in sorted(examples, key=lambda each: each.age):
            line, identity = example.line, _identity(example.line)
            if identity not in rows and len(rows) == _MOST_ROWS:
                continue
            _, tally = rows.setdefault(identity, (line, Tally()))
            tally.add(example.category_id, example.lines, example.by_hand, example.age, None)
        targets = np.zeros((len(rows), len(self._classes)), np.float32)
        for row, (_, tally) in enumerate(rows.values()):
            for category_id, weight in tally.weights().items():
                targets[row, self._place[category_id]] = weight
        targets /= targets.sum(axis=1, keepdims=True)
        lines = [line for line, _ in rows.values()]
        return Judged(_pieces(lines), targets, [merchant(line) for line in lines])

    def guess(self, lines: Sequence[Line], least: float) -> list[Guess]:
        """A guess for each line; one that is not at least `least` probable names no category to apply."""
        found: list[Guess] = []
        for start in range(0, len(lines), _CHUNK):
            chunk = lines[start : start + _CHUNK]
            shares = self._shares(chunk)
            best = np.argsort(-shares, axis=1, kind="stable")[:, :_SHOWN]
            found += [
                self._guess(line, [(self._classes[place], float(row[place])) for place in order], least)
                for line, row, order in zip(chunk, shares, best.tolist(), strict=True)
            ]
        return found

    def _shares(self, lines: Sequence[Line]) -> Floats:
        """The probability of each class for each line. Without a softmax, what no earlier line claims is nobody's."""
        if self._softmax is None:
            shares = np.zeros((len(lines), len(self._classes)), np.float32)
        else:
            shares = self._softmax.predict(_pieces(lines), len(lines))
        for row, line in enumerate(lines):
            for tally, _ in reversed(self._like(line)):
                self._overrule(shares[row], tally)
        return shares

    def _like(self, line: Line) -> list[tuple[Tally, str]]:
        """The tallies of lines like this one, the likest first, and what they have in common."""
        levels = [
            *((self._purposes.get(key), "with this payee and purpose") for key in _told(line)),
            (self._payee(line), "with this payee"),
            (self._merchants.get((merchant(line), line.inflow)), "with this payee"),
        ]
        return [(tally, what) for tally, what in levels if tally is not None]

    def _overrule(self, share: Floats, tally: Tally) -> None:
        """Mix the counts into the level below. A payee that is many things (a marketplace) says less than its count."""
        weights = tally.weights()
        total = sum(weights.values())
        weight = total * (max(weights.values()) / total) ** _PURITY
        share /= 1 + weight
        for category_id, count in weights.items():
            share[self._place[category_id]] += weight * count / total / (1 + weight)

    def _payee(self, line: Line) -> Tally | None:
        return self._payees.get((payee(line), line.inflow))

    def _guess(self, line: Line, ranking: list[tuple[int, float]], least: float) -> Guess:
        ranking = [(category_id, share) for category_id, share in ranking if share > 0]
        if not ranking:
            return Guess(None, 0.0, "", ())
        category_id, share = ranking[0]
        applies = category_id != NONE and share >= least and self._is_safe(line, category_id, share)
        because = self._because(line, category_id)
        return Guess(category_id if applies else None, share, because, tuple(ranking))

    def _is_safe(self, line: Line, category_id: int, share: float) -> bool:
        """Money in is income and money out an expense; anything else (a refund, a transfer, savings) hides money when
        it is wrong, so all earlier lines of the payee must say so, with this other account among them."""
        if _USUAL.get(self._kinds.get(category_id, "")) == line.inflow:
            return True
        tally = self._payee(line)
        return (
            tally is not None
            and share >= _SURE
            and tally.only(category_id) >= _SURE_LINES
            and line.counterparty in tally.counterparties
        )

    def _because(self, line: Line, category_id: int) -> str:
        """What speaks for the category, counted among the examples."""
        for tally, what in self._like(line):
            if (found := tally.evidence(category_id))[0]:
                return _counted(*found, what)
        known = [(word, self._words[word, line.inflow]) for word in _words(line) if (word, line.inflow) in self._words]
        told = [(word, tally.evidence(category_id)) for word, tally in known]
        if not any(lines for _, (lines, _, _) in told):
            return "its text is spelt like that of lines in this category"
        word, found = max(told, key=lambda each: (each[1][0] ** 2 / max(1, each[1][1]), each[0]))
        return _counted(*found, f'with the word "{word}"')


def _counted(lines: int, of: int, by_hand: bool, what: str) -> str:
    return f"{lines} of {of} {'line' if of == 1 else 'lines'} {what}{' that a person categorised' if by_hand else ''}"


def _tallies(examples: Iterable[Example], keys: Callable[[Line], list[Key]]) -> dict[Key, Tally]:
    found: dict[Key, Tally] = {}
    for example in examples:
        for key in keys(example.line):
            if key[0]:
                tally = found.setdefault(key, Tally())
                tally.add(example.category_id, example.lines, example.by_hand, example.age, example.line.counterparty)
    return found


def _told(line: Line) -> list[Key]:
    """Payee and purpose together, where the line has both."""
    return [(f"{payee(line)}\n{details(line)}", line.inflow)] if details(line) else []


def _words(line: Line) -> list[str]:
    """The words of a line, each once, in order."""
    return list(dict.fromkeys(f"{merchant(line)} {details(line)}".split()))


def _identity(line: Line) -> tuple[object, ...]:
    return (merchant(line), details(line), line.counterparty, line.mcc, line.inflow, line.size)


def _pieces(lines: Sequence[Line]) -> Pieces:
    """Lines as the softmax sees them."""
    return joined(
        [
            text_pieces([merchant(line) for line in lines], 0, grams=True),
            text_pieces([details(line) for line in lines], 1_000, grams=False),
            value_pieces([(line.counterparty or "").replace(" ", "") for line in lines], 2_000),
            value_pieces([line.mcc or "" for line in lines], 3_000),
            value_pieces([f"{'+' if line.inflow else '-'}{line.size}" for line in lines], 4_000),
        ]
    )
