"""A backup every BACKUP_HOURS into /backups, of which BACKUP_KEEP are kept: `python -m deploy.docker.backups`.

With `check`: whether the newest one is as young as it should be; the container's health check.
"""

from __future__ import annotations

import os
import signal
import subprocess  # nosec B404
import sys
import time
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Final

FOLDER: Final = Path("/backups")
_AGAIN_SECONDS: Final = 600.0  # after one that failed


def main(folder: Path, hours: float, keep: int, stop: Event) -> None:
    """Until `stop`: back up when the newest backup is older than `hours`, else wait."""
    while not stop.is_set():
        wait = hours * 3600 - age(folder)
        if wait > 0:
            stop.wait(wait)
            continue
        command = [sys.executable, "-m", "flask", "backup", str(folder), "--keep", str(keep)]
        if subprocess.run(command, check=False).returncode != 0:  # noqa: S603  # nosec B603
            stop.wait(_AGAIN_SECONDS)


def age(folder: Path) -> float:
    """Seconds since the newest whole backup; infinite when there is none."""
    made = [path.stat().st_mtime for path in folder.glob("*.dump.sha256")]
    return time.time() - max(made) if made else float("inf")


def _hours() -> float:
    return float(os.environ.get("BACKUP_HOURS", "24"))


if __name__ == "__main__":
    if sys.argv[1:] == ["check"]:
        sys.exit(0 if age(FOLDER) < _hours() * 3600 + 7200 else 1)
    ended = Event()

    def _end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, _end)
    main(FOLDER, _hours(), int(os.environ.get("BACKUP_KEEP", "14")), ended)
