"""Days in statement files: what looks like one, which format a column is written in, and reading it fast.

A format is written as `strptime` writes it and describes the day only; a time after it is read over (the day
stays as the bank printed it). Month names are known in the languages of `_MONTHS`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Final

from data.imports.text import full_year

Dates = Callable[[str], date]

_LONGEST: Final = 48
_TIME = (
    r"\.?(?:[T\s,/]{1,3}\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d{1,9})?)?\s?(?:[AaPp]\.?[Mm]\.?)?"
    r"\s?(?:Z|[A-Z]{3,4}|[+-]\d{2}:?\d{2})?)?"
)
_NUMERIC = re.compile(rf"(\d{{1,4}})([-/.: ])\s?(\d{{1,2}})\2\s?(\d{{4}}|\d{{1,2}}){_TIME}")
_COMPACT = re.compile(rf"(\d{{8}}|\d{{6}}){_TIME}")
_NAMED = re.compile(rf"(\d{{1,2}})([-/. ]|\. )?([^\W\d_]{{3,12}})\.?([-/., ])?\s?(\d{{4}}|\d{{2}}){_TIME}")
_MONTH_FIRST = re.compile(rf"([^\W\d_]{{3,12}})\.? \d{{1,2}},? ?(\d{{4}}){_TIME}")
_MONTHS: Final = {
    name: month
    for month, names in enumerate(
        (
            "jan ene gen sty sau tam led",
            "feb fev lut vas hel uno",
            "mar mrz mrt maa kov bre",
            "apr abr avr kwi bal huh dub",
            "may mai maj mei mag geg tou",
            "jun juin giu cze bir kes",
            "jul juil lug lip lie hei",
            "aug aou ago sie rgp elo srp",
            "sep set wrz rgs syy zar",
            "oct okt ott out paz spa lok rij",
            "nov lis lap marra",
            "dec dez dic des gru gruo jou pro",
        ),
        1,
    )
    for name in names.split()
}
_DIRECTIVES: Final = {
    "d": r"(?P<d>\d{1,2})",
    "m": r"(?P<m>\d{1,2})",
    "Y": r"(?P<Y>\d{4})",
    "y": r"(?P<y>\d{2})",
    "b": r"(?P<b>[^\W\d_]{3,12})\.?",
    "B": r"(?P<b>[^\W\d_]{3,12})\.?",
    "a": r"[^\W\d_]{2,12}\.?",
    "A": r"[^\W\d_]{2,12}\.?",
    "H": r"\d{1,2}",
    "I": r"\d{1,2}",
    "M": r"\d{2}",
    "S": r"\d{2}",
    "f": r"\d{1,9}",
    "p": r"[AaPp]\.?[Mm]\.?",
    "z": r"(?:Z|[+-]\d{2}:?\d{2})",
    "Z": r"[A-Za-z]{1,5}",
    "%": "%",
}
_TOKEN = re.compile(r"%(.)|(\s+)|(.)", re.DOTALL)


def formats(cell: str) -> tuple[str, ...]:
    """The formats in which the cell may be a day, the likeliest first; none when it does not look like one."""
    return _formats(cell) if 6 <= len(cell) <= _LONGEST else ()


@lru_cache(maxsize=16384)
def _formats(cell: str) -> tuple[str, ...]:
    return _of_digits(cell) if cell[0].isdecimal() else _of_name(cell)


def _of_digits(cell: str) -> tuple[str, ...]:
    if found := _NUMERIC.fullmatch(cell):
        first, mark, _, last = found.groups()
        return _orders(len(first), mark, len(last))
    if found := _COMPACT.fullmatch(cell):
        return _of_compact(found[1])
    if (found := _NAMED.fullmatch(cell)) and _month(found[3]):
        year = "%Y" if len(found[5]) == 4 else "%y"
        return (f"%d{found[2] or ''}%b{found[4] or ''}{year}",)
    return ()


def _of_compact(digits: str) -> tuple[str, ...]:
    """Plain numbers are days only when the calendar has them: most numbers are something else."""
    orders = ("%Y%m%d", "%d%m%Y", "%m%d%Y") if len(digits) == 8 else ("%y%m%d", "%d%m%y", "%m%d%y")
    return tuple(form for form in orders if _reads(compile_dates(form, date(2050, 1, 1)), digits))


def _of_name(cell: str) -> tuple[str, ...]:
    found = _MONTH_FIRST.fullmatch(cell)
    return ("%b %d, %Y",) if found and _month(found[1]) else ()


def _orders(first: int, mark: str, last: int) -> tuple[str, ...]:
    if first == 4:
        return (f"%Y{mark}%m{mark}%d",) if last <= 2 else ()
    if first == 3 or last == 1 or mark == ":":
        return ()
    if last == 4:
        return f"%d{mark}%m{mark}%Y", f"%m{mark}%d{mark}%Y"
    return f"%d{mark}%m{mark}%y", f"%m{mark}%d{mark}%y", f"%y{mark}%m{mark}%d"


def looks_like(cell: str) -> bool:
    """Whether the cell is written like a day, possible (30 April) or not (31 April)."""
    return bool(formats(cell))


def are_compact_days(cells: list[str]) -> bool:
    """Whether cells of six or eight digits are days: as identifiers, nearly all of them being days in one order would
    be chance."""
    digits = [cell for cell in dict.fromkeys(cells) if cell.isdecimal()]
    if not digits:
        return True
    counts = fitting(digits, date(2068, 12, 31))
    return max(counts.values(), default=0) >= 0.95 * len(digits)


def _month(name: str) -> int:
    """The month of a name or its beginning, 0 when unknown."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(char for char in plain if char.isalpha() and not unicodedata.combining(char)).replace("ł", "l")
    for length in (5, 4, 3):
        if month := _MONTHS.get(plain[:length]):
            return month
    return 0


