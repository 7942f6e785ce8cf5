"""All kinds of jobs that a worker does."""

from __future__ import annotations

from typing import Final

from jobs.imports import IMPORT

KINDS: Final = (IMPORT,)
