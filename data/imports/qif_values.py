"""How a QIF file writes its dates and amounts, decided over the whole file.

QIF has no header that says so: `1/10/97` is January in one file and October in the next, `1,234` a thousand
or little more than one. One line alone cannot tell; all lines together nearly always can.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from data.imports.text import full_year, minor_of

# 6/17/97 | 8/ 1/97 | 1/ 1'01 | 8/31' 0 | 2/10'2020 | 03/25/099 | 2022-09-23 | 22.12.2017; banks put text behind it
_DATE = re.compile(r"\s*(\d{1,4})\s?[/.\-']\s*(\d{1,2})\s?([/.\-'])\s*(\d{1,4})")
_COMPACT = re.compile(r"\s*((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_POINT = re.compile(r"\.\d{1,2}\s*$")
_COMMA = re.compile(r",\d{1,2}\s*$")
_GROUPED = re.compile(r"\s*[-+]?\d{1,3}(,\d{3})+\s*")


class Style:
    """The date order and the decimal sign of a file. `warning` says what could not be decided, or is None."""

    def __init__(self, dates: Iterable[str], amounts: Iterable[str], today: date) -> None:
        self.today = today
        self.day_first, self.warning = self._order(set(dates))
        point = comma = False
        for text in amounts:
            point = point or bool(_POINT.search(text))
            comma = comma or bool(_COMMA.search(text))
        self.decimal = "" if point == comma else "." if point else ","

    def _order(self, dates: set[str]) -> tuple[bool, str | None]:
        """Day first or month first: the order that reads more of the dates, and none of them in the future.

        Where both do equally well it is month first, as the program the format comes from writes them.
        """
        scores = {}
        for day_first in (False, True):
            days = [self._day(text, day_first) for text in dates]
            future = sum(1 for day in days if day and day > self.today)
            scores[day_first] = (sum(1 for day in days if day), -future)
        if scores[True] != scores[False]:
            return scores[True] > scores[False], None
        differing = next((text for text in dates if self._day(text, True) != self._day(text, False)), None)
        if differing is None:
            return False, None
        return False, f"Dates such as {differing.strip()[:20]!r} were read month first; the file does not tell."

    def _day(self, text: str, day_first: bool) -> date | None:
        try:
            if compact := _COMPACT.match(text):
                return date(*map(int, compact.groups()))
            found = _DATE.match(text)
            if not found:
                return None
            first, second, year = int(found[1]), int(found[2]), found[4]
            if len(found[1]) == 4:
                return date(first, second, int(year))
            day, month = (first, second) if day_first else (second, first)
            return date(self._year(year, after_2000=found[3] == "'"), month, day)
        except ValueError:
            return None

    def _year(self, text: str, *, after_2000: bool) -> int:
        year = int(text)
        if len(text) == 4:
            return year
        if len(text) == 3:  # years since 1900, as a bank counted on past 99
            return 1900 + year
        return 2000 + year if after_2000 else full_year(year, self.today)

    def day(self, text: str) -> date:
        """The date, or `ValueError`."""
        day = self._day(text, self.day_first)
        if day is None or day.year < 1900:
            raise ValueError(f"{text.strip()[:40]!r} is not a date" if text.strip() else "the date is missing")
        return day

    def amount(self, text: str, currency: str) -> int:
        """Minor units, or `ValueError`."""
        if self.decimal == ".":
            text = text.replace(",", "")
        elif self.decimal == ",":
            text = text.replace(".", "")
        elif _GROUPED.fullmatch(text):
            text = text.replace(",", "")
        return minor_of(text, currency)
