"""The XML parts of an XLSX workbook (ECMA-376 Part 1, SpreadsheetML), read as they unpack.

Expat calls back for every tag and nothing is kept but what is asked for. Document type and entity declarations,
which no workbook has, and deep nesting are refused as soon as they are met.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from data.imports.csv_text import MAX_CELLS
from data.imports.statement import Unreadable

MAX_ROWS: Final = 1_048_576  # of a sheet, 18.3.1.73
_DEEPEST: Final = 60
_LONGEST: Final = 32_767  # characters of a cell, 18.3.1.4
_CELL: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(slots=True)
class Cell:
    """A cell as it is stored: its column (from 0), `kind` (`n`, `s`, `str`, `inlineStr`, `b`, `e`, `d`), the number of
    its style, its text, and whether a formula makes it."""

    column: int
    kind: str
    style: int
    text: str = ""
    formula: bool = False


@dataclass(slots=True)
class Row:
    """A row by its number (from 1)."""

    number: int
    cells: list[Cell] = field(default_factory=list)


class Handler:
    """Reads a part; its kinds say what to do at the tags. `collect` is set while the text between them is wanted."""

    def __init__(self, part: str) -> None:
        self.part = part
        self.collect = False
        self.done = False
        self._text: list[str] = []
        self._depth = 0

    def start(self, name: str, attributes: dict[str, str], /) -> None:
        """At a start tag, its name without namespace."""

    def end(self, name: str, /) -> None:
        """At an end tag."""

    def taken(self) -> str:
        """The text since the last time, with `_x000D_` and its like resolved."""
        text = "".join(self._text)[:_LONGEST]
        self._text.clear()
        return _ESCAPE.sub(_unescaped, text) if "_x" in text else text

    def feed(self, chunks: Iterable[bytes]) -> Iterator[None]:
        """Read the part, coming back after each chunk, until its end or until it is done."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._data
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = self._declaration
        try:
            for chunk in chunks:
                parser.Parse(chunk, False)
                yield
                if self.done:
                    return
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise Unreadable(f"The workbook is broken: {expat.ErrorString(error.code)} ({self.part}).") from None
        except ValueError:
            raise Unreadable(f"The workbook holds a number where none can be ({self.part}).") from None
        yield

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Unreadable(f"The workbook's XML is nested more than {_DEEPEST} deep ({self.part}).")
        self.start(name.rpartition(":")[2], attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self.end(name.rpartition(":")[2])

    def _data(self, text: str) -> None:
        if self.collect:
            self._text.append(text)

    def _declaration(self, *_: object) -> None:
        raise Unreadable(f"The workbook's XML declares a document type or entities, as none does ({self.part}).")


def _unescaped(found: re.Match[str]) -> str:
    char = chr(int(found[1], 16))
    return char if char.isprintable() else " "


class Strings(Handler):
    """The shared strings (18.4.9): the text of each `si`, without the phonetic runs of East Asian words."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.found: list[str] = []
        self._phonetic = False

    def start(self, name: str, _: dict[str, str]) -> None:
        if name == "rPh":
            self._phonetic = True
        self.collect = name == "t" and not self._phonetic

    def end(self, name: str) -> None:
        self.collect = False
        if name == "rPh":
            self._phonetic = False
        elif name == "si":
            self.found.append(self.taken())


class Sheet(Handler):
    """The rows of a sheet (18.3.1.80) in their order; `rows` holds what was read and not taken yet."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.rows: deque[Row] = deque()
        self._row: Row | None = None
        self._cell: Cell | None = None
        self._last = 0
        self._column = -1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c" and self._row is not None:
            self._cell = self._new_cell(attributes)
        elif name == "row":
            self._row, self._column = Row(self._number(attributes.get("r"))), -1
        elif name == "f" and self._cell is not None:
            self._cell.formula = True
        self.collect = name in ("v", "t") and self._cell is not None

    def end(self, name: str) -> None:
        self.collect = False
        if name == "c" and self._row is not None and self._cell is not None:
            self._cell.text = self.taken()
            if self._cell.column < MAX_CELLS and (self._cell.text or self._cell.formula):
                self._row.cells.append(self._cell)
            self._cell = None
        elif name == "row" and self._row is not None:
            self.rows.append(self._row)
            self._row = None
        elif name == "sheetData":
            self.done = True

    def _number(self, text: str | None) -> int:
        number = int(text) if text else self._last + 1
        if not self._last < number <= MAX_ROWS:
            raise Unreadable(f"The workbook's rows are not in order (row {number} after {self._last}).")
        self._last = number
        return number

    def _new_cell(self, attributes: dict[str, str]) -> Cell:
        found = _CELL.fullmatch(attributes.get("r", ""))
        column = _column(found[1]) if found else self._column + 1
        if column <= self._column:
            raise Unreadable(f"The workbook's cells are not in order (row {self._last}).")
        self._column = column
        return Cell(column, attributes.get("t", "n"), int(attributes.get("s", "0")))


def _column(letters: str) -> int:
    """`A` is 0, `AA` is 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def rows(chunks: Iterable[bytes], part: str) -> Iterator[Row]:
    """The rows of a sheet, read as they are asked for."""
    sheet = Sheet(part)
    for _ in sheet.feed(chunks):
        while sheet.rows:
            yield sheet.rows.popleft()


def strings(chunks: Iterable[bytes], part: str) -> list[str]:
    """All shared strings."""
    handler = Strings(part)
    for _ in handler.feed(chunks):
        pass
    return handler.found


class Tags(Handler):
    """The attributes of some kinds of tags, each with the name of the tag around it."""

    def __init__(self, part: str, wanted: set[str]) -> None:
        super().__init__(part)
        self.found: list[tuple[str, str, dict[str, str]]] = []
        self._wanted = wanted
        self._open: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in self._wanted:
            plain = {key.rpartition(":")[2]: value for key, value in attributes.items()}
            self.found.append((self._open[-1] if self._open else "", name, plain))
        self._open.append(name)

    def end(self, _: str) -> None:
        self._open.pop()


def tags(chunks: Iterable[bytes], part: str, *wanted: str) -> list[tuple[str, str, dict[str, str]]]:
    """(tag around it, tag, attributes without namespaces) of the tags of these names."""
    handler = Tags(part, set(wanted))
    for _ in handler.feed(chunks):
        pass
    return handler.found
