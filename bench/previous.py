"""Whether the release before works on the schema of this one: `python -m bench.previous [REF]`, or `make previous`.

The schema is upgraded by this release and filled by it. Then the other one's web server is started on it and validated
(L1 to L5), and its own tests of the API and of the commands run on clones of the new schema.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from bench.support import ROOT, Installation, free_port, installation
from data import schema

TESTS = ("tests/api", "tests/commands")
TEMPLATE = "template_of_this_release"
LEVEL = "5"


def before() -> str | None:
    """The newest tag `v...` before the present commit; None when there is none, or no git."""
    command = ["git", "describe", "--tags", "--match", "v*", "--abbrev=0", "HEAD^"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return done.stdout.strip() or None


def unpack(reference: str, folder: Path) -> None:
    """The files of that release."""
    archive = subprocess.run(["git", "archive", reference], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)


def validated(release: Path, made: Installation) -> bool:
    """Whether its own web server passes its own validation on this database."""
    port = free_port()
    told = {
        **os.environ,
        "DATABASE_URL": made.url,
        "VAR_DIR": str(made.folder / "previous"),
        "SECRET_KEY": "previous-previous-previous-previous-previous",
        "CACHE_URL": f"file:{made.folder / 'previous-cache'}",
        "PORT": str(port),
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "app:server"]
    with (made.folder / "previous.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=release, env=told, stdout=log, stderr=log)
        try:
            check = [sys.executable, "deploy/validate", "--url", f"http://127.0.0.1:{port}", "--level", LEVEL]
            return subprocess.run(check, cwd=release).returncode == 0
        finally:
            server.terminate()
            server.wait(30)


def tested(release: Path, made: Installation) -> bool:
    """Whether its tests pass on the new schema. A release whose tests cannot be told of one is passed over."""
    if "TEST_TEMPLATE" not in (release / "tests" / "conftest.py").read_text(encoding="utf-8"):
        print("its tests make their own schema: they are left out")
        return True
    server = made.url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    schema.upgrade(f"{made.url.rsplit('/', 1)[0]}/{TEMPLATE}")
    told = {**os.environ, "TEST_DATABASE_URL": made.url, "TEST_TEMPLATE": TEMPLATE}
    command = [sys.executable, "-m", "pytest", "-q", "-x", *TESTS]
    return subprocess.run(command, cwd=release, env=told).returncode == 0


def main() -> int:
    reference = sys.argv[1] if len(sys.argv) > 1 else before()
    if reference is None:
        print("There is no release (a tag v...) before this one.")
        return 0
    print(f"{reference} on the schema of this release")
    with TemporaryDirectory(prefix="previous-") as name, installation() as made:
        unpack(reference, Path(name))
        return 0 if validated(Path(name), made) and tested(Path(name), made) else 1


if __name__ == "__main__":
    sys.exit(main())
