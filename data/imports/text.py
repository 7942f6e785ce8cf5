"""Small helpers that the statement readers share: bytes to text, text to amounts, years of two digits.

Encodings in statement files are often declared wrongly, so the bytes decide first: what is valid UTF-8 is
UTF-8 (other text hardly ever is by accident), then the declared encoding, then Windows-1252.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from core.money import is_currency, minor_units
from data.imports.statement import Unreadable

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# Only plain character tables: codecs such as `punycode` or `idna` take quadratic time on hostile input.
_SAFE_CODECS = re.compile(
    r"utf-8|us-ascii|(cp|windows-)(125\d|437|85[0-8]|86[0-9]|874)|iso-8859-\d{1,2}|koi8-[ru]|gbk|gb2312|gb18030|big5"
    r"|shift_jis|euc-(jp|kr)|mac-?roman"
)
_OLE = b"\xd0\xcf\x11\xe0"  # MS-CFB 2.2, also the wrapping of documents with a password (MS-OFFCRYPTO 2.3.4)
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_FOREIGN = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or a spreadsheet"),
    (_OLE, "an old Microsoft Office document, such as an Excel file before 2007 (.xls): save it as .xlsx or as CSV"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
_TABLE_WITHIN = 1 << 20
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\u2028\u2029\ufeff]")
_NUMBER = re.compile(r"\d+(?:[.,]\d*)*|[.,]\d+")
_MOST_DIGITS = 28  # the precision of `decimal`'s default context: beyond it, sums would round


def refuse_foreign(data: bytes, wanted: str) -> None:
    """Raise `Unreadable` when the bytes are no text at all, saying what they look like instead of `wanted`."""
    head = data[:1024].lstrip()
    if not head and not data.strip():
        raise Unreadable(f"The file is empty, not {wanted} statement.")
    refuse_documents(data, wanted)
    if _HTML.search(head) and b"<table" in data[:_TABLE_WITHIN].lower():
        raise Unreadable(
            f"The file is a web page (HTML) with a table, not {wanted} statement (line 1), whatever its name: open it"
            " in a spreadsheet program and save it as .xlsx or CSV."
        )
    if _HTML.search(head):
        raise Unreadable(f"The file is a web page (HTML), not {wanted} statement (line 1). Download it again.")
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")) and (at := head.find(b"\0")) >= 0:
        raise Unreadable(f"The file is binary data, not {wanted} statement (byte {at + 1}).")


def refuse_documents(data: bytes, wanted: str) -> None:
    """Raise `Unreadable` when the first bytes are those of another kind of document."""
    head = data[:1024].lstrip()
    if head.startswith(_OLE) and _LOCKED in data:
        raise Unreadable(f"The file is protected by a password, not {wanted} statement: save it without one.")
    for magic, name in _FOREIGN:
        if head.startswith(magic):
            raise Unreadable(f"The file is {name}, not {wanted} statement (first bytes).")


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of a file with line ends as `\\n`. `declared` is the encoding the file names, believed second."""
    for bom, codec in _BOMS:
        if data.startswith(bom):
            try:
                return _unix(data.decode(codec))
            except UnicodeDecodeError as error:
                raise Unreadable(f"The file is not the {codec} text it says it is (byte {error.start + 1}).") from None
    codecs = ["utf-8", "cp1252"]
    name = (declared or "").strip().lower()
    if _SAFE_CODECS.fullmatch(name):
        codecs.insert(1, name)
    for codec in codecs:
        try:
            return _unix(data.decode(codec))
        except UnicodeDecodeError:
            continue
    return _unix(data.decode("latin-1"))


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def clean(text: str | None) -> str | None:
    """Text for people: control characters out, white space runs as one blank; None when nothing is left."""
    if not text:
        return None
    return _SPACES.sub(" ", _CONTROLS.sub("", text)).strip() or None


def join(parts: list[str | None], between: str = " ") -> str | None:
    """The parts that say something, each once, in order; None when there are none."""
    return between.join(dict.fromkeys(part for part in map(clean, parts) if part)) or None


def not_zeros(text: str | None) -> str | None:
    """The text, unless it is only a filler: empty or nothing but zeros (`0`, `0000`)."""
    text = clean(text)
    return text if text and text.strip("0") else None


def currency_code(text: str | None) -> str | None:
    """An ISO 4217 code the product knows, or None. `XXX` means "no currency" and is None too."""
    code = (text or "").strip().upper()
    return code if is_currency(code) and code != "XXX" else None


def decimal_of(text: str) -> Decimal:
    """The number a person or a bank wrote: `-2.000,50`, `+ 1 006.60`, `$120`, `(3.00)`, `12,5-`. `ValueError` else.

    Of two kinds of separators the last is the decimal one; a single comma or point is decimal.
    """
    digits, negative = _unsigned("".join(c for c in text if not c.isspace() and c not in "'’" and not _symbol(c)))
    if not _NUMBER.fullmatch(digits) or not digits.isascii():
        raise ValueError(f"{text.strip()[:40]!r} is not an amount")
    plain = _decimal_point(digits)
    if plain is None or sum(c.isdigit() for c in plain.lstrip("0")) > _MOST_DIGITS:
        raise ValueError(f"{text.strip()[:40]!r} is not an amount")
    value = Decimal(plain)
    return -value if negative else value


def _symbol(char: str) -> bool:
    return unicodedata.category(char) == "Sc"


def _unsigned(text: str) -> tuple[str, bool]:
    """The text without its sign, and whether that sign was negative."""
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1], True
    if text[-1:] in ("-", "+"):
        return text[:-1], text[-1] == "-"
    if text[:1] in ("-", "+", "−"):
        return text[1:], text[0] != "+"
    return text, False


def _decimal_point(digits: str) -> str | None:
    """`1.234,5` and `1,234.5` as `1234.5`; None when the separators make no sense."""
    point, comma = digits.rfind("."), digits.rfind(",")
    decimal, group = (".", ",") if point > comma else (",", ".")
    if point >= 0 and comma >= 0:
        return digits.replace(group, "").replace(",", ".") if digits.count(decimal) == 1 else None
    if digits.count(decimal) > 1:
        groups = digits.split(decimal)
        return "".join(groups) if all(len(part) == 3 for part in groups[1:]) else None
    return digits.replace(",", ".")


def minor_of(text: str, currency: str) -> int:
    """Minor units of a written amount; `ValueError` when unreadable, too large or finer than the currency allows."""
    value = decimal_of(text)
    try:
        return minor_units(value, currency)
    except ValueError as error:
        raise ValueError(f"{text.strip()[:40]!r}: {error}") from None


def full_year(year: int, today: date) -> int:
    """The year that two digits mean: the last such year up to the next one; statements are not of the future."""
    full = today.year // 100 * 100 + year
    if full > today.year + 1:
        return full - 100
    return full + 100 if full + 100 <= today.year + 1 else full
