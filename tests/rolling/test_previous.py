"""The release before this one works on this one's schema: what a rollback, and every switch, rests on."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bench.previous import ROOT, before


def test_the_release_before_works_on_the_schema_of_this_one() -> None:
    if before() is None:
        pytest.skip("no release (a tag v...) before this one is in this clone")
    done = subprocess.run(
        [sys.executable, "-m", "bench.previous"], cwd=ROOT, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
