"""Round tick values for money axes, and labels at line ends that keep clear of each other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def height(amount: str | None) -> float:
    """A decimal string as the height of a mark: for drawing only, never for text."""
    return float(amount) if amount is not None else 0.0


def ticks(values: Iterable[float], count: int = 4) -> list[float]:
    """About `count` round values that span `values` and zero: `[-2000, 0, 2000, 4000]`."""
    known = [0.0, *values]
    low, high = min(known), max(known)
    if low == high:
        return [0.0, 1.0]
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in _STEPS if s * power >= rough * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(step * i, 10) for i in range(first, last + 1)]


def ticks_around(values: Sequence[float]) -> list[float]:
    """Round ticks around the values; from zero, except where all of them lie close together far from it."""
    low, high = min(values), max(values)
    if low <= 0 or high - low > low:
        return ticks(values)
    scale = ticks([high - low])
    step = scale[1] - scale[0]
    first = max(0.0, (low // step - 1) * step)
    return [round(first + step * place, 10) for place in range(int((high - first) // step) + 2)]


def apart(positions: Sequence[float], gap: float) -> list[float]:
    """`positions` moved as little as needed so that any two are at least `gap` apart, order kept."""
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    placed = list(positions)
    for before, after in pairwise(order):
        placed[after] = max(placed[after], placed[before] + gap)
    if order:
        shift = (sum(placed) - sum(positions)) / len(positions)
        placed = [place - shift for place in placed]
    return placed
