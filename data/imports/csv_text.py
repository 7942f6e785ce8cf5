"""The bytes of a CSV file as records: which encoding, which lines, which cells.

Quoting follows RFC 4180 where the file does. Banks also write quotes inside quoted cells without doubling them
(`"UAB "Naktida""`) and forget one of a pair: such lines are split by a looser rule (a quoted cell ends at a quote
before a delimiter or the line's end), and never swallow the lines after them.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from itertools import islice
from typing import Final

from data.imports.statement import Unreadable
from data.imports.text import refuse_documents, refuse_foreign

MAX_LINE: Final = 128 * 1024  # characters of a line, or of a record over several lines
MAX_CELLS: Final = 400
_MOST_LINES: Final = 60  # of one record
_MOST_FAILED: Final = 1000  # cells that open and never close: then no quote of the file is trusted to open one
_CHUNK: Final = 1 << 20
_SAMPLE: Final = 4 << 20  # characters that a sample may hold
_MOST_EMPTY: Final = 300_000  # empty records that a sample passes over
_OTHER_FORMATS: Final = (
    (re.compile(r"\s*(OFXHEADER|<\?OFX|<OFX)"), "an OFX file"),
    (re.compile(r"\s*!(Type|Account|Option):"), "a QIF file"),
    (re.compile(r"\s*(\{1:|:20:)"), "an MT940 file"),
    (re.compile(r"\s*<\?xml[^>]*>\s*<\?mso-application"), "an Excel 2003 XML workbook (save it as .xlsx)"),
    (re.compile(r"\s*<"), "an XML or HTML document"),
    (re.compile(r"\s*[{\[]\s*[\"{\[\]}]"), "a JSON document"),
)


def check(data: bytes, encoding: str) -> None:
    """Raise `Unreadable`, with the reason and the place, for what cannot be the lines of a statement."""
    refuse_documents(data, "a CSV")
    if not encoding.startswith(("utf-16", "utf_16")):
        refuse_foreign(data, "a CSV")
        if (at := data.find(b"\0")) >= 0:
            raise Unreadable(f"The file is binary data, not a CSV statement (byte {at + 1}).")
    head = data[:2048].decode(encoding, "replace").lstrip("\ufeff")
    for pattern, name in _OTHER_FORMATS:
        if pattern.match(head):
            raise Unreadable(f"The file is {name}, not a CSV statement (line 1).")
    _check_lines(data)


def _check_lines(data: bytes) -> None:
    """No line may be longer than `MAX_LINE` bytes: looked up in leaps, so it costs nothing on real files."""
    start, size = 0, len(data)
    while size - start > MAX_LINE:
        end = max(data.rfind(b"\n", start, start + MAX_LINE), data.rfind(b"\r", start, start + MAX_LINE))
        if end < 0:
            line = data.count(b"\n", 0, start) + 1
            raise Unreadable(f"Line {line} is longer than {MAX_LINE // 1024} KiB: this is not a CSV statement.")
        start = end + 1


def is_text(data: bytes, encoding: str) -> bool:
    """Whether all bytes are valid in the encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(data), _CHUNK):
            decoder.decode(data[start : start + _CHUNK], start + _CHUNK >= len(data))
    except UnicodeDecodeError:
        return False
    return True


def _lines(data: bytes, encoding: str, delimiter: str) -> Iterator[tuple[int, str]]:
    """(number of its first line, text) of each record: one line, or several that an open quoted cell joins."""
    held: deque[str] = deque()
    source = _giving_back(TextIOWrapper(BytesIO(data), encoding=encoding, errors="replace", newline=None), held)
    number = failed = 0
    for text in source:
        if not text:
            return
        number += 1
        if '"' not in text or not text.count('"') & 1 or failed > _MOST_FAILED:
            yield number, text
            continue
        block = [text]
        if _join(block, source, delimiter):
            yield number, "".join(block)
            number += len(block) - 1
        else:
            failed += len(block) > 1
            held.extend(block[1:])
            yield number, _quoted(text, delimiter)


def _giving_back(stream: Iterator[str], held: deque[str]) -> Iterator[str]:
    """The lines of the file, then empty texts; lines that are put into `held` come once more, before the next ones."""
    for line in stream:
        yield line
        while held:
            yield held.popleft()
    while True:
        yield held.popleft() if held else ""


