"""The one report: `bench/report.json` with everything, `bench/report.md` for reading, `bench/plots/*.svg`.

A run of some parts replaces those parts and leaves the others as they are, each with its own day and load.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.harness import plots
from bench.harness.figures import Figure, Spread, figure_of

_HEAD = """# Measured

Made by `make bench`; the numbers are also in `report.json`. What each part does: [README](README.md).

{machine}

Where a floor is named, measured and floor took turns in the same run and the ratio is the median of their ratios run by
run; in brackets stand the quartiles. What has a bar is judged by the median.
"""
_PLOTS = {
    "cold": ("A dashboard that nobody asked for before", ("transactions", "ms")),
    "crowd": ("100 people at once", ("slowest, % of requests", "ms")),
}


def load_report(path: Path) -> dict[str, Any]:
    """The report so far; an empty one if there is none."""
    if not path.exists():
        return {"machine": {}, "parts": {}}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def write_report(folder: Path, report: Mapping[str, Any]) -> None:
    """All files of the report into `folder`."""
    (folder / "plots").mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    for name, text in drawn(report).items():
        (folder / "plots" / f"{name}.svg").write_text(text, encoding="utf-8")
    (folder / "report.md").write_text(rendered(report), encoding="utf-8")


def figures(part: Mapping[str, Any]) -> list[Figure]:
    """A part's figures."""
    return [figure_of(entry) for entry in part["figures"]]


def drawn(report: Mapping[str, Any]) -> dict[str, str]:
    """The plots by name."""
    judged = [each for part in report["parts"].values() for each in figures(part) if each.bar and each.bar.limit]
    found = {"bars": plots.bars(judged)} if judged else {}
    for name, (title, words) in _PLOTS.items():
        series = report["parts"].get(name, {}).get("series")
        if series:
            found[name] = plots.lines(title, words, series)
    return found


def rendered(report: Mapping[str, Any]) -> str:
    """The report as Markdown."""
    pictures = drawn(report)
    machine = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in report["machine"].items())
    text = [_HEAD.format(machine=machine), "## The bars\n", _bars(report["parts"])]
    if "bars" in pictures:
        text.append("![How much of each bar was used](plots/bars.svg)\n")
    for name, part in report["parts"].items():
        text.append(_part(name, part))
        if name in pictures:
            text.append(f"![{_PLOTS[name][0]}](plots/{name}.svg)\n")
    return "\n".join(text)


def _bars(parts: Mapping[str, Any]) -> str:
    rows = [(name, *_bar_cells(each)) for name, part in parts.items() for each in figures(part) if each.bar is not None]
    failed = [(name, "all", "", "", "not measured") for name, part in parts.items() if "failed" in part]
    return _table(("Part", "What", "Found", "Bar", "Verdict"), [*rows, *failed])


def _bar_cells(figure: Figure) -> tuple[str, str, str, str]:
    assert figure.bar is not None
    unit = "" if figure.ratio else figure.unit
    found, bar = _spread(figure.judged, unit), f"{figure.bar.sign} {_number(figure.bar.limit)} {unit}".strip()
    return figure.name, found, bar, figure.verdict


def _part(name: str, part: Mapping[str, Any]) -> str:
    when = f"{part['began']}, {part['seconds']:,} s, load {part['load'][0]} before and {part['load'][1]} after."
    text = [f"## {name}: {part['title']}\n", f"{when}\n"]
    if "failed" in part:
        text.append(f"**Not measured:** {part['failed']}\n")
    rows = [_cells(each) for each in figures(part)]
    if rows:
        text.append(_table(("What", "Unit", "Measured", "Floor", "Ratio", "Note"), rows))
    text += [f"{note}\n" for note in part["notes"]]
    return "\n".join(text)


def _cells(figure: Figure) -> tuple[str, ...]:
    floor = f"{_spread(figure.floor)} {figure.floor_name}" if figure.floor else ""
    ratio = _spread(figure.ratio) if figure.ratio else ""
    return figure.name, figure.unit, _spread(figure.measured), floor, ratio, figure.note


def _spread(spread: Spread, unit: str = "") -> str:
    text = f"{_number(spread.median)} {unit}".strip()
    return text if spread.runs == 1 else f"{text} ({_number(spread.low)} to {_number(spread.high)})"


def _number(value: float) -> str:
    """Three digits that count; whole numbers in full."""
    if value == int(value) or abs(value) >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"
