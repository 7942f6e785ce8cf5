"""What can be chosen about a run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """See `python -m bench --help`."""

    sizes: list[int]
    data: Path | None
    rounds: int
    seconds: int
    tenants: int
    tenant_size: int
    people: int
    pairs: int
    streams: int
    lines: int
