"""A measured figure: its median and spread, the floor it is held against in the same run, and the bar for it.

The machine does other things too, so a time alone says little. Measured and floor take turns, run by run, and the ratio
is that of each pair: what disturbs one disturbs the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median, quantiles
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some runs, and the quartiles about it (both ends of the interpolated range, inclusive)."""

    median: float
    low: float
    high: float
    runs: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Of at least one run."""
        if len(values) == 1:
            return cls(values[0], values[0], values[0], 1)
        low, _, high = quantiles(values, n=4, method="inclusive")
        return cls(median(values), low, high, len(values))


def ratio(measured: Sequence[float], floor: Sequence[float]) -> Spread:
    """Of each run to the floor's run beside it."""
    return Spread.of([one / other for one, other in zip(measured, floor, strict=True)])


@dataclass(frozen=True, slots=True)
class Bar:
    """What a figure (its ratio, where it has one) should be: at most, or at least, `limit`."""

    sign: Literal["<=", ">=", "<", ">"]
    limit: float

    def met(self, value: float) -> bool:
        """Whether `value` is good enough."""
        if value == self.limit:
            return "=" in self.sign
        return (value < self.limit) == self.sign.startswith("<")

    def used(self, value: float) -> float:
        """How much of what is allowed was used: up to 1 the bar is met, whichever way it points."""
        parts = (value, self.limit) if self.sign.startswith("<") else (self.limit, value)
        if not parts[1]:
            return 1.0 if not parts[0] else math.inf
        return parts[0] / parts[1]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report."""

    name: str
    unit: str
    measured: Spread
    floor: Spread | None = None
    floor_name: str = ""
    ratio: Spread | None = None
    bar: Bar | None = None
    note: str = ""

    @property
    def judged(self) -> Spread:
        """What the bar is for: the ratio, else the figure itself."""
        return self.ratio or self.measured

    @property
    def verdict(self) -> str:
        """`met` or `missed`, by the median; whether single runs say otherwise."""
        if self.bar is None:
            return ""
        met = [self.bar.met(value) for value in (self.judged.median, self.judged.low, self.judged.high)]
        word = "met" if met[0] else "missed"
        return word if len(set(met)) == 1 else f"{word}, not in all runs"


def plain(name: str, unit: str, values: Sequence[float], bar: Bar | None = None, note: str = "") -> Figure:
    """A figure without a floor: bytes, counts, or times with a bar of their own."""
    return Figure(name, unit, Spread.of(values), bar=bar, note=note)


def against(
    name: str,
    unit: str,
    measured: Sequence[float],
    floor: tuple[str, Sequence[float]],
    bar: Bar | None = None,
    note: str = "",
) -> Figure:
    """A figure beside its floor, run by run."""
    floor_name, runs = floor
    return Figure(name, unit, Spread.of(measured), Spread.of(runs), floor_name, ratio(measured, runs), bar, note)


def in_turns(runs: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Measure each thing once a round, one after the other, so that all of them see the machine alike."""
    found: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            found[name].append(run())
    return found


@dataclass(slots=True)
class Findings:
    """What a part found: figures, sentences about them, and series for its plots."""

    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    series: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For `bench/report.json`."""
        figures = [{**asdict(each), "verdict": each.verdict} for each in self.figures]
        return {"figures": figures, "notes": self.notes, "series": self.series}


def figure_of(entry: Mapping[str, Any]) -> Figure:
    """A figure as `Findings.as_json` wrote it."""

    def spread(name: str) -> Spread | None:
        return Spread(**entry[name]) if entry[name] else None

    bar = Bar(**entry["bar"]) if entry["bar"] else None
    words: dict[str, str] = {name: entry[name] for name in ("name", "unit", "floor_name", "note")}
    return Figure(measured=Spread(**entry["measured"]), floor=spread("floor"), ratio=spread("ratio"), bar=bar, **words)
