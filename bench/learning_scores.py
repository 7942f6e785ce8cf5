"""How right learned categories are: accuracy, macro-F1, calibration, coverage, and two baselines."""

from __future__ import annotations

import time
import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from bench.learning_sets import Known
from data.classify.learn import Learned
from data.classify.lines import Example, Line

THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)


@dataclass(frozen=True)
class Measure:
    """Of the lines: how many were right, by each label, and how right the confidence was."""

    lines: int
    accuracy: float
    macro_f1: float
    unseen: float
    """Accuracy on lines of payees that were never seen."""
    calibration: float
    """Expected calibration error over 15 bins of equal width (Guo et al. 2017)."""
    coverage: dict[float, tuple[float, float]]
    """Threshold -> (share of the lines that reach it, accuracy on them)."""
    training: float
    """Seconds, from examples."""
    per_thousand: float
    """Seconds for 1,000 distinct lines."""
    memory: float
    """Megabytes at most, training and predicting together."""


def examples_of(known: Sequence[Known], place: dict[str, int]) -> list[Example]:
    """Equal lines of one label as one example, as the ledger gives them."""
    newest = max(each.day for each in known)
    found: dict[tuple[Line, int], list[date]] = defaultdict(list)
    for each in known:
        found[each.line, place[each.label]].append(each.day)
    return [Example(line, label, len(days), 0, (newest - max(days)).days) for (line, label), days in found.items()]


def measure(known: Sequence[Known], told: Sequence[Known]) -> Measure:
    """Learn from `known`, tell `told`."""
    labels = sorted({each.label for each in known})
    place = {label: number for number, label in enumerate(labels)}
    examples = examples_of(known, place)
    distinct = list(dict.fromkeys(each.line for each in told))
    tracemalloc.start()
    Learned(examples, {}).guess(distinct, 0.9)
    memory = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    began = time.perf_counter()
    learned = Learned(examples, {})
    trained = time.perf_counter()
    guesses = dict(zip(distinct, learned.guess(distinct, 0.9), strict=True))
    done = time.perf_counter()
    answers = [guesses[each.line] for each in told]
    pairs = [(labels[guess.ranking[0][0]] if guess.ranking else "", guess.confidence) for guess in answers]
    right = np.array([label == each.label for (label, _), each in zip(pairs, told, strict=True)])
    confidence = np.array([each for _, each in pairs])
    payees = {each.line.payee for each in known}
    unseen = np.array([each.line.payee not in payees for each in told])
    return Measure(
        lines=len(told),
        accuracy=float(right.mean()),
        macro_f1=macro_f1([label for label, _ in pairs], told),
        unseen=float(right[unseen].mean()) if unseen.any() else float("nan"),
        calibration=calibration(confidence, right),
        coverage={least: _reached(confidence, right, least) for least in THRESHOLDS},
        training=trained - began,
        per_thousand=(done - trained) / len(distinct) * 1000,
        memory=memory,
    )


def macro_f1(guesses: Sequence[str], told: Sequence[Known]) -> float:
    """The mean over the labels that occur of the harmonic mean of precision and recall."""
    truth, guessed = Counter(each.label for each in told), Counter(guesses)
    right = Counter(guess for guess, each in zip(guesses, told, strict=True) if guess == each.label)
    return sum(2 * right[label] / (count + guessed[label]) for label, count in truth.items()) / len(truth)


def bins(confidence: np.ndarray, right: np.ndarray, count: int) -> list[tuple[int, float, float]]:
    """(lines, mean confidence, accuracy) of each bin that is not empty."""
    place = np.minimum((confidence * count).astype(int), count - 1)
    found = [place == number for number in range(count)]
    return [(int(s.sum()), float(confidence[s].mean()), float(right[s].mean())) for s in found if s.any()]


def calibration(confidence: np.ndarray, right: np.ndarray) -> float:
    return sum(n * abs(sure - true) for n, sure, true in bins(confidence, right, 15)) / len(right)


def _reached(confidence: np.ndarray, right: np.ndarray, least: float) -> tuple[float, float]:
    reached = confidence >= least
    return float(reached.mean()), float(right[reached].mean()) if reached.any() else float("nan")


def largest(known: Sequence[Known], told: Sequence[Known]) -> tuple[float, float]:
    """(accuracy, macro-F1) of always saying the commonest label."""
    return _baseline(known, told, lambda _: None)


def remembered(known: Sequence[Known], told: Sequence[Known]) -> tuple[float, float]:
    """(accuracy, macro-F1) of saying what the payee was most often, else the commonest label."""
    counts: dict[str | None, Counter[str]] = defaultdict(Counter)
    for each in known:
        counts[each.line.payee][each.label] += 1
    memory = {payee: count.most_common(1)[0][0] for payee, count in counts.items()}
    return _baseline(known, told, lambda line: memory.get(line.payee))


def _baseline(known: Sequence[Known], told: Sequence[Known], tell: Callable[[Line], str | None]) -> tuple[float, float]:
    common = Counter(each.label for each in known).most_common(1)[0][0]
    guesses = [tell(each.line) or common for each in told]
    accuracy = sum(guess == each.label for guess, each in zip(guesses, told, strict=True)) / len(told)
    return accuracy, macro_f1(guesses, told)


def newest(known: Sequence[Known], per_label: int, most: int) -> list[Known]:
    """As many examples as an import looks at: the newest of each label, and of these the newest."""
    count: Counter[str] = Counter()
    kept = []
    for each in reversed(known):
        count[each.label] += 1
        if count[each.label] <= per_label:
            kept.append(each)
    return kept[:most][::-1]
