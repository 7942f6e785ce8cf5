"""Which encoding and which delimiter a CSV file uses, found by looking at the file.

What is valid UTF-8 is UTF-8. Of the one-byte encodings, the one in which the letters beyond ASCII all belong to
one language is taken; banks and currencies of a country break ties (`LT12...` and `LTL` speak for Windows-1257).
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from typing import Final

from data.imports import csv_amounts, csv_dates
from data.imports.csv_headers import best_score, fold
from data.imports.csv_text import head, is_text
from data.imports.statement import Unreadable

DELIMITERS: Final = (",", ";", "\t", "|")
_HEAD: Final = 256 * 1024  # bytes that the choice looks at
_RECORDS: Final = 300
_PLAUSIBLE: Final = 0.8  # of the letters beyond ASCII must be those of one language
_CODECS: Final = re.compile(
    r"utf-?8(-sig)?|utf-?16(-?[lb]e)?|ascii|latin-?1|iso-?8859-\d{1,2}|(cp|windows-?)(125\d|437|85[0-8]|86[0-9]|874|932|949)"
    r"|koi8-[ru]|gbk|gb2312|gb18030|big5|shift-jis|euc-(jp|kr)|mac-?roman"
)
_MARKS = "€£§°–—‘’‚“”„«»…·´µ²½©®"
_WESTERN: Final = (
    "äöüß", "éèêëàâçîïôûùœæ", "áéíóúñü¿¡ªº", "àèéìòù", "ãáâàçéêíóõôúü", "åäöéæøü", "éëïöüó", "áéíóúýðþæö", "äöåšž",
)  # fmt: skip
_BALTIC: Final = ("ąčęėįšųūž", "āčēģīķļņšūž", "äöõüšž")
_CENTRAL: Final = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž", "ăâîșțşţ", "äöüß")
_CYRILLIC: Final = ("абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґўё",)
_ONE_BYTE: Final[dict[str, tuple[str, ...]]] = {
    "cp1252": _WESTERN,
    "cp1257": _BALTIC,
    "cp1250": _CENTRAL,
    "iso8859-2": _CENTRAL,
    "cp1251": _CYRILLIC,
    "cp850": _WESTERN,
    "cp852": _CENTRAL,
    "mac-roman": _WESTERN,
}
_HINTS: Final = {
    "cp1257": re.compile(rb"\b(?:LT|LV|EE)\d{2}[0-9A-Z]{10,}|\b(?:LTL|LVL|EEK)\b"),
    "cp1250": re.compile(rb"\b(?:CZ|SK|PL|HU|SI|HR|RO)\d{2}[0-9A-Z]{10,}|\b(?:CZK|PLN|HUF|RON|HRK)\b"),
}


def known_encoding(name: str) -> str:
    """Python's name of an encoding that a mapping asks for; `ValueError` unless it is a plain character table."""
    wanted = name.strip().lower().replace("_", "-").replace(" ", "-")
    if _CODECS.fullmatch(wanted):
        try:
            return codecs.lookup(wanted).name
        except LookupError:
            pass
    raise ValueError(f"unknown encoding {name.strip()[:40]!r}")


def find_encoding(data: bytes) -> str:
    """The encoding of the bytes, by a name that Python knows."""
    for bom, codec in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(bom):
            return codec
    if wide := _wide(data[:2000]):
        return wide
    if is_text(data, "utf-8") or _mostly_utf8(data):
        return "utf-8"
    return _one_byte(data)


