"""Look for secrets in what would be committed, against `.secrets.baseline`: what somebody looked at, and is none.

python deploy/secret_scan.py            fails for anything that looks like a secret and is not in the baseline
python deploy/secret_scan.py --accept   writes the baseline anew: all that looks like one now was looked at
"""

from __future__ import annotations

import os
import subprocess  # nosec B404
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from detect_secrets.core import baseline
from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import default_settings

ROOT: Final = Path(__file__).resolve().parent.parent
BASELINE: Final = ".secrets.baseline"
_OURS_NOT: Final = (
    "assets/vendor/",
    "requirements.txt",
    "requirements-dev.txt",
    "tests/peers/requirements.txt",
    "tests/dash/requirements.txt",
)
"""Others' files, full of hashes; what changes them is `make assets` and `make lock`."""
_NO_TEXT: Final = ("package-lock.json", ".png", ".po", BASELINE)
_NOT_KEPT: Final = frozenset({".git", ".venv", "var", "node_modules", "screenshots", "__pycache__"})


def kept_files() -> Iterator[str]:
    """The files that git has or would take; without git all that are not made by a tool."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # nosec B603
        names = listed.stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        names = list(_walked())
    for name in sorted(names):
        if not name.startswith(_OURS_NOT) and not name.endswith(_NO_TEXT) and Path(name).is_file():
            yield name


def _walked() -> Iterator[str]:
    for folder, folders, names in os.walk("."):
        folders[:] = [each for each in folders if each not in _NOT_KEPT and not each.endswith("_cache")]
        yield from (os.path.relpath(Path(folder) / name) for name in names)


def scan() -> SecretsCollection:
    """All that looks like a secret."""
    found = SecretsCollection()
    found.scan_files(*kept_files(), num_processors=os.cpu_count() or 1)
    return found


def accept(found: SecretsCollection) -> None:
    """Note everything found as looked at."""
    for _, secret in found:
        secret.is_secret = False
    baseline.save_to_file(found, BASELINE)


def main() -> int:
    """0 when nothing is new."""
    os.chdir(ROOT)
    with default_settings():
        found = scan()
        if "--accept" in sys.argv[1:]:
            accept(found)
            return 0
        known = baseline.load(baseline.load_from_file(BASELINE), BASELINE)
        unread = [secret for _, secret in known if secret.is_secret is not False]
        new = [secret for _, secret in found - known]
    for secret in (*new, *unread):
        print(f"{secret.filename}:{secret.line_number}: {secret.type}", file=sys.stderr)
    if new or unread:
        print("If these are no secrets: python deploy/secret_scan.py --accept", file=sys.stderr)
        return 1
    print(f"No secrets in what is kept; {len(list(known))} look-alikes are known.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
