"""A backup on disk: the dump, beside it `NAME.sha256` as `sha256sum --check` reads it, and how many are kept."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkstemp
from typing import Final

from core.errors import Invalid

_PREFIX: Final = "financial-dashboard-"
_SUFFIX: Final = ".dump"
_STAMP: Final = "%Y%m%dT%H%M%S%fZ"
_BLOCK: Final = 1 << 20


def place_in(folder: Path, now: datetime) -> Path:
    """The name of a backup made at `now` in a folder of backups; such names sort by time."""
    return folder / f"{_PREFIX}{now.astimezone(UTC).strftime(_STAMP)}{_SUFFIX}"


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A file to write, for this user only, that takes the name `path` when the block ends well; else nothing is left.

    Then the checksum is written beside it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    new = Path(name)
    try:
        yield new
        told = f"{_digest(new)}  {path.name}\n"
        _sum_of(path).unlink(missing_ok=True)  # an old sum never stands beside a new dump
        new.replace(path)
        _sum_of(path).write_text(told, encoding="utf-8")
    finally:
        new.unlink(missing_ok=True)


def verify(path: Path) -> None:
    """`Invalid` when the file is not what its checksum says, or has none; `OSError` when it cannot be read."""
    found = _digest(path)
    beside = _sum_of(path)
    if not beside.exists():
        raise Invalid(f"{beside} is missing: without its checksum a backup is not trusted")
    if beside.read_text(encoding="utf-8").split()[:1] != [found]:
        raise Invalid(f"{path} is not what {beside.name} says: the file is damaged")


def forget(folder: Path, keep: int) -> list[Path]:
    """Delete all but the newest `keep` backups of a folder, with their checksums; other files stay. Says which."""
    found = sorted(folder.glob(f"{_PREFIX}*{_SUFFIX}"))
    old = found[: max(0, len(found) - keep)]
    for path in old:
        path.unlink()
        _sum_of(path).unlink(missing_ok=True)
    return old


def _sum_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
