"""Lines of cells as files for spreadsheets: CSV (RFC 4180) and XLSX (ECMA-376, Office Open XML).

A text that a spreadsheet would take for a formula gets an apostrophe in front, which spreadsheets do not show; numbers
stay numbers (OWASP, CSV Injection). In XLSX texts are texts anyway, but people save such files as CSV.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from html import escape
from typing import IO, Final

from core.money import exponent, format_amount

Cell = str | date | bool | tuple[int, str] | None
"""A text, a day, yes or no, or an amount: minor units and their currency."""
Pieces = Iterable[list[list[Cell]]]
CSV_TYPE: Final = "text/csv"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_RUNS: Final = frozenset("=+-@\t\r\n|＝＋－＠")
_NUMBER: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)*", re.ASCII)
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST_TEXT: Final = 32_767
_MOST_ROWS: Final = 1_048_576
_MOST_BYTES: Final = 1_500_000_000  # beyond 2 GiB Excel does not read a part of the file
_DIGITS: Final = 15  # spreadsheets keep no more
_DAY_ZERO: Final = date(1899, 12, 30)
_FIRST_DAY: Final = date(1900, 3, 1)  # before it spreadsheets disagree
_KEPT_IN_MEMORY: Final = 4 * 1024 * 1024


def defused(text: str) -> str:
    """The text so that no spreadsheet runs it."""
    begins = text.lstrip(" ")[:1]
    if (begins in _RUNS or text[:1] in _RUNS) and text and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def csv_chunks(columns: Sequence[str], pieces: Pieces) -> Iterator[bytes]:
    """The file in UTF-8, piece by piece; the first one has the names of the columns and the first lines."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for lines in pieces:
        writer.writerows([_plain(cell) for cell in line] for line in lines)
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()
    if out.tell():
        yield out.getvalue().encode()


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str):
        return defused(cell)
    return cell.isoformat() if isinstance(cell, date) else format_amount(*cell)


def xlsx_file(columns: Sequence[str], pieces: Pieces) -> IO[bytes]:
    """The whole file, on disk when it is large; a sheet more for every million lines."""
    file: IO[bytes] = tempfile.SpooledTemporaryFile(_KEPT_IN_MEMORY)  # noqa: SIM115 - whoever sends it closes it
    try:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
            _fill(archive, columns, (line for lines in pieces for line in lines))
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _fill(archive: zipfile.ZipFile, columns: Sequence[str], rows: Iterator[list[Cell]]) -> None:
    sheets = 0
    more = True
    while more:
        sheets += 1
        with archive.open(f"xl/worksheets/sheet{sheets}.xml", "w") as sheet:
            more = _sheet(sheet, columns, rows)
    for name, content in _frame(sheets):
        archive.writestr(name, content)


def _sheet(sheet: IO[bytes], columns: Sequence[str], rows: Iterator[list[Cell]]) -> bool:
    """Fill one sheet; whether there may be lines left for another one."""
    frozen = '<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView>'
    head = f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews>{frozen}</sheetViews><sheetData>{_row(columns)}'
    written = sheet.write(head.encode())
    full = False
    for count, line in enumerate(rows, 2):
        written += sheet.write(_row(line).encode())
        full = count == _MOST_ROWS or written > _MOST_BYTES
        if full:
            break
    sheet.write(b"</sheetData></worksheet>")
    return full


def _row(cells: Iterable[Cell]) -> str:
    return f"<row>{''.join(map(_cell, cells))}</row>"


def _cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, bool):
        return f'<c t="b"><v>{cell:d}</v></c>'
    if isinstance(cell, date):
        return f'<c s="1"><v>{(cell - _DAY_ZERO).days}</v></c>' if cell >= _FIRST_DAY else _text(cell.isoformat())
    if isinstance(cell, str):
        return _text(defused(cell))
    minor, currency = cell
    number = format_amount(minor, currency)
    return _text(number) if abs(minor) >= 10**_DIGITS else f'<c s="{2 + exponent(currency)}"><v>{number}</v></c>'


def _text(text: str) -> str:
    words = escape(_NOT_IN_XML.sub("", text)[:_LONGEST_TEXT], quote=False).replace("\r", "&#13;")
    return f'<c t="inlineStr"><is><t xml:space="preserve">{words}</t></is></c>'


# What makes the sheets a workbook (ECMA-376, part 1, sections 12 and 18).

_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_SCHEMAS: Final = "http://schemas.openxmlformats.org"
_MAIN: Final = f"{_SCHEMAS}/spreadsheetml/2006/main"
_RELATIONS: Final = f"{_SCHEMAS}/officeDocument/2006/relationships"
_PACKAGE: Final = f"{_SCHEMAS}/package/2006"
_CONTENT: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FORMATS: Final = ("yyyy-mm-dd", "0", "0.0", "0.00", "0.000", "0.0000")
"""Cell styles from 1 on: a day, then amounts with so many decimals."""


def _frame(sheets: int) -> list[tuple[str, str]]:
    """The other parts of the package: name and content."""
    numbers = range(1, sheets + 1)
    types = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{_CONTENT}.{kind}+xml"/>'
        for part, kind in (
            ("workbook", "sheet.main"),
            ("styles", "styles"),
            *((f"worksheets/sheet{n}", "worksheet") for n in numbers),
        )
    )
    default = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    names = "".join(f'<sheet name="Transactions{n if n > 1 else ""}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    links = [(f"r{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers] + [("s", "styles", "styles.xml")]
    return [
        ("[Content_Types].xml", f'{_XML}<Types xmlns="{_PACKAGE}/content-types">{default}{types}</Types>'),
        ("_rels/.rels", _relations([("w", "officeDocument", "xl/workbook.xml")])),
        ("xl/_rels/workbook.xml.rels", _relations(links)),
        ("xl/styles.xml", _styles()),
        (
            "xl/workbook.xml",
            f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{names}</sheets></workbook>',
        ),
    ]


def _relations(links: Iterable[tuple[str, str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="{name}" Type="{_RELATIONS}/{kind}" Target="{target}"/>' for name, kind, target in links
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'


def _styles() -> str:
    count = len(_FORMATS)
    formats = "".join(f'<numFmt numFmtId="{164 + n}" formatCode="{code}"/>' for n, code in enumerate(_FORMATS))
    plain = 'fontId="0" fillId="0" borderId="0" xfId="0"'
    cells = "".join(f'<xf numFmtId="{164 + n}" {plain} applyNumberFormat="1"/>' for n in range(count))
    return (
        f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="{count}">{formats}</numFmts>'
        '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{count + 1}"><xf numFmtId="0" {plain}/>{cells}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )
