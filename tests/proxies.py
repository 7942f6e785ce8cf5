"""nginx as the deployment has it, in front of a test's servers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.proxy import Proxy, nginx
from tests.test_start import free_port


@contextmanager
def behind_nginx(folder: Path, servers: Sequence[str]) -> Iterator[Proxy]:
    """A running nginx; where there is none the test is skipped, but not in CI."""
    try:
        with nginx(folder, free_port(), servers) as running:
            yield running
    except RuntimeError as error:
        if "not installed" not in str(error):
            raise
        assert os.environ.get("CI") != "true", "the CI must not skip this: nginx is missing"
        pytest.skip("nginx is not installed: make test tries to")
