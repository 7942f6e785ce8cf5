"""ZIP archives opened with limits: a small file must not become a large one in memory.

The central directory says how large each member will be, and a member is never read beyond what it says; so sizes,
number and compression are known, and refused, before anything is unpacked. Names are shown to people and never used
as paths.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Final
from zipfile import BadZipFile, ZipFile, ZipInfo

from data.imports.statement import Unreadable
from data.imports.text import clean

ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")  # the first member, or the list of an archive without any
GZIP: Final = b"\x1f\x8b"
_DIRECTORY_ENTRY: Final = b"PK\x01\x02"
_ENCRYPTED: Final = 0x1
_CHUNK: Final = 1 << 18
MEGABYTE: Final = 1 << 20

MAX_MEMBERS: Final = 1000
MAX_UNPACKED: Final = 512 * MEGABYTE  # all members together
_MAX_RATIO: Final = 250  # times its packed size; deflate reaches 1030, and statements 5 to 50
_FREE: Final = MEGABYTE  # a member that small may be packed as well as it likes
_BROKEN: Final = (BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


class Archive:
    """The members of a ZIP file that hold something, none of which is larger than it says."""

    def __init__(self, files: ZipFile) -> None:
        self._files = files
        self.members: dict[str, ZipInfo] = {}
        for info in files.infolist():
            if not info.is_dir():
                self.members.setdefault(info.filename, info)
        self._check()

    def _check(self) -> None:
        for info in self.members.values():
            if info.flag_bits & _ENCRYPTED:
                raise Unreadable("The archive is protected by a password: unpack it and import its files.")
            if info.file_size > max(_FREE, _MAX_RATIO * info.compress_size):
                raise Unreadable(
                    f"The archive unpacks to more than {_MAX_RATIO} times its size ({shown(info.filename)}): this is"
                    " no statement."
                )
        if sum(info.file_size for info in self.members.values()) > MAX_UNPACKED:
            raise Unreadable(
                f"The archive unpacks to more than {MAX_UNPACKED // MEGABYTE} MiB: import its files apart."
            )

    def chunks(self, name: str, most: int = MAX_UNPACKED) -> Iterator[bytes]:
        """The bytes of a member, part by part; `Unreadable` when it is broken or larger than `most`."""
        info = self.members[name]
        if info.file_size > most:
            raise Unreadable(
                f"{shown(name)} unpacks to {info.file_size // MEGABYTE} MiB; the most is {most // MEGABYTE}."
            )
        try:
            with self._files.open(info) as member:
                while chunk := member.read(_CHUNK):
                    yield chunk
        except _BROKEN:
            raise Unreadable(f"The archive is damaged ({shown(name)}).") from None

    def read(self, name: str, most: int = MAX_UNPACKED) -> bytes:
        """A member as a whole."""
        return b"".join(self.chunks(name, most))


@contextmanager
def opened(data: bytes) -> Iterator[Archive]:
    """The archive in these bytes; `Unreadable` when it is cut off, damaged, locked or too large."""
    # Every entry of the directory becomes an object: their number must be known before.
    if data.count(_DIRECTORY_ENTRY) > MAX_MEMBERS:
        raise Unreadable(f"The archive has more than {MAX_MEMBERS} files.")
    try:
        files = ZipFile(BytesIO(data))
    except _BROKEN:
        raise Unreadable("The archive is damaged or cut off: its list of files, at the end, cannot be read.") from None
    with files:
        yield Archive(files)


def names(data: bytes) -> set[str]:
    """The names of the members, empty for what is no archive that can be opened."""
    try:
        with opened(data) as archive:
            return set(archive.members)
    except Unreadable:
        return set()


def shown(name: str) -> str:
    """A member's name for people: the last part of its path, short and without control characters."""
    return (clean(name.replace("\\", "/").rpartition("/")[2]) or "?")[:80]
