"""A long CSV statement imported, beside a bare COPY of the same rows, and how much memory it takes.

What exactly is measured: `bench.import_speed`. Processor time is the same whatever else the machine does.
"""

from __future__ import annotations

from bench.harness.figures import Bar, Findings, against, plain
from bench.harness.options import Options
from bench.import_speed import measure

TITLE = "a long statement beside a bare COPY"


def run(options: Options) -> Findings:
    """One import of `options.lines` lines."""
    one = measure(options.lines)
    name = f"import of {options.lines:,} lines"
    figures = [
        against(f"{name}, clock", "s", [one.seconds], ("COPY", [one.copy_seconds]), Bar("<=", 2.5)),
        against(f"{name}, processors", "s", [one.work], ("COPY", [one.copy_work])),
        plain("memory over idle", "MB", [one.mb], Bar("<=", 400)),
    ]
    return Findings(figures, [f"{one.learned:,} of the lines got their category by learning."])
