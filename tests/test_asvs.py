"""docs/security-asvs.md answers every requirement of level 2, and the tests that it names are there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "security-asvs.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| (met|not met|n/a) \| (.+) \|$", PAGE, re.MULTILINE)
LEVEL_2 = """
    1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1 4.3:2 4.4:4
    5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2
    8.1:2 8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4
    11.5:1 11.6:1 12.1:3 12.2:2 12.3:4 13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7
    16.1:1 16.2:5 16.3:4 16.4:3 16.5:3 17.1:1 17.2:4 17.3:2
"""
"""ASVS 5.0.0: how many of each section are of levels 1 and 2; they are always its first."""


def test_every_requirement_of_level_2_is_answered_once() -> None:
    sections = (each.split(":") for each in LEVEL_2.split())
    wanted = [f"{section}.{number}" for section, most in sections for number in range(1, int(most) + 1)]
    assert [number for number, _, _ in ROWS] == wanted


def test_the_sums_are_right() -> None:
    told = re.search(r"Of (\d+) requirements (\d+) are met, (\d+) are not, and (\d+) do not apply", PAGE)
    states = Counter(state for _, state, _ in ROWS)
    assert told is not None
    assert [int(each) for each in told.groups()] == [len(ROWS), states["met"], states["not met"], states["n/a"]]


def test_the_tests_that_are_named_are_there() -> None:
    known = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 60
    assert named - known == set()
