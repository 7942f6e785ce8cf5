"""Statements in a ZIP archive, as banks hand out CAMT files, or in one gzip file.

All files of an archive are one import: each is read by its own format, and one that cannot be read refuses the whole.
What is no text at all (a PDF copy, a picture) is left out and told. A line that two files have is taken once,
as it would be if they were imported one after the other.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from data.imports import xlsx
from data.imports.archive import GZIP, MEGABYTE, ZIP, opened, shown
from data.imports.statement import Entry, LineError, Options, ParsedFile, Unreadable

_NO_TEXT: Final = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
_LITTER: Final = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_MEMBER: Final = 256 * MEGABYTE
_MOST_TOLD: Final = 200  # warnings of all files together

Read = Callable[[bytes, Options], ParsedFile]


def sniff(data: bytes) -> bool:
    """Whether the file is a gzip file, or a ZIP archive that is no workbook."""
    return data.startswith(GZIP) or (data.startswith(ZIP) and not xlsx.sniff(data))


class Packed:
    """Reads packed statements; `read` reads one unpacked file."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def parse(self, data: bytes, options: Options) -> ParsedFile:
        """All statements in the file. `Unreadable` names the member that cannot be read."""
        if data.startswith(GZIP):
            return self._one(_gunzip(data), replace(options, filename=options.filename.removesuffix(".gz")))
        with opened(data) as archive:
            names = [name for name in archive.members if not _is_litter(name) and archive.members[name].file_size]
            _refuse_documents(set(archive.members))
            gathered = _Gathered()
            for name in sorted(names):
                content = archive.read(name, _MEMBER)
                if content.lstrip()[:8].startswith(_NO_TEXT):
                    gathered.leave_out(name, "it is no text")
                elif gathered.knows(content):
                    gathered.leave_out(name, "it is equal to another file of the archive")
                else:
                    gathered.add(name, self._member(name, content, options))
        return gathered.finish()

    def _member(self, name: str, content: bytes, options: Options) -> ParsedFile:
        try:
            return self._one(content, replace(options, filename=shown(name)))
        except Unreadable as error:
            raise Unreadable(f"{shown(name)} in the archive: {error.detail}") from None

    def _one(self, content: bytes, options: Options) -> ParsedFile:
        if sniff(content):
            raise Unreadable("An archive inside of an archive is not opened.")
        return self._read(content, options)


class _Gathered:
    """The files of an archive, put together."""

    def __init__(self) -> None:
        self.file = ParsedFile("", [])
        self._formats: set[str] = set()
        self._contents: set[int] = set()
        self._seen: Counter[object] = Counter()
        self._days: set[date] = set()

    def knows(self, content: bytes) -> bool:
        """Whether a file of the same bytes was there before."""
        known = hash(content) in self._contents
        self._contents.add(hash(content))
        return known

    def leave_out(self, name: str, why: str) -> None:
        self.file.warnings.append(f"{shown(name)} is left out: {why}.")

    def add(self, name: str, parsed: ParsedFile) -> None:
        """Take the statements of a file."""
        repeated = self._drop_repeated(parsed)
        file = self.file
        self._formats.add(parsed.format)
        file.statements += parsed.statements
        file.read += parsed.read
        file.mapping = parsed.mapping if len(self._contents) == 1 else None
        file.errors += [LineError(error.line, f"{shown(name)}: {error.message}") for error in parsed.errors]
        file.warnings += [f"{shown(name)}: {warning}" for warning in parsed.warnings]
        if repeated:
            file.warnings.append(f"{shown(name)}: {repeated} lines that an earlier file has too are taken once.")

    def _drop_repeated(self, parsed: ParsedFile) -> int:
        """Take away the lines that earlier files have; few equal lines among many others are twins and stay."""
        own: Counter[object] = Counter()
        repeated: set[int] = set()
        common = by_text = 0
        for statement in parsed.statements:
            for entry in statement.entries:
                key = (statement.account, statement.name, *_key(entry))
                own[key] += 1
                common += entry.booked_on in self._days
                if own[key] <= self._seen[key]:
                    repeated.add(id(entry))
                    by_text += not entry.external_id
        if 2 * by_text > common or not by_text:
            for statement in parsed.statements:
                statement.entries = [entry for entry in statement.entries if id(entry) not in repeated]
        else:
            repeated.clear()
        self._seen |= own
        self._days |= {entry.booked_on for statement in parsed.statements for entry in statement.entries}
        return len(repeated)

    def finish(self) -> ParsedFile:
        if not self.file.statements:
            raise Unreadable("The archive holds no statement.")
        self.file.format = self._formats.pop() if len(self._formats) == 1 else "zip"
        more = len(self.file.warnings) - _MOST_TOLD
        if more > 0:
            self.file.warnings[_MOST_TOLD:] = [f"And {more} more warnings."]
        return self.file


def _key(entry: Entry) -> Iterable[object]:
    """What makes a line of two files the same: the bank's id, else day, amount and texts."""
    if entry.external_id:
        return entry.external_id, entry.booked_on, entry.amount
    return entry.booked_on, entry.amount, entry.currency, entry.payee, entry.purpose, entry.pending


def _is_litter(name: str) -> bool:
    return name.startswith(_LITTER) or name.endswith(_LITTER) or name.rpartition("/")[2].startswith("._")


def _refuse_documents(names: set[str]) -> None:
    """Other documents are archives too; saying what they are helps more than what is inside of them."""
    for mark, what in (
        ("xl/workbook.bin", "a binary Excel workbook (.xlsb): save it as .xlsx or as CSV"),
        ("word/document.xml", "a Word document"),
        ("ppt/presentation.xml", "a presentation"),
        ("META-INF/manifest.xml", "an OpenDocument file: save it as .xlsx or as CSV"),
    ):
        if mark in names:
            raise Unreadable(f"The file is {what}.")


def _gunzip(data: bytes) -> bytes:
    try:
        unpack = zlib.decompressobj(wbits=31)
        content = unpack.decompress(data, _MEMBER)
    except zlib.error:
        raise Unreadable("The gzip file is damaged.") from None
    if unpack.unconsumed_tail:
        raise Unreadable(f"The gzip file unpacks to more than {_MEMBER // MEGABYTE} MiB.")
    if not unpack.eof:
        raise Unreadable("The gzip file is cut off.")
    return content
