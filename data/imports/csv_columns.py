"""Which column of the table holds what: values first, then header words.

A column may only take a role that its values allow (a currency column holds currency codes); among those that may,
the header that fits best wins. Without a header the values alone decide.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from core.money import is_currency
from data.imports import csv_amounts, csv_dates
from data.imports.csv_headers import fold, score
from data.imports.csv_table import Table
from data.imports.csv_words import IN, OUT

_ROWS: Final = 500  # typical lines that a role is decided on
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}")
_MOST_STRAYS: Final = 0.3
ENOUGH: Final = 0.45  # of a header that must be words of the role


@dataclass
class Column:
    """A column of the sample: its place, its folded header (empty when there is none) and its cells."""

    index: int
    header: str
    cells: list[str]

    @cached_property
    def filled(self) -> list[str]:
        return [cell for cell in self.cells if cell]

    @cached_property
    def distinct(self) -> int:
        return len(set(self.filled))

    @cached_property
    def fullness(self) -> float:
        """The share of lines that have a value here."""
        return len(self.filled) / len(self.cells) if self.cells else 0.0

    def share(self, test: Callable[[str], bool]) -> float:
        """The share of the values that pass a test; 0 when there are none."""
        return sum(map(test, self.filled)) / len(self.filled) if self.filled else 0.0

    @cached_property
    def dates(self) -> float:
        share = self.share(csv_dates.looks_like)
        return share if share < 0.5 or csv_dates.are_compact_days(self.filled) else 0.0

    @cached_property
    def amounts(self) -> float:
        return self.share(csv_amounts.looks_like)

    @cached_property
    def text(self) -> bool:
        """Whether the values are words rather than numbers, days or bank codes."""
        wordy = self.share(lambda cell: sum(map(str.isalpha, cell)) >= 2 and not _IBAN.fullmatch(cell))
        directions = self.share(lambda cell: fold(cell) in IN or fold(cell) in OUT)
        return wordy > 0.5 and self.dates < 0.5 and self.amounts < 0.5 and directions < 0.9


@dataclass(slots=True)
class Roles:
    """The number of the column for each role; None when no column has it. `purpose` may be several columns."""

    booked_on: int = -1
    value_on: int | None = None
    amount: int | None = None
    credit: int | None = None
    debit: int | None = None
    direction: int | None = None
    payee: int | None = None
    counterparty: int | None = None
    purpose: list[int] = field(default_factory=list)
    account: int | None = None
    currency: int | None = None
    balance: int | None = None
    external_id: int | None = None
    category: int | None = None
    mcc: int | None = None
    status: int | None = None
    reference: int | None = None
    original_amount: int | None = None
    original_currency: int | None = None

    def used(self) -> set[int]:
        """The columns that have a role."""
        return {getattr(self, name) for name in self.__slots__ if name != "purpose"} - {None} | set(self.purpose)


def columns_of(table: Table) -> list[Column]:
    """The columns over the typical lines (of a long sample: over its first and last ones)."""
    rows = table.rows if len(table.rows) <= _ROWS else table.rows[: _ROWS - 100] + table.rows[-100:]
    names = [fold(name) for name in table.header] + [""] * (table.width - len(table.header))
    return [Column(index, names[index], [row[index] for row in rows]) for index in range(table.width)]


def is_code(cell: str) -> bool:
    """Whether the cell is the code of a currency."""
    return len(cell) == 3 and is_currency(cell.upper())


def find_dates(columns: list[Column], roles: Roles, strays: float = 0.0) -> None:
    """The booking day, and the value day when there is one.

    Where many lines have no day (`strays`, per line that has), plain digits that could be one are chance.
    """
    days = [column for column in columns if column.dates >= 0.8 and column.fullness >= 0.3]
    if strays > _MOST_STRAYS:
        days = [c for c in days if _date_kind(c) in ("booked", "date", "value") or c.share(str.isdecimal) < 1]
    ranks = {column.index: _date_rank(column) for column in days}
    if not days:
        return
    roles.booked_on = max(days, key=lambda column: (ranks[column.index], -column.index)).index
    rest = [column for column in days if column.index != roles.booked_on]
    named = [column for column in rest if _date_kind(column) == "value"]
    unnamed = [column for column in rest if not column.header]
    roles.value_on = next((column.index for column in named or unnamed), None)


def _date_kind(column: Column) -> str:
    kinds = ("booked", "date", "value", "not_date")
    best = max(kinds, key=lambda kind: score(kind, column.header))
    return best if score(best, column.header) > 0 else ""


def is_day_of_line(column: Column) -> bool:
    """Whether the column says when the line happened, in one way or another."""
    return column.dates >= 0.8 and (not column.header or _date_kind(column) in ("booked", "date", "value"))


def _date_rank(column: Column) -> float:
    words = {"booked": 3.0, "date": 2.0, "value": 1.0, "not_date": -3.0}.get(_date_kind(column), 0.5)
    return 2 * words + (column.fullness > 0.95) + column.fullness


def find_named(columns: list[Column], roles: Roles, *wanted: str) -> None:
    """Roles that only a header can tell, as far as the values allow them."""
    for role in wanted:
        used = roles.used()
        open_ones = [column for column in columns if column.index not in used and _ALLOWED[role](column)]
        ranked = [(score(role, column.header), -column.index) for column in open_ones]
        rank, at = max(ranked, default=(0.0, 0))
        if rank >= ENOUGH:
            setattr(roles, role, -at)


def find_currency(columns: list[Column], roles: Roles) -> None:
    """The currency of the lines."""
    named = {column.index: score("currency", column.header) for column in columns}
    codes = [c for c in columns if c.share(is_code) >= (0.5 if named[c.index] > 0.9 else 0.9) and c.fullness > 0.5]
    own = [column for column in codes if score("original_currency", column.header) <= named[column.index]]
    if own:
        roles.currency = max(own, key=lambda column: (named[column.index], -column.index)).index


def find_original_currency(columns: list[Column], roles: Roles) -> None:
    """The currency of original amounts: a column of codes that is not the currency of the lines."""
    used = roles.used()
    codes = [column for column in columns if column.index not in used and column.share(is_code) >= 0.9]
    if codes:
        best = max(codes, key=lambda column: (score("original_currency", column.header), -column.index))
        roles.original_currency = best.index


_ALLOWED: Final[dict[str, Callable[[Column], bool]]] = {
    "mcc": lambda column: column.share(lambda cell: len(cell) <= 4 and cell.isdecimal()) > 0.9,
    "status": lambda column: 0 < column.distinct <= 12,
    "external_id": lambda column: column.fullness >= 0.2 and column.dates < 0.5,
    "category": lambda column: column.text,
    "reference": lambda column: column.dates < 0.5,
}
