"""A look at the whole file for what its sample leaves open: day and month, the decimal mark, words of a direction."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from data.imports import csv_amounts
from data.imports.csv_amounts import Marks
from data.imports.csv_columns import Roles
from data.imports.csv_table import Table
from data.imports.csv_text import records

_MOST_DAYS: Final = 20_000
_MOST_WORDS: Final = 200


@dataclass(slots=True)
class Survey:
    """Distinct cells of the booking day, what amounts say about their marks, and how often each direction occurs."""

    days: dict[str, None] = field(default_factory=dict)
    marks: Marks = field(default_factory=Marks)
    directions: Counter[str] = field(default_factory=Counter)


def look(table: Table, roles: Roles) -> Survey:
    """What the sample shows."""
    survey = Survey()
    for cells in table.rows:
        _take(survey, cells, roles, money=True)
    return survey


def look_at_all(data: bytes, encoding: str, delimiter: str, table: Table, roles: Roles, *, money: bool) -> Survey:
    """What the whole file shows; `money` also weighs the marks of every amount."""
    survey = Survey()
    for _, cells in records(data, encoding, delimiter, first=table.first):
        if len(cells) >= table.width:
            _take(survey, cells, roles, money=money)
    return survey


def _take(survey: Survey, cells: list[str], roles: Roles, *, money: bool) -> None:
    if len(survey.days) < _MOST_DAYS:
        survey.days[cells[roles.booked_on].strip()] = None
    word = cells[roles.direction].strip() if roles.direction is not None else ""
    if word and (len(survey.directions) < _MOST_WORDS or word in survey.directions):
        survey.directions[word] += 1
    if money:
        columns = (roles.amount, roles.credit, roles.debit)
        amounts = [cells[at].strip() for at in columns if at is not None]
        survey.marks.add(cell for cell in amounts if csv_amounts.looks_like(cell))