def settle_encoding(data: bytes, wanted: str | None) -> tuple[str, list[str]]:
    """The encoding to read with, and a warning when the file is not in the wanted one.

    A mapping made from a file without special letters says UTF-8, and may meet a file of the same bank that has some.
    """
    if not wanted:
        return find_encoding(data), []
    found = wanted if not wanted.startswith(("utf-8", "ascii")) or is_text(data, wanted) else find_encoding(data)
    return found, [f"The file is not {wanted} text, it was read as {found}."] if found != wanted else []


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: nearly every second byte is zero."""
    half = len(head) // 2
    for codec, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if half > 4 and zeros.count(0) > 0.7 * half and head.count(0) - zeros.count(0) < 0.05 * half:
            return codec
    return ""


def _mostly_utf8(data: bytes) -> bool:
    """Whether the file is UTF-8 with a few cut letters (banks cut texts at a number of bytes)."""
    good = len(re.findall(rb"[\xc3-\xf4][\x80-\xbf]+", data[:_HEAD]))
    bad = data[:_HEAD].decode("utf-8", "replace").count("\ufffd")
    return good > 4 * bad > 0


def rivals(data: bytes, encoding: str) -> str:
    """Another one-byte encoding in which the letters make as much sense and are others; empty when there is none."""
    high = _high(data)
    if encoding not in _ONE_BYTE or encoding == "cp1251" or not high:
        return ""
    own, letters = _coverage(high, encoding), bytes(high)
    others = [codec for codec in ("cp1252", "cp1250", "cp1257") if codec != encoding]  # of today's programs
    differing = [codec for codec in others if letters.decode(codec, "replace") != letters.decode(encoding, "replace")]
    return next((codec for codec in differing if _coverage(high, codec) >= max(own, _PLAUSIBLE)), "")


def _high(data: bytes) -> Counter[int]:
    """The bytes beyond ASCII, with how often each occurs."""
    return Counter(data[: 8 * _HEAD].translate(None, bytes(range(128))))


def _one_byte(data: bytes) -> str:
    high = _high(data)
    hinted = [codec for codec, hint in _HINTS.items() if hint.search(data[:_HEAD])]
    order = [*hinted, *(codec for codec in _ONE_BYTE if codec not in hinted)]
    best = max(order, key=lambda codec: _coverage(high, codec))
    return best if _coverage(high, best) > _PLAUSIBLE else "cp1252"


def _coverage(high: Counter[int], codec: str) -> float:
    """The share of the bytes beyond ASCII that are letters of one language (the best one) or typographic marks."""
    texts = {bytes([byte]).decode(codec, "replace").lower(): 0 for byte in high}
    for byte, count in high.items():
        texts[bytes([byte]).decode(codec, "replace").lower()] += count
    signs = {"cp1252": _MARKS + "\xa0", "mac-roman": ""}.get(codec, "€£§–„“”’\xa0")
    return max(
        sum(count for char, count in texts.items() if char in alphabet or char in signs) / sum(texts.values())
        for alphabet in _ONE_BYTE[codec]
    )


def find_delimiter(data: bytes, encoding: str, names: list[str] | None = None) -> str:
    """The delimiter that gives the most lines with a day and an amount, or the columns that a mapping names.

    `Unreadable` when none gives any.
    """
    stated = re.match(r'\ufeff?\s*"?sep=(.)', data[:200].decode(encoding, "replace"))
    if stated and stated[1] in DELIMITERS:
        return stated[1]
    samples = {mark: _sample(data, encoding, mark) for mark in DELIMITERS}
    wanted = set(map(fold, names or ()))
    if wanted:
        for mark, rows in samples.items():
            if any(wanted <= set(map(fold, cells)) for cells in rows):
                return mark
    best = max(DELIMITERS, key=lambda mark: _table_lines(samples[mark]))
    if not wanted and not any(map(is_table_line, samples[best])):
        widest = max(samples.values(), key=lambda rows: sum(map(len, rows)))
        raise Unreadable(why_no_table(widest))
    return best


def _sample(data: bytes, encoding: str, delimiter: str) -> list[list[str]]:
    rows, _ = head(data, encoding, delimiter, most=_RECORDS)
    return [[cell.strip() for cell in cells] for _, cells in rows]


def _table_lines(rows: list[list[str]]) -> tuple[int, int]:
    """(lines with a day and an amount, most frequent number of their cells)."""
    dated = [cells for cells in rows if is_table_line(cells)]
    widths = Counter(len(cells) for cells in dated)
    return len(dated), widths.most_common(1)[0][0] if widths else 0


def why_no_table(rows: list[list[str]]) -> str:
    """What is missing where no line has a day and an amount."""
    if len(rows) == 1 and sum(best_score(fold(cell)) > 0.4 for cell in rows[0]) >= 2:
        return "The file has a header (its first line) and no lines after it."
    kinds = (("dates", csv_dates.looks_like), ("amounts", csv_amounts.looks_like))
    missing = [name for name, test in kinds if not any(test(cell) for cells in rows for cell in cells)]
    tried = "delimiters comma, semicolon, tab and | tried from line 1 on"
    if missing:
        return f"The file has no column of {' and none of '.join(missing)} ({tried}), so it is not a CSV statement."
    return f"No line of the file has a date and an amount in columns of their own ({tried}), so it is no CSV statement."


def is_table_line(cells: list[str]) -> bool:
    """Whether a cell is written like a day and another like an amount."""
    stripped = [cell.strip() for cell in cells]
    days = {at for at, cell in enumerate(stripped) if csv_dates.looks_like(cell)}
    # In `20190301;250000` both numbers may be amounts and one of them is a day.
    return bool(days) and any({at} != days and csv_amounts.looks_like(cell) for at, cell in enumerate(stripped))
