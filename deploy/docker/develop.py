"""The web server for developers, started anew when a file of the source changes: `python -m deploy.docker.develop`.

It looks at the files' dates: events of the file system do not come into every container, and watching the whole
folder, history and environments included, costs more than looking. A mistake in the source ends the server; the next
change starts it again.
"""

from __future__ import annotations

import signal
import subprocess  # nosec B404
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

_SERVER: Final = (sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "app:server")
_FOLDERS: Final = ("assets", "templates", "deploy")  # and the packages
_LOOK_SECONDS: Final = 1.0
_STOP_SECONDS: Final = 15.0


def main() -> None:
    """Serve until the end."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    seen, server = dates(Path()), _start()
    try:
        while True:
            time.sleep(_LOOK_SECONDS)
            now = dates(Path())
            if now != seen:
                print("the source changed", file=sys.stderr, flush=True)
                _end(server)
                seen, server = now, _start()
    finally:
        _end(server)


def dates(root: Path) -> dict[Path, int]:
    """When each file of the product was changed, in nanoseconds."""
    rooms = [each.parent for each in root.glob("*/__init__.py")] + [root / name for name in _FOLDERS]
    found = {}
    for path in [*root.glob("*.py"), *(path for room in rooms for path in room.rglob("*.*"))]:
        with suppress(OSError):  # an editor's file that is gone again
            found[path] = path.stat().st_mtime_ns
    return {path: date for path, date in found.items() if path.suffix != ".pyc"}


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(_SERVER)  # noqa: S603  # nosec B603


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()


if __name__ == "__main__":
    main()