def _join(block: list[str], stream: Iterator[str], delimiter: str) -> bool:
    """Extend `block` by the lines of a cell that its first line leaves open; False when that cell never closes."""
    if _closed(block[0], delimiter):
        return False
    first_quote = re.compile(rf'(?:[^"]|"")*?"(?!")\s*(?P<end>{re.escape(delimiter)}|$)?')
    size = len(block[0])
    for line in islice(stream, _MOST_LINES):
        if not line:
            return False
        block.append(line)
        size += len(line)
        if size > MAX_LINE:
            return False
        if '"' in line and (found := first_quote.match(line)):
            return found["end"] is not None and _closed(line[found.end() :], delimiter)
    return False


def _closed(text: str, delimiter: str) -> bool:
    """Whether a line has no quoted cell that is still open at its end."""
    return _split(text, delimiter)[1]


def _quoted(text: str, delimiter: str) -> str:
    """The line with its cells quoted properly."""
    cells = [cell.replace('"', '""') for cell in split(text, delimiter)]
    return '"' + f'"{delimiter}"'.join(cells) + '"\n' if text.strip() else "\n"


def split(text: str, delimiter: str) -> list[str]:
    """The cells of one line by the looser rule; an opening quote that never closes is a plain character."""
    return _split(text, delimiter)[0]


def _split(text: str, delimiter: str) -> tuple[list[str], bool]:
    text = text.rstrip("\n")
    end_of_quoted = re.compile(rf'"\s*(?={re.escape(delimiter)}|$)')
    cells: list[str] = []
    start, closed = 0, True
    while start <= len(text):
        begin = start
        while text[begin : begin + 1] == " ":
            begin += 1
        found = end_of_quoted.search(text, begin + 1) if closed and text[begin : begin + 1] == '"' else None
        if found:
            cells.append(text[begin + 1 : found.start()].replace('""', '"'))
            start = found.end() + 1
        else:
            closed = closed and text[begin : begin + 1] != '"'
            end = text.find(delimiter, start)
            end = len(text) if end < 0 else end
            cells.append(text[start:end])
            start = end + 1
    return cells, closed


def records(data: bytes, encoding: str, delimiter: str, *, first: int = 1) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells) of every record that is not an empty line, from line `first` on.

    Reads as it goes: nothing but the record at hand is kept. A record of more than `MAX_CELLS` cells is cut.
    """
    taken: list[tuple[int, str]] = []
    feed = _feed(_lines(data, encoding, delimiter), first, taken)
    reader = csv.reader(feed, delimiter=delimiter, skipinitialspace=True, strict=True)
    while True:
        try:
            for cells in reader:
                if len(taken) != 1 or len(cells) > MAX_CELLS:
                    yield from _loose(taken, delimiter)
                elif cells:
                    yield taken[0][0], cells
                taken.clear()
            return
        except csv.Error:
            yield from _loose(taken, delimiter)
            taken.clear()


def head(
    data: bytes, encoding: str, delimiter: str, *, most: int, first: int = 1
) -> tuple[list[tuple[int, list[str]]], bool]:
    """The first `most` records that hold something, and whether these are all there are."""
    rows: list[tuple[int, list[str]]] = []
    size = empty = 0
    for number, cells in records(data, encoding, delimiter, first=first):
        if any(cells):
            if len(rows) >= most or size > _SAMPLE:
                return rows, False
            rows.append((number, cells))
            size += sum(map(len, cells))
        elif (empty := empty + 1) > _MOST_EMPTY:
            return rows, False
    return rows, True


def tail(data: bytes, encoding: str, delimiter: str, *, most: int) -> list[list[str]]:
    """The cells of the last records of a long file (of its last 128 KiB); the first of them may be cut."""
    start = data.find(b"\n", max(0, len(data) - MAX_LINE)) + 1
    if encoding.startswith("utf-16"):
        start += start % 2
        encoding = "utf-16-be" if data.startswith(codecs.BOM_UTF16_BE) or encoding.endswith("be") else "utf-16-le"
    rows = [cells for _, cells in records(data[start:], encoding, delimiter) if any(cells)]
    return rows[-most:]


def _feed(lines: Iterator[tuple[int, str]], first: int, taken: list[tuple[int, str]]) -> Iterator[str]:
    """The texts for the CSV reader; `taken` tells which lines the record at hand came from."""
    for item in lines:
        if item[0] >= first:
            taken.append(item)
            yield item[1]


def _loose(taken: list[tuple[int, str]], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    for number, text in taken:
        if text.strip():
            yield number, split(text, delimiter)[:MAX_CELLS]
