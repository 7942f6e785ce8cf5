"""Which format a file is in, told by its content, and its reader."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Final

from core.errors import Invalid
from data.imports import camt, csv_reader, mt940, ofx, packed, qif, xlsx
from data.imports.statement import Options, ParsedFile, Unreadable

_READERS: Final[dict[str, ModuleType]] = {
    "xlsx": xlsx,
    "ofx": ofx,
    "camt": camt,
    "mt940": mt940,
    "qif": qif,
    "csv": csv_reader,
}
"""In the order in which they are asked: the pickiest first, CSV takes what is left."""
_ALIASES: Final = {
    "qfx": "ofx",
    "mt942": "mt940",
    **{f"camt{point}{kind}": "camt" for point in (".", "") for kind in ("052", "053", "054")},
}
_SHORT: Final = 100
_NOTHING: Final = b"\xef\xbb\xbf\xfe\xff \t\r\n"  # byte order marks and blanks
FORMATS: Final = (*_READERS, *_ALIASES)


def read_statement(data: bytes, options: Options, format_: str | None = None) -> ParsedFile:
    """The statements in a file. `Unreadable` says why and where it is none; `Invalid` when the format is unknown."""
    parse: Callable[[bytes, Options], ParsedFile] = reader_of(data, format_).parse
    return parse(data, options)


def check_format(format_: str | None) -> str | None:
    """The reader's name for a format, None for none; `Invalid` when the format is unknown."""
    name = None if format_ is None else _ALIASES.get(format_.lower(), format_.lower())
    if name is not None and name not in _READERS:
        raise Invalid.field("format", f"must be one of {', '.join(FORMATS)}")
    return name


def reader_of(data: bytes, format_: str | None = None) -> ModuleType | packed.Packed:
    """What reads the file; a format is that of the files in an archive. `Unreadable` when the file is empty, `Invalid`
    when the format is unknown."""
    name = check_format(format_)
    if not data or data.isspace() or (len(data) < _SHORT and not data.strip(_NOTHING)):
        raise Unreadable("The file is empty")
    if packed.sniff(data):
        return packed.Packed(lambda content, options: read_statement(content, options, name))
    if name is None:
        name = next((each for each, reader in _READERS.items() if reader.sniff(data)), "csv")
    return _READERS[name]
