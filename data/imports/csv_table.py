"""Where the table is in a CSV file: its header, its first line, what stands before it, and lines to learn from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from core.errors import Invalid
from data.imports import csv_amounts, csv_dates
from data.imports.csv_dialect import is_table_line, why_no_table
from data.imports.csv_headers import best_score, fold
from data.imports.csv_text import head, records, tail
from data.imports.statement import Unreadable

SAMPLE: Final = 2000
_TAIL: Final = 200
_NEAR: Final = 100  # records among which a header is looked for
_ABOVE: Final = 15  # how many records above the first line of the table may be its header

Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """The table of a file and what was learnt from its sample.

    `header` is empty when there is none. `start` is the line of the header (without one: of the first record),
    `first` the line from which records are read. `rows` are typical lines, stripped and all `width` cells wide.
    `loose` counts the other lines that hold something. `complete` tells whether the sample is the whole file.
    """

    header: list[str]
    start: int
    first: int
    width: int
    rows: Rows
    preamble: Rows
    loose: int
    complete: bool


def find_table(data: bytes, encoding: str, delimiter: str, skip: int | None, columns: list[str | int]) -> Table:
    """The table after `skip` lines, whose columns a mapping may name; `Unreadable` when there is none."""
    names = [column for column in columns if isinstance(column, str)]
    lines, complete = head(data, encoding, delimiter, most=SAMPLE, first=(skip or 0) + 1)
    if not lines:
        raise Unreadable("The file holds no lines" + (f" after line {skip}." if skip else "."))
    rows = [[cell.strip() for cell in cells] for _, cells in lines]
    if names:
        if skip and not any(_has(cells, names) for cells in rows[:_NEAR]):
            # The lines before the header became fewer since the mapping was made.
            return find_table(data, encoding, delimiter, None, columns)
        top, has_header = _named_header(rows[:_NEAR], names), True
    elif columns and skip is not None:
        top, has_header = 0, _is_text(rows[0])
    else:
        top, has_header = _find_header(rows)
    start = lines[top][0]
    if top:
        # The same start gives the same sample, however it was found.
        lines, complete = head(data, encoding, delimiter, most=SAMPLE, first=start)
    end = [] if complete else tail(data, encoding, delimiter, most=_TAIL)
    table = _read(lines, end, has_header, _preamble(data, encoding, delimiter, start))
    numbers = [column for column in columns if isinstance(column, int)]
    if too_far := [number for number in numbers if number >= table.width]:
        raise Invalid.field("mapping.columns", f"there is no column {too_far[0]}: the file has {table.width} columns")
    return table


def _named_header(rows: Rows, names: list[str]) -> int:
    """The index of the record that holds all the names; `Invalid` names one that is missing."""
    for index, cells in enumerate(rows):
        if _has(cells, names):
            return index
    header = max(rows, key=lambda cells: sum(best_score(fold(cell)) > 0.4 for cell in cells))
    known = set(map(fold, header))
    missing = next((name for name in names if fold(name) not in known), names[0])
    found = ", ".join(repr(cell[:40]) for cell in header[:30] if cell)
    raise Invalid.field("mapping.columns", f"there is no column {missing[:60]!r}; the file has {found}")


def _has(cells: list[str], names: list[str]) -> bool:
    """Whether a record holds all the names."""
    return {fold(name) for name in names} <= set(map(fold, cells))


def _find_header(rows: Rows) -> tuple[int, bool]:
    """(index of the header or of the first record of the table, whether it is a header), by the shapes of cells."""
    typical = _typical(rows)
    if not typical:
        raise Unreadable(why_no_table(rows))
    first = next(index for index, cells in enumerate(rows) if cells == typical[0])
    width = len(rows[first])
    above = [index for index in range(max(0, first - _ABOVE), first) if _may_head(rows[index], width)]
    if not above:
        return first, False
    return max(above, key=lambda index: (_known(rows[index]), index)), True


def _typical(rows: Rows) -> Rows:
    """The lines with an amount and with a day in the column where most lines have one."""
    lines = [cells for cells in rows if is_table_line(cells)]
    dated = Counter(at for cells in lines for at, cell in enumerate(cells) if csv_dates.looks_like(cell))
    if not dated:
        return []
    column = max(dated, key=lambda at: (dated[at], -at))
    return [cells for cells in lines if column < len(cells) and csv_dates.looks_like(cells[column])]


def _preamble(data: bytes, encoding: str, delimiter: str, start: int) -> Rows:
    before = takewhile(lambda item: item[0] < start, records(data, encoding, delimiter)) if start > 1 else ()
    return [[cell.strip() for cell in cells] for _, cells in before][-_NEAR:]


def _read(lines: list[tuple[int, list[str]]], end: Rows, has_header: bool, preamble: Rows) -> Table:
    """The table whose first lines (the header first, when there is one) and last lines these are."""
    start = lines[0][0]
    header = [cell.strip() for cell in lines[0][1]] if has_header else []
    body = lines[1:] if has_header else lines
    if not body:
        raise Unreadable(f"The file has a header (line {start}) and no lines after it.")
    every = [[cell.strip() for cell in cells] for cells in (*(cells for _, cells in body), *end)]
    rows = _typical(every) or every
    width = max(len(header), Counter(map(len, rows)).most_common(1)[0][0])
    rows = [cells for cells in rows if not any(cells[width:])] or rows
    return Table(
        header=header,
        start=start,
        first=body[0][0],
        width=width,
        rows=[(cells + [""] * (width - len(cells)))[:width] for cells in rows],
        preamble=preamble,
        loose=len(every) - len(rows),
        complete=not end,
    )


def _may_head(cells: list[str], width: int) -> bool:
    filled = sum(map(bool, cells))
    return _is_text(cells) and (filled >= max(2, 0.6 * width) or _known(cells) >= 2)


def _known(cells: list[str]) -> int:
    """How many cells are words of headers."""
    return sum(best_score(fold(cell)) > 0.4 for cell in cells if cell)


def _is_text(cells: list[str]) -> bool:
    """Whether no cell is written like a day or an amount."""
    return any(cells) and not any(csv_dates.looks_like(cell) or csv_amounts.looks_like(cell) for cell in cells)
