"""Statements in Excel workbooks (`.xlsx`, `.xlsm`): each sheet is read as the CSV reader reads a file.

Of several sheets those that hold a table of bookings count. Sheets with the same columns are parts of one statement (a
month each); where they differ the largest is taken, and the warnings say what was left out. Hidden sheets are not read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Final

from data.imports import csv_reader
from data.imports.archive import ZIP, names, opened
from data.imports.csv_amounts import currencies
from data.imports.csv_mapping import parse_mapping
from data.imports.statement import Entry, LineError, Options, ParsedFile, Statement, Unreadable
from data.imports.text import refuse_foreign
from data.imports.xlsx_book import WORKBOOK, Book, SheetInfo
from data.imports.xlsx_lines import DELIMITER, look, write

_MOST_SHEETS: Final = 60
_NO_TABLE: Final = "No sheet of the workbook holds a table of bookings."


@dataclass(slots=True)
class _Table:
    """A sheet that was read."""

    sheet: SheetInfo
    parsed: ParsedFile

    @property
    def entries(self) -> list[Entry]:
        return [entry for statement in self.parsed.statements for entry in statement.entries]

    @property
    def columns(self) -> object:
        return (self.parsed.mapping or {}).get("columns")


def sniff(data: bytes) -> bool:
    """Whether the file is an archive with a workbook in it."""
    return data.startswith(ZIP) and WORKBOOK in names(data)


def parse(data: bytes, options: Options) -> ParsedFile:
    """Read a workbook; `Unreadable` when it is none, or no sheet holds a table of bookings."""
    if not data.startswith(ZIP):
        refuse_foreign(data, "an Excel")
        raise Unreadable("The file is no Excel workbook (.xlsx): it does not begin like one.")
    with opened(data) as archive:
        book = Book(archive)
        visible = [sheet for sheet in book.sheets if not sheet.hidden]
        if not visible:
            raise Unreadable("The workbook has no visible sheet with cells.")
        tables, reasons = _tables(book, visible[:_MOST_SHEETS], options)
    if not tables:
        raise Unreadable(reasons[0] if len(reasons) == 1 else f"{_NO_TABLE} {' '.join(reasons[:5])}")
    return _together(tables, [sheet for sheet in book.sheets if sheet not in [table.sheet for table in tables]])


def _tables(book: Book, sheets: list[SheetInfo], options: Options) -> tuple[list[_Table], list[str]]:
    """The sheets that hold bookings, and why the others do not."""
    tables, reasons = [], []
    for sheet in sheets:
        try:
            tables.append(_Table(sheet, _read(book, sheet, options)))
        except Unreadable as error:
            reasons.append(f"Sheet {sheet.name!r}: {error.detail}" if len(sheets) > 1 else str(error.detail))
    return tables, reasons


def _read(book: Book, sheet: SheetInfo, options: Options) -> ParsedFile:
    mapping = parse_mapping(options.mapping).model_dump(mode="json", exclude_none=True)
    given = {key: value for key, value in mapping.items() if key not in ("delimiter", "encoding")}
    seen = look(book, sheet, given, options.today)
    lines = write(book, sheet, seen)
    unsaved = (
        f"{lines.unsaved} cells hold formulas whose results are not in the file: open it in a spreadsheet program and"
        " save it."
        if lines.unsaved
        else ""
    )
    if not lines.data.strip():
        raise Unreadable(unsaved or "The sheet is empty.")
    meant = currencies(seen.unit)
    currency = options.currency if options.currency in meant or not meant else meant[0]
    mapping = {**given, "delimiter": DELIMITER, "encoding": "utf-8", "decimal": seen.decimal}
    if mapping.get("thousands") == seen.decimal:
        del mapping["thousands"]
    try:
        parsed = csv_reader.parse(lines.data, replace(options, currency=currency, mapping=mapping))
    except Unreadable as error:
        raise Unreadable(f"{error.detail} {unsaved}".strip()) from None
    if unsaved:
        parsed.warnings.append(unsaved)
    return parsed


def _together(tables: list[_Table], others: list[SheetInfo]) -> ParsedFile:
    """The tables as one file."""
    main = max(tables, key=lambda table: len(table.entries))
    taken, seen, doubles, apart = [], Counter[object](), [], []
    for table in sorted(tables, key=lambda table: table is not main):
        own = Counter(map(_key, table.entries))
        if table.columns != main.columns:
            apart.append(table.sheet)
        elif own <= seen:
            doubles.append(table.sheet)
        else:
            taken.append(table)
            seen += own
    taken.sort(key=tables.index)
    file = ParsedFile("xlsx", [], mapping={**(main.parsed.mapping or {}), "delimiter": None, "encoding": None})
    several = len(taken) > 1
    for table in taken:
        _add(file, table, f"Sheet {table.sheet.name!r}: " if several else "")
    if others or apart or doubles or several:
        file.warnings.insert(0, _told(taken, others, apart, doubles))
    return file


def _key(entry: Entry) -> object:
    return entry.booked_on, entry.amount, entry.currency, entry.payee, entry.purpose, entry.external_id


def _add(file: ParsedFile, table: _Table, prefix: str) -> None:
    parsed = table.parsed
    file.read += parsed.read
    file.errors += [LineError(error.line, prefix + error.message) for error in parsed.errors]
    file.warnings += [prefix + warning for warning in parsed.warnings]
    for statement in parsed.statements:
        _join(file.statements, statement)


def _join(statements: list[Statement], new: Statement) -> None:
    """A sheet that goes on with an account goes on with its statement when the balance goes on."""
    for own in statements:
        if (own.account, own.currency) != (new.account, new.currency):
            continue
        if own.closing and new.opening and own.closing.amount == new.opening.amount:
            own.closing = new.closing
            own.entries += new.entries
            return
    statements.append(new)


def _told(taken: list[_Table], others: list[SheetInfo], apart: list[SheetInfo], doubles: list[SheetInfo]) -> str:
    text = f"Read {_names([table.sheet for table in taken])} of the workbook."
    for sheets, why in (
        (doubles, "its lines are on another sheet already"),
        (apart, "its columns are others; import it by itself"),
        ([sheet for sheet in others if sheet.hidden], "it is hidden"),
        ([sheet for sheet in others if not sheet.hidden], "it holds no table of bookings"),
    ):
        if sheets:
            text += f" Left out {_names(sheets)}: {why}."
    return text


def _names(sheets: list[SheetInfo]) -> str:
    shown = ", ".join(repr(sheet.name) for sheet in sheets[:5]) + (", ..." if len(sheets) > 5 else "")
    return f"the sheet{'s' * (len(sheets) > 1)} {shown}"