@lru_cache(maxsize=256)
def _pattern(form: str) -> re.Pattern[str]:
    """The regular expression of a format; `ValueError` when it is no day or has unknown directives."""
    parts = []
    tight = not re.search(r"%\w[^%\w]", form)
    for directive, space, literal in _TOKEN.findall(form[:_LONGEST]):
        if directive and directive not in _DIRECTIVES:
            raise ValueError(f"unknown directive %{directive}")
        part = _DIRECTIVES[directive] if directive else r"\s*" if space else re.escape(literal) + r"\s?"
        parts.append(part.replace("{1,2}", "{2}") if tight else part)
    try:
        pattern = re.compile(r"\s*" + "".join(parts) + _TIME + r"\s*")
    except re.error:
        raise ValueError("names a part of the day twice") from None
    parts_named = set(pattern.groupindex)
    if "d" not in parts_named or not {"m", "b"} & parts_named or not {"Y", "y"} & parts_named:
        raise ValueError("needs a day (%d), a month (%m or %b) and a year (%Y or %y)")
    return pattern


def check_format(form: str) -> None:
    """Raise `ValueError` when a format does not describe a day."""
    _pattern(form)


def compile_dates(form: str, today: date) -> Dates:
    """A function from a cell to its day. `today` places years of two digits; `ValueError` says what is wrong."""
    pattern = _pattern(form)
    names = pattern.groupindex

    def read(cell: str) -> date:
        found = pattern.fullmatch(cell) if len(cell) <= _LONGEST + 16 else None
        if not found:
            raise ValueError(f"{cell.strip()[:40]!r} is not a date like {form}")
        year = int(found["Y"]) if "Y" in names else full_year(int(found["y"]), today)
        month = int(found["m"]) if "m" in names else _month(found["b"])
        try:
            day = date(year, month, int(found["d"]))
        except ValueError:
            raise ValueError(f"{cell.strip()[:40]!r} is not a date in the calendar") from None
        if not 1900 <= year <= today.year + 100:
            raise ValueError(f"{cell.strip()[:40]!r}: the year is not plausible")
        return day

    return read


def fitting(cells: Iterable[str], today: date) -> dict[str, int]:
    """The formats that cells of a column may be in, with how many of the distinct cells each reads."""
    distinct = dict.fromkeys(cells)
    offered = dict.fromkeys(form for cell in distinct for form in formats(cell))
    return {form: sum(_reads(compile_dates(form, today), cell) for cell in distinct) for form in offered}


def _reads(read: Dates, cell: str) -> bool:
    try:
        read(cell)
    except ValueError:
        return False
    return True


def best(counts: dict[str, int]) -> list[str]:
    """The formats that read the most cells: one when the column says so, several when it leaves it open.

    Nobody writes the month first with points, and hardly anybody `18-04-14` for a day of 2018: these need proof.
    """
    most = max(counts.values(), default=0)
    forms = [form for form, count in counts.items() if count == most and most]
    usual = [form for form in forms if not form.startswith(("%m.", "%m ", "%y-", "%y/", "%y.", "%y "))]
    return usual or forms


def readable(cells: Iterable[str], form: str, today: date) -> list[date]:
    """The days of the cells that can be read in a format, in their order."""
    read = compile_dates(form, today)
    return [read(cell) for cell in cells if _reads(read, cell)]


def disorder(cells: list[str], form: str, today: date) -> float:
    """How far a column is from sorted (either way) when read in a format: 0 is sorted, 0.5 is shuffled."""
    days = readable(cells, form, today)
    steps = [(after - before).days for before, after in pairwise(days) if after != before]
    ups = sum(step > 0 for step in steps)
    return min(ups, len(steps) - ups) / len(steps) if steps else 0.0


def span(cells: Iterable[str], form: str, today: date) -> int:
    """How many days lie between the first and the last day of a column when read in a format."""
    days = readable(dict.fromkeys(cells), form, today)
    return (max(days) - min(days)).days if days else 0


def future(cells: Iterable[str], form: str, today: date) -> int:
    """How many cells would be later than today in a format; statements are about the past."""
    return sum(day > today for day in readable(dict.fromkeys(cells), form, today))
