"""What the measurements were made on, and how busy it was."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.release import RELEASE
from data.embedded_binaries import find_programs


def machine() -> dict[str, Any]:
    """Processor, cores, memory, and the versions of what was measured."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 1,
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": _postgresql(),
        "release": RELEASE,
    }


def load() -> float:
    """Processes that ran or wanted to, on average of the last minute; the measurement's own are among them."""
    return round(os.getloadavg()[0], 1)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _postgresql() -> str:
    program = find_programs(None).path("postgres")
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]


def resident_mb(pid: int) -> dict[str, float]:
    """Memory of a process in MB: `rss` all that is resident, `pss` with shared pages split among those that share."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    parts = {name.rstrip(":"): int(size) for name, size, *_ in map(str.split, lines)}
    return {"rss": parts["Rss"] / 1024, "pss": parts["Pss"] / 1024}


def cpu_seconds(pids: Sequence[int]) -> float:
    """Processor time that these processes have used so far: the same whatever else the machine does."""
    fields = (Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split() for pid in pids)
    return sum(int(each[11]) + int(each[12]) for each in fields) / os.sysconf("SC_CLK_TCK")
