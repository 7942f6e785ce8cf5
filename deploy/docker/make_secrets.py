"""Secrets of a fresh installation, made once: `python -m deploy.docker.make_secrets OWNER_DIR WEB_DIR`.

OWNER_DIR is for the database and the migrations, WEB_DIR for the web server, which so never sees how to become the
schema's owner. The files can be read by whoever gets the folder mounted: each service runs as another user.
"""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import Final

OWNER: Final = "fd_owner"
LOGIN: Final = "fd_app"
_PLACE: Final = "postgres:5432/financial_dashboard"


def main(owner: Path, web: Path) -> None:
    """Make what is missing; what is there stays, since the database knows the passwords."""
    for folder in (owner, web):
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    owner_password = _kept(owner / "owner_password")
    app_password = _kept(owner / "app_password")
    _kept(web / "secret_key")
    _write(owner / "database_owner_url", f"postgresql://{OWNER}:{owner_password}@{_PLACE}")
    _write(web / "database_url", f"postgresql://{LOGIN}:{app_password}@{_PLACE}")


def _kept(path: Path) -> str:
    if not path.exists():
        _write(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii")


def _write(path: Path, text: str) -> None:
    """Whole or not at all, so that a start that is cut off leaves no half secret."""
    new = path.with_suffix(".new")
    new.write_text(text, encoding="ascii")
    new.chmod(0o444)
    new.replace(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
