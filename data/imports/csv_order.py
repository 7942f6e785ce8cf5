"""The format of a file's days, also where single cells leave the order of day and month open.

In this order: the format that reads the most cells; another column of days whose order is clear; lines sorted by
day; no days in the future; no days over decades; last the customs of the language and the currency.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from data.imports import csv_dates
from data.imports.csv_headers import fold

_DAY: Final = re.compile(r"(?<!\d)(20\d\d)[-_.]?([01]\d)[-_.]?([0-3]\d)(?!\d)")
_ENGLISH: Final = frozenset(
    ("date", "amount", "description", "balance", "debit", "credit", "type", "details", "transaction")
)


@dataclass(frozen=True, slots=True)
class Hints:
    """What speaks for a custom: the currency of the file, its decimal mark, its header, a day in its name."""

    currency: str
    decimal: str
    header: list[str]
    filename: str = ""

    def exported_on(self) -> date | None:
        """The last day that the file's name has in it, year first."""
        found = _DAY.findall(self.filename)
        days = [date(int(y), int(m), int(d)) for y, m, d in found if 0 < int(m) <= 12 and 0 < int(d) <= 28]
        return max(days, default=None)


def open_formats(cells: list[str], today: date) -> list[str]:
    """The formats that read the most of the cells: one when the cells say it, several when they leave it open."""
    return csv_dates.best(csv_dates.fitting(cells, today))


def choose_format(
    forms: list[str], cells: list[str], others: list[list[str]], hints: Hints, today: date
) -> tuple[str, bool]:
    """One of the formats that read a column's cells (in the order of the file) equally well, and if it is sure."""
    if len(forms) == 1:
        return forms[0], True
    for other in others:
        clear = [form for form in open_formats(other, today) if form in forms]
        if len(clear) == 1:
            return clear[0], True
    orders = sorted((csv_dates.disorder(cells, form, today), index) for index, form in enumerate(forms))
    if orders[0][0] < 0.1 and orders[1][0] >= 0.2:
        return forms[orders[0][1]], True
    ahead = [csv_dates.future(cells, form, today) for form in forms]
    past = [form for form, count in zip(forms, ahead, strict=True) if count == min(ahead)]
    if len(past) == 1:
        return past[0], True
    # Statements are about months or years; days read as years scatter over decades.
    spans = sorted((csv_dates.span(cells, form, today), index) for index, form in enumerate(past))
    if spans[1][0] > max(5 * 366, 4 * spans[0][0]):
        return past[spans[0][1]], True
    named = hints.exported_on()
    if named and len({csv_dates.future(cells, form, named) for form in past}) > 1:
        return min(past, key=lambda form: csv_dates.future(cells, form, named)), False
    return _by_custom(past, hints), False


def _by_custom(forms: list[str], hints: Hints) -> str:
    """Month first in an English file of United States dollars, else the first offer (compact: year, others: day)."""
    words = {word for name in hints.header for word in fold(name).split()}
    english = not words or not words.isdisjoint(_ENGLISH)
    month_first = [form for form in forms if form.startswith(("%m/", "%m-"))]
    if hints.currency == "USD" and hints.decimal == "." and english and month_first:
        return month_first[0]
    return forms[0]
