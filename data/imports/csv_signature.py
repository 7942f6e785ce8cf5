"""By what a CSV file is known again: the header of its table, whatever stands before it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from itertools import islice
from typing import Any, Final

from data.imports.archive import GZIP, ZIP
from data.imports.csv_dialect import find_encoding
from data.imports.csv_headers import fold
from data.imports.csv_text import records

_HEAD: Final = 32 * 1024
_NEAR: Final = 200  # records among which the header is looked for


def signature(header: Sequence[str]) -> bytes:
    """16 bytes of a folded header."""
    return blake2b("\x1f".join(header).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def header_of(data: bytes, mapping: dict[str, Any]) -> list[str] | None:
    """The folded header of a file that was read with `mapping` (one that names everything); None when it has none,
    or none whose columns have names of their own, or when it is packed: an archive, a workbook."""
    if data.startswith((*ZIP, GZIP)):
        return None
    columns = [mapping["columns"][name] for name in mapping["columns"] if name != "purpose"]
    if not any(isinstance(column, str) for column in (*columns, *mapping["columns"]["purpose"])):
        return None
    lines = records(data, mapping["encoding"], mapping["delimiter"], first=mapping["skip_lines"] + 1)
    return next((_folded(cells) for _, cells in lines), None)


def find_header(data: bytes, delimiter: str, encoding: str | None, wanted: Sequence[str]) -> int | None:
    """How many lines stand before the header `wanted` (folded); None when the file has no such line near its top."""
    head = data[:_HEAD]
    lines = records(data, encoding or find_encoding(head), delimiter)
    return next((number - 1 for number, cells in islice(lines, _NEAR) if _folded(cells) == list(wanted)), None)


def whole_lines(data: bytes, encoding: str | None) -> bytes:
    """The first lines of a file, to try a mapping on."""
    if len(data) <= _HEAD:
        return data
    end = data.rfind(b"\n", 0, _HEAD) + 1
    wide = (encoding or find_encoding(data[:_HEAD])).startswith(("utf-16", "utf_16"))
    return data[: end + end % 2] if wide else data[:end]


def _folded(cells: list[str]) -> list[str]:
    names = [fold(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names
