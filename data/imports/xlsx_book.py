"""An XLSX workbook (ECMA-376): its sheets, its number formats, and the values of its cells as text.

Numbers are stored as decimal text with up to 17 digits, of which a spreadsheet shows 15; they become the same 15
digits here without passing through binary floating point. A number whose format is one of dates is a day
counted from 1900 (or 1904), the format itself is only how a program shows it. openpyxl, which knows formats and days,
is loaded with the first workbook: most servers never see one.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Context, Decimal, InvalidOperation
from functools import partial
from typing import Final

from data.imports.archive import MEGABYTE, Archive
from data.imports.statement import Unreadable
from data.imports.xlsx_xml import Cell, Row, rows, strings, tags

WORKBOOK: Final = "xl/workbook.xml"
_PART: Final = 16 * MEGABYTE  # the most that styles, relations and the list of sheets may unpack to
_STRINGS: Final = 128 * MEGABYTE
_SHEET: Final = 384 * MEGABYTE
_DIGITS: Final = Context(prec=15)  # 18.18.22 and Excel's own limit
_LARGEST: Final = 308  # exponent of a number
_UNIT: Final = re.compile(r"\[\$([^\]\-]+)[^\]]*\]|\"([^\"]{1,4})\"|([€£¥₹₽₺₩₪$])")
_LAST_DAY: Final = 2_958_465  # 9999-12-31


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """A sheet by its name; `hidden` ones are not shown to people either."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Value:
    """A cell's value: a text, a number (`number`), or a day with or without a time (`moment`)."""

    text: str = ""
    number: Decimal | None = None
    moment: datetime | None = None
    unit: str = ""


class Book:
    """The parts of a workbook that statements need. Styles and strings are read once, sheets as they are asked for."""

    def __init__(self, archive: Archive) -> None:
        from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

        self._archive = archive
        if WORKBOOK not in archive.members:
            raise Unreadable("The workbook has no list of sheets (xl/workbook.xml).")
        found = tags(archive.chunks(WORKBOOK, _PART), WORKBOOK, "sheet", "workbookPr")
        properties: dict[str, str] = next((own for _, name, own in found if name == "workbookPr"), {})
        epoch = MAC_EPOCH if properties.get("date1904") in ("1", "true") else WINDOWS_EPOCH
        self._moment = partial(from_excel, epoch=epoch)
        parts = self._relations()
        self.sheets = [
            SheetInfo(own.get("name", "?")[:80], parts[own.get("id", "")], own.get("state", "visible") != "visible")
            for _, name, own in found
            if name == "sheet" and own.get("id") in parts
        ]
        self._dates, self._units = self._styles()
        name = self._named("sharedstrings.xml")
        self._strings = strings(archive.chunks(name, _STRINGS), name) if name else []

    def rows(self, sheet: SheetInfo) -> Iterator[Row]:
        """The rows of a sheet that are written, in their order."""
        return rows(self._archive.chunks(sheet.part, _SHEET), sheet.part)

    def value(self, cell: Cell) -> Value:
        """What a cell holds."""
        if cell.kind == "s":
            at = int(cell.text) if cell.text.isdecimal() and len(cell.text) < 10 else -1
            return Value(self._strings[at] if 0 <= at < len(self._strings) else "")
        if cell.kind == "b":
            return Value("TRUE" if cell.text == "1" else "FALSE")
        if cell.kind == "d":
            return _iso(cell.text)
        return self._number(cell) if cell.kind == "n" else Value(cell.text)

    def _number(self, cell: Cell) -> Value:
        try:
            number = _DIGITS.create_decimal(cell.text.strip())
        except InvalidOperation:
            return Value(cell.text)
        if not number.is_finite() or number.adjusted() > _LARGEST:
            return Value(cell.text)
        if cell.style in self._dates and 0 <= number <= _LAST_DAY:
            return self.day(number)
        return Value(number=number, unit=self._units.get(cell.style, ""))

    def day(self, number: Decimal) -> Value:
        """The day that a number stands for."""
        # A day with its time of day fits into a float; no amount passes here.
        moment = self._moment(float(number))
        return Value(moment=moment) if isinstance(moment, datetime) else Value(str(moment))

    def _named(self, name: str) -> str | None:
        return next((part for part in self._archive.members if part.lower() == f"xl/{name}"), None)

    def _relations(self) -> dict[str, str]:
        """Relation id -> the worksheet it leads to; charts and macros are none."""
        name = self._named("_rels/workbook.xml.rels")
        found = tags(self._archive.chunks(name, _PART), name, "Relationship") if name else []
        parts = {
            own.get("Id", ""): posixpath.normpath(posixpath.join("/xl", own.get("Target", ""))).lstrip("/")
            for _, _, own in found
            if own.get("Type", "").endswith("/worksheet")
        }
        return {key: part for key, part in parts.items() if part in self._archive.members}

    def _styles(self) -> tuple[set[int], dict[int, str]]:
        """The styles that show days, and the currency signs in the others."""
        name = self._named("styles.xml")
        found = tags(self._archive.chunks(name, _PART), name, "numFmt", "xf") if name else []
        from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

        forms = dict(BUILTIN_FORMATS)
        for _, tag, own in found:
            if tag == "numFmt" and own.get("numFmtId", "").isdecimal():
                forms[int(own["numFmtId"])] = own.get("formatCode", "")[:255]
        styles = [own.get("numFmtId", "0") for around, tag, own in found if tag == "xf" and around == "cellXfs"]
        codes = [forms.get(int(text), "") if text.isdecimal() else "" for text in styles]
        dates = {style for style, code in enumerate(codes) if is_date_format(code)}
        units = {style: unit for style, code in enumerate(codes) if style not in dates and (unit := _unit(code))}
        return dates, units


def _unit(code: str) -> str:
    """The currency sign in a number format: `[$€-407]`, `"kr"` or a sign of its own."""
    found = next(_UNIT.finditer(code.replace("\\", "")), None)
    return next((text.strip() for text in found.groups() if text), "") if found else ""


def _iso(text: str) -> Value:
    try:
        return Value(moment=datetime.fromisoformat(text).replace(tzinfo=None))
    except ValueError:
        return Value(text)
