"""Plots as SVG, drawn by hand: they stand in a repository, and need nothing to be looked at."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from bench.harness.figures import Figure

_INK, _FAINT, _GOOD, _BAD = "#1f2933", "#cbd2d9", "#1b7f5c", "#b42318"
_LINES = ("#2257a8", "#b4570a", "#1b7f5c", "#8b3a8f", "#5f6b7a", "#b42318", "#0e7c86")
_ROW, _LEFT, _WIDTH, _MOST = 22, 430, 430, 2.0


def bars(figures: Sequence[Figure]) -> str:
    """How much of what its bar allows each figure used; up to the line in the middle the bar is met."""
    rows = [each for each in figures if each.bar is not None and each.bar.limit]
    height = _ROW * len(rows) + 60
    parts = [_text(_LEFT + _WIDTH / 2, 18, "share of what the bar allows (median and quartiles)", "middle")]
    for share in (0.0, 0.5, 1.0, 1.5, 2.0):
        x = _LEFT + _WIDTH * share / _MOST
        colour, word = (_INK, "bar") if share == 1 else (_FAINT, f"{share:g}")
        parts += [_line((x, 42), (x, height - 12), colour), _text(x, 36, word, "middle")]
    for place, each in enumerate(rows):
        parts += _bar_row(each, 56 + _ROW * place)
    return _svg(_LEFT + _WIDTH + 90, height, parts)


def _bar_row(figure: Figure, y: float) -> list[str]:
    assert figure.bar is not None
    judged, bar = figure.judged, figure.bar
    used = [bar.used(value) for value in (judged.median, judged.low, judged.high)]
    middle, left, right = (_LEFT + _WIDTH * min(each, _MOST) / _MOST for each in used)
    colour = _GOOD if bar.met(judged.median) else _BAD
    return [
        _text(_LEFT - 10, y + 4, figure.name, "end"),
        _line((left, y), (right, y), colour, 3),
        f'<circle cx="{middle:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>',
        _text(_LEFT + _WIDTH + 10, y + 4, f"{judged.median:.3g} ({bar.sign} {bar.limit:g})"),
    ]


@dataclass(frozen=True, slots=True)
class _Axis:
    """Maps values on a logarithmic scale to pixels."""

    low: float
    high: float
    start: float
    end: float

    @classmethod
    def over(cls, values: Sequence[float], start: float, end: float) -> _Axis:
        low, high = (math.log10(max(each, 1e-6)) for each in (min(values), max(values)))
        return cls(low - 0.05, high + 0.05, start, end)

    def __call__(self, value: float) -> float:
        share = (math.log10(max(value, 1e-6)) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """1, 2 and 5 times the powers of ten."""
        powers = range(math.floor(self.low), math.ceil(self.high) + 1)
        values = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
        return [value for value in values if self.low <= math.log10(value) <= self.high]


def lines(title: str, words: tuple[str, str], series: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """Some series of points, both axes logarithmic; `words` say what is across and what is up."""
    points = [point for each in series.values() for point in each]
    across = _Axis.over([x for x, _ in points], 70, 570)
    up = _Axis.over([y for _, y in points], 350, 50)
    parts = [_text(70, 24, title), _text(320, 392, words[0], "middle"), _text(70, 42, words[1])]
    for x in sorted({x for x, _ in points}):
        parts += [_line((across(x), 50), (across(x), 350), _FAINT), _text(across(x), 368, f"{x:,g}", "middle")]
    for y in up.ticks():
        parts += [_line((70, up(y)), (570, up(y)), _FAINT), _text(62, up(y) + 4, f"{y:g}", "end")]
    for place, (name, each) in enumerate(series.items()):
        colour = _LINES[place % len(_LINES)]
        path = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in each)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="3" fill="{colour}"/>' for x, y in each]
        parts.append(_text(590, 60 + 18 * place, name, colour=colour))
    return _svg(760, 400, parts)


def _line(start: tuple[float, float], end: tuple[float, float], colour: str, width: int = 1) -> str:
    (x1, y1), (x2, y2) = start, end
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{colour}" stroke-width="{width}"/>'


def _text(x: float, y: float, text: str, anchor: str = "start", colour: str = _INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'


def _svg(width: float, height: float, parts: Sequence[str]) -> str:
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">'
    return "\n".join([head, '<rect width="100%" height="100%" fill="#fff"/>', *parts, "</svg>", ""])
