"""What was found: a line for each check as it ends, and all of it as JSON or JUnit XML."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal
from xml.sax.saxutils import quoteattr  # nosec B406

State = Literal["ok", "failed", "left out"]
_WIDTH: Final = 8


@dataclass(frozen=True, slots=True)
class Result:
    """One check: its level and name, how it ended, how long it took, and what was seen."""

    level: int
    name: str
    state: State
    seconds: float
    detail: str

    def line(self) -> str:
        detail = f": {self.detail}" if self.detail else ""
        return f"{self.state:<{_WIDTH}}  L{self.level} {self.seconds:8.3f} s  {self.name}{detail}"


def as_json(url: str, results: Sequence[Result]) -> str:
    """All results as one JSON object."""
    return json.dumps({"url": url, "passed": passed(results), "checks": [asdict(each) for each in results]}, indent=2)


def passed(results: Iterable[Result]) -> bool:
    """Whether nothing failed."""
    return all(each.state != "failed" for each in results)


def write_junit(path: Path, results: Sequence[Result]) -> None:
    """The results as the JUnit XML that build servers read: one suite for each level."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<testsuites>"]
    for level in sorted({each.level for each in results}):
        mine = [each for each in results if each.level == level]
        counts = {state: sum(each.state == state for each in mine) for state in ("failed", "left out")}
        lines.append(
            f'<testsuite name="L{level}" tests="{len(mine)}" failures="{counts["failed"]}" '
            f'skipped="{counts["left out"]}" time="{sum(each.seconds for each in mine):.3f}">'
        )
        lines += [_case(each) for each in mine]
        lines.append("</testsuite>")
    path.write_text("\n".join([*lines, "</testsuites>", ""]), encoding="utf-8")


def _case(found: Result) -> str:
    head = f'<testcase classname="L{found.level}" name={quoteattr(found.name)} time="{found.seconds:.3f}"'
    if found.state == "ok":
        return f"{head}/>"
    kind = "failure" if found.state == "failed" else "skipped"
    return f"{head}><{kind} message={quoteattr(found.detail)}/></testcase>"
