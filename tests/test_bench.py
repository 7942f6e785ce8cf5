"""The measuring itself: medians, spreads, ratios and verdicts, and a report that says what was found."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.harness.figures import Bar, Figure, Findings, Spread, against, figure_of, in_turns, plain, ratio
from bench.harness.report import load_report, write_report


def test_a_spread_is_the_median_and_the_quartiles() -> None:
    assert Spread.of([5.0]) == Spread(5.0, 5.0, 5.0, 1)
    assert Spread.of([4.0, 1.0, 3.0, 2.0, 5.0]) == Spread(3.0, 2.0, 4.0, 5)


def test_a_ratio_is_of_the_runs_that_stood_side_by_side() -> None:
    # The machine was ten times slower in the last two rounds, for both alike.
    assert ratio([2.0, 2.0, 20.0, 20.0], [1.0, 1.0, 10.0, 10.0]) == Spread(2.0, 2.0, 2.0, 4)
    with pytest.raises(ValueError):
        ratio([1.0], [1.0, 2.0])


def test_measured_and_floor_take_turns() -> None:
    turn = count()
    runs = {"one": lambda: float(next(turn)), "other": lambda: float(next(turn))}
    assert in_turns(runs, 3) == {"one": [0, 2, 4], "other": [1, 3, 5]}


@pytest.mark.parametrize(
    ("sign", "limit", "value", "met", "used"),
    [
        ("<=", 2.0, 2.0, True, 1.0),
        ("<", 2.0, 2.0, False, 1.0),
        ("<", 20.0, 5.0, True, 0.25),
        (">=", 0.8, 0.4, False, 2.0),
        (">", 0.98, 0.98, False, 1.0),
        ("<=", 0.0, 0.0, True, 1.0),
        ("<=", 0.0, 3.0, False, float("inf")),
    ],
)
def test_a_bar_points_up_or_down(sign: str, limit: float, value: float, met: bool, used: float) -> None:
    bar = Bar(sign, limit)  # type: ignore[arg-type]
    assert (bar.met(value), bar.used(value)) == (met, used)


def test_the_verdict_is_of_the_ratio_and_says_when_runs_differ() -> None:
    floor = ("bare", [10.0, 10.0, 10.0])
    assert against("hit", "", [9.0, 9.0, 9.0], floor, Bar(">=", 0.8)).verdict == "met"
    assert against("hit", "", [9.0, 9.0, 4.0], floor, Bar(">=", 0.8)).verdict == "met, not in all runs"
    assert against("hit", "", [7.0, 7.0, 7.0], floor, Bar(">=", 0.8)).verdict == "missed"
    assert plain("bytes", "", [7.0]).verdict == ""


def _found() -> list[Figure]:
    return [
        against("hit & more", "requests/s", [900.0, 900.0], ("bare", [1000.0, 1000.0]), Bar(">=", 0.8), "24,317 bytes"),
        plain("stale reads", "", [3.0], Bar("<=", 0.0)),
    ]


def test_the_report_says_what_was_found_and_keeps_other_parts(tmp_path: Path) -> None:
    findings = Findings(_found(), ["A note."], {"default": [(10_000, 20.0), (1_000_000, 22.0)]})
    stamp = {"title": "cold", "began": "now", "seconds": 1, "load": [0.1, 0.2]}
    write_report(tmp_path, {"machine": {"cores": 2}, "parts": {"cold": findings.as_json() | stamp}})
    report = load_report(tmp_path / "report.json")
    assert [figure_of(each) for each in report["parts"]["cold"]["figures"]] == _found()
    failed = {"figures": [], "notes": [], "series": {}, "failed": "RuntimeError: no wrk"}
    report["parts"]["hits"] = failed | stamp
    write_report(tmp_path, report)
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "| cold | hit & more | 0.9 (0.9 to 0.9) | >= 0.8 | met |" in text
    assert "| cold | stale reads | 3 | <= 0 | missed |" in text
    assert "| hits | all |  |  | not measured |" in text
    assert "RuntimeError: no wrk" in text
    pictures = {path.stem: ElementTree.parse(path).getroot() for path in (tmp_path / "plots").iterdir()}
    assert set(pictures) == {"bars", "cold"}
    words = {each.text for each in pictures["bars"].iter("{http://www.w3.org/2000/svg}text")}
    assert {"hit & more", "0.9 (>= 0.8)"} <= words
