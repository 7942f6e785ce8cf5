"""Amounts in statement files: what looks like one, which marks a column uses, and reading it fast and exactly.

Any of `-2,56`, `+442,98`, `1'234.56`, `1 234,56`, `£67.40`, `($300.00)`, `- $220.00`, `1.234,56-`, `12.00 DR`.
Never through a float; `NaN` and `1E5` are no amounts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

from core.money import checked, exponent, is_currency

Amounts = Callable[[str], int]

_LONGEST: Final = 40
_UNUSUAL = str.maketrans(
    dict.fromkeys("\u00a0\u202f\u2009\u2007\u2008\t\n\r", " ")
    | dict.fromkeys("\u2212\u2012\u2013\u2014\ufe63\uff0d", "-")
    | dict.fromkeys("\u2019\u2018\u00b4`", "'")
)
_UNIT = r"[A-Za-zÀ-ž$]{0,3}[$£€¥₹₽₺₩₪₴฿]|[A-Za-zÀ-žА-я]{1,3}\.?|[元円원]"
_AMOUNT = re.compile(
    rf"(?P<open>\()? ?(?P<sign>[-+]?) ?(?P<unit>{_UNIT})? ?(?P<inner>[-+]?) ?"
    rf"(?P<number>[0-9][0-9.,']*(?: [0-9][0-9.,']*)*|[.,][0-9]+)"
    rf" ?(?P<after>[-+]?) ?(?P<last>{_UNIT})? ?(?P<close>\))?"
)
_SYMBOLS: Final = {
    "€": ("EUR",), "£": ("GBP", "GIP", "FKP", "SHP", "EGP"), "¥": ("JPY", "CNY"), "₹": ("INR",), "₽": ("RUB",),
    "₺": ("TRY",), "₩": ("KRW",), "₪": ("ILS",), "₴": ("UAH",), "฿": ("THB",), "zł": ("PLN",), "kč": ("CZK",),
    "ft": ("HUF",), "lt": ("LTL",), "ls": ("LVL",), "r$": ("BRL",), "us$": ("USD",), "c$": ("CAD",), "ca$": ("CAD",),
    "a$": ("AUD",), "au$": ("AUD",), "nz$": ("NZD",), "s$": ("SGD",), "hk$": ("HKD",), "rs": ("INR", "PKR"),
    "tl": ("TRY",), "руб": ("RUB",), "р": ("RUB",), "元": ("CNY",), "円": ("JPY",), "원": ("KRW",), "zl": ("PLN",),
    "kr": ("SEK", "NOK", "DKK", "ISK"), "fr": ("CHF", "XOF"), "sfr": ("CHF",), "lei": ("RON",), "лв": ("BGN",),
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "TWD", "CLP", "COP", "ARS"),
}  # fmt: skip
_GROUPED = re.compile(r"[0-9]{1,3}(?:([., '])[0-9]{2,3})*(?:(?(1)\1|[., '])[0-9]{3})")
_DIGITS = re.compile(r"[0-9]+")


def _match(cell: str) -> re.Match[str] | None:
    if not cell or len(cell) > _LONGEST or cell.isalpha():
        return None
    return _AMOUNT.fullmatch(" ".join(cell.translate(_UNUSUAL).split()))


def looks_like(cell: str) -> bool:
    """Whether the cell is written like an amount in some notation."""
    return len(cell) <= _LONGEST and _looks_like(cell)


@lru_cache(maxsize=16384)
def _looks_like(cell: str) -> bool:
    found = _match(cell)
    return bool(found) and bool(_groups_make_sense(found["number"])) and _unit_known(found)  # type: ignore[index,arg-type]


def is_whole(cell: str) -> bool:
    """Whether the cell is a number without decimals."""
    return cell.lstrip("+-").isdecimal()


def is_cents(cell: str) -> bool:
    """Whether the cell is two digits: what a decimal comma leaves behind when it is taken for a delimiter."""
    return len(cell) == 2 and cell.isdecimal()


def _unit_known(found: re.Match[str]) -> bool:
    first = found["unit"] or ""
    if len(first) == 1 and first.isalpha():  # `D1` is a number of something; `1.00 D` is a debit
        return False
    return all(not unit or _mark(unit) or currencies(unit) for unit in (first, found["last"]))


def _groups_make_sense(number: str) -> bool:
    """Whether the number reads with a point or with a comma as its decimal mark."""
    return _plain(number, ".") is not None or _plain(number, ",") is not None


def _mark(unit: str) -> int:
    """-1 for `DR` (or Soll), +1 for `CR` (or Haben), 0 when the text is something else."""
    return {"dr": -1, "d": -1, "s": -1, "cr": 1, "c": 1, "h": 1}.get(unit.casefold().rstrip("."), 0)


def currencies(unit: str) -> tuple[str, ...]:
    """The currencies a sign or code may stand for."""
    if is_currency(unit.upper()):
        return (unit.upper(),)
    return _SYMBOLS.get(unit.casefold().rstrip("."), ())


def units(cells: Iterable[str]) -> Counter[tuple[str, ...]]:
    """The currency signs and codes inside amounts, as the currencies each may mean, with how often."""
    matches = [found for found in map(_match, cells) if found]
    texts = [unit for found in matches for unit in (found["unit"], found["last"]) if unit]
    return Counter(meant for unit in texts if (meant := currencies(unit)))


def _plain(number: str, decimal: str) -> tuple[str, str] | None:
    """The digits before and after the decimal mark, or None when the thousands marks are not where they belong."""
    whole, _, rest = number.partition(decimal)
    if rest and not _DIGITS.fullmatch(rest):
        return None
    if not whole or _DIGITS.fullmatch(whole):
        return whole or "0", rest
    found = _GROUPED.fullmatch(whole)
    return ("".join(char for char in whole if char in "0123456789"), rest) if found else None


class Marks:
    """What cells say about the decimal and the thousands mark of their file."""

    def __init__(self) -> None:
        self.decimal: Counter[str] = Counter()
        self.thousands: Counter[str] = Counter()
        self.unclear: Counter[str] = Counter()

    def add(self, cells: Iterable[str]) -> None:
        """Take the evidence of some cells."""
        for cell in cells:
            if found := _match(cell):
                self._vote([char for char in found["number"] if char in ".,' "], found["number"])

    def _vote(self, marks: list[str], number: str) -> None:
        if not marks:
            return
        last = marks[-1]
        whole, _, rest = number.rpartition(last)
        if last in "' " or marks.count(last) > 1:
            self.thousands[last] += 1
        elif len(marks) > 1:
            self.decimal[last] += 1
            self.thousands[marks[0]] += 1
        elif len(rest) == 3 and 1 <= len(whole) <= 3 and whole != "0":
            self.unclear[last] += 1
        else:
            self.decimal[last] += 1

    def settled(self) -> bool:
        """Whether the decimal mark follows from the cells."""
        return bool(self.decimal or {mark for mark in self.thousands if mark in ".,"})

    def decide(self, currency: str, fallback: str = ".") -> tuple[str, str | None]:
        """(decimal mark, thousands mark or None). Three digits after a mark are thousands, unless the currency has
        three decimals."""
        if self.decimal:
            decimal = self.decimal.most_common(1)[0][0]
        elif grouping := next((mark for mark in (*self.thousands, *self.unclear) if mark in ".,"), None):
            fine = exponent(currency) >= 3 and grouping not in self.thousands
            decimal = grouping if fine else {".": ",", ",": "."}[grouping]
        else:
            decimal = fallback
        groups = [mark for mark, _ in (self.thousands + self.unclear).most_common() if mark != decimal]
        return decimal, groups[0] if groups else None


def compile_amounts(decimal: str, currency: str) -> Amounts:
    """A function from a cell to minor units of `currency`; `ValueError` says what is wrong with the cell."""
    digits = exponent(currency)
    usual = digits == 2

    def read(cell: str) -> int:
        if usual and cell[-3:-2] == decimal and cell.isascii():
            number = cell[:-3] + cell[-2:]
            if number.isdecimal():
                return checked(int(number)) if len(number) > 18 else int(number)
            if number[0] == "-" and number[1:].isdecimal() and len(number) < 19:
                return int(number)
        return _read(cell, decimal, currency, digits)

    return read


def _read(cell: str, decimal: str, currency: str, digits: int) -> int:
    shown = repr(cell.strip()[:_LONGEST])
    found = _match(cell.strip())
    plain = _plain(found["number"], decimal) if found else None
    if not found or not plain or bool(found["open"]) != bool(found["close"]) or not _unit_known(found):
        raise ValueError(f"{shown} is not an amount")
    if any(meant and currency not in meant for meant in map(currencies, filter(None, (found["unit"], found["last"])))):
        raise ValueError(f"{shown} is not an amount in {currency}")
    whole, rest = plain
    if rest[digits:].strip("0"):
        raise ValueError(f"{shown} has more decimals than {currency} has ({digits})")
    return checked(_sign(found, shown) * int(whole + rest[:digits].ljust(digits, "0")))


def _sign(found: re.Match[str], shown: str) -> int:
    signs = [sign for sign in (found["sign"], found["inner"], found["after"]) if sign]
    marks = [mark for unit in (found["unit"], found["last"]) if unit and (mark := _mark(unit))]
    if len(signs) + len(marks) + bool(found["open"]) > 1:
        raise ValueError(f"{shown} has more than one sign")
    if found["open"] or signs == ["-"] or marks == [-1]:
        return -1
    return 1
