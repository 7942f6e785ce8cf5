"""The rows of a sheet as the lines of a CSV file, so that the CSV reader finds columns, days and signs in them.

Line numbers are row numbers. Days become ISO dates; where a column has days as text beside real ones, real ones are
written like these. Numbers are written with the decimal mark that the sheet's text amounts have, a point otherwise.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, TextIOWrapper
from itertools import islice
from typing import Any, Final

from data.imports import csv_amounts, csv_dates
from data.imports.archive import MEGABYTE
from data.imports.csv_amounts import Marks
from data.imports.csv_headers import fold, score
from data.imports.statement import Unreadable
from data.imports.xlsx_book import Book, SheetInfo, Value
from data.imports.xlsx_xml import Row

DELIMITER: Final = "\t"
_SAMPLE: Final = 3000  # rows
_MOST: Final = 256 * MEGABYTE
_SHARE: Final = 0.3  # of the numbers that must show a currency for it to be the sheet's
_ISO: Final = "%Y-%m-%d"
_SERIAL: Final = (Decimal(20_000), Decimal(70_000))  # 1954 to 2091


@dataclass(slots=True)
class Look:
    """What a sample of a sheet shows of its columns."""

    decimal: str = "."
    unit: str = ""
    formats: dict[int, str] = field(default_factory=dict)
    serials: set[int] = field(default_factory=set)


def look(book: Book, sheet: SheetInfo, mapping: dict[str, Any], today: date) -> Look:
    """The marks, the currency and the ways of writing days of a sheet."""
    marks, units, numbers = Marks(), Counter[str](), 0
    texts: dict[int, list[str]] = defaultdict(list)
    columns: dict[int, list[Decimal]] = defaultdict(list)
    days: set[int] = set()
    for row in islice(book.rows(sheet), _SAMPLE):
        for column, value in _values(book, row):
            if value.moment:
                days.add(column)
            elif value.number is not None:
                numbers += 1
                units[value.unit] += 1
                columns[column].append(value.number)
            else:
                texts[column].append(value.text)
                marks.add([value.text] if csv_amounts.looks_like(value.text) else [])
    found = Look(decimal=mapping.get("decimal") or (marks.decide("EUR")[0] if marks.settled() else "."))
    del units[""]
    if units and units.most_common(1)[0][1] > _SHARE * numbers:
        found.unit = units.most_common(1)[0][0]
    form = mapping.get("date_format")
    found.formats = {column: form or _format(texts[column], today) for column in days}
    if not days and not any(map(csv_dates.looks_like, (text for column in texts.values() for text in column))):
        found.serials = {at for at, own in columns.items() if _are_serials(own, texts[at])}
        found.formats = dict.fromkeys(found.serials, form or _ISO)
    return found


def _format(texts: list[str], today: date) -> str:
    """How the days of a column that are texts are written."""
    forms = csv_dates.best(csv_dates.fitting([text for text in texts if csv_dates.looks_like(text)], today))
    return forms[0] if forms else _ISO


def _are_serials(numbers: list[Decimal], texts: list[str]) -> bool:
    """Whether numbers without a format are days that lost it, as the header above them says."""
    named = any(score(role, fold(text)) >= 0.5 for text in texts for role in ("date", "booked", "value"))
    return named and all(_SERIAL[0] <= number <= _SERIAL[1] for number in numbers)


def _values(book: Book, row: Row) -> Iterator[tuple[int, Value]]:
    for cell in row.cells:
        if cell.text:
            yield cell.column, book.value(cell)


@dataclass(slots=True)
class Lines:
    """A sheet as the bytes of a CSV file; `unsaved` counts formulas whose results are not in the file."""

    data: bytes
    unsaved: int


def write(book: Book, sheet: SheetInfo, seen: Look) -> Lines:
    """The sheet as tab-separated lines in UTF-8."""
    content = BytesIO()
    text = TextIOWrapper(content, "utf-8", "replace", newline="")
    writer = csv.writer(text, delimiter=DELIMITER, lineterminator="\n")
    unsaved, last = 0, 0
    for row in book.rows(sheet):
        text.write("\n" * (row.number - last - 1))
        last = row.number
        line = [""] * (row.cells[-1].column + 1 if row.cells else 0)
        for column, value in _values(book, row):
            line[column] = _text(book, column, value, seen)
        unsaved += sum(cell.formula and not cell.text for cell in row.cells)
        writer.writerow(line)
        if content.tell() > _MOST:  # a shared text may be used by every cell
            raise Unreadable(f"The cells hold more than {_MOST // MEGABYTE} MiB of text (row {row.number}).")
    text.flush()
    return Lines(content.getvalue(), unsaved)


def _text(book: Book, column: int, value: Value, seen: Look) -> str:
    if value.number is not None and column in seen.serials:
        value = book.day(value.number)
    if value.moment:
        return _day(value.moment, seen.formats.get(column, _ISO))
    if value.number is not None:
        return _number(value.number, seen.decimal)
    return " ".join(value.text.split())


def _day(moment: datetime, form: str) -> str:
    return moment.strftime(form) + (moment.strftime(" %H:%M:%S") if moment.time() != moment.time().min else "")


def _number(number: Decimal, decimal: str) -> str:
    """`-1234.5` as `-1234.50`: three digits behind a mark could be thousands, fewer and more cannot."""
    text = format(number.normalize(), "f")
    _, point, rest = text.partition(".")
    if point and len(rest) in (1, 3):
        text += "0"
    return text.replace(".", decimal)
