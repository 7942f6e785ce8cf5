"""The cells of one line as values: amounts with their sign, days, texts; and what is known about the lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from core.money import is_currency
from data.imports.csv_amounts import Amounts, compile_amounts
from data.imports.csv_columns import Roles
from data.imports.csv_dates import Dates
from data.imports.csv_headers import fold
from data.imports.statement import Balance
from data.imports.text import clean

_CACHE: Final = 50_000


class NoAmount(ValueError):
    """The cells for the amount are empty."""


@dataclass(frozen=True, slots=True)
class StatedBalance:
    """An opening or a closing balance that the file states on a line of its own."""

    account: str | None
    currency: str
    opening: bool
    balance: Balance


@dataclass(slots=True)
class Tally:
    """What was left out and why (line numbers), and the balances that lines of their own state."""

    notes: list[int] = field(default_factory=list)
    without_amount: list[int] = field(default_factory=list)
    dead: list[int] = field(default_factory=list)
    undated: list[int] = field(default_factory=list)
    balances: list[StatedBalance] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rules:
    """All that is known about the lines of a file. `outflow` and `inflow` are folded values of the direction,
    `other_dates` are the columns of days beside the booking day."""

    roles: Roles
    header: list[str]
    width: int
    decimal: str
    currency: str
    dates: Dates
    other_dates: dict[int, Dates]
    invert: bool
    credit_sign: int
    debit_sign: int
    balance_sign: int
    outflow: frozenset[str]
    inflow: frozenset[str]
    summaries: bool
    continued: bool


class Days(dict[str, date]):
    """Days by the cell that says them; `ValueError` for what is no day."""

    def __init__(self, read: Dates) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: str) -> date:
        day = self._read(cell)
        if len(self) > _CACHE:
            self.clear()
        self[cell] = day
        return day


class Texts(dict[str, str | None]):
    """Clean texts by the cell that holds them, each kept once."""

    def __init__(self, tidy: Callable[[str], str | None]) -> None:
        super().__init__()
        self._tidy = tidy

    def __missing__(self, cell: str) -> str | None:
        if len(self) > _CACHE:
            self.clear()
        text = self[cell] = self._tidy(cell)
        return text


def plain_text(cell: str) -> str | None:
    """The text for people: one line, single blanks, without a spreadsheet's `="..."`."""
    if cell.startswith('="') and cell.endswith('"'):
        cell = cell[2:-1]
    text = cell.strip() if cell.isprintable() and "  " not in cell else clean(cell)
    if text and text[0] == "'":
        text = text.strip("' ")
    return text or None


def account_text(cell: str) -> str | None:
    """The number or name of an account; an IBAN without its blanks."""
    text = (plain_text(cell) or "").strip('"')
    compact = text.replace(" ", "")
    return (compact if compact[:2].isalpha() and compact[2:4].isdecimal() else text) or None


class Money:
    """Amounts of a line in the currency of that line."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._readers: dict[str, Amounts] = {}

    def reader(self, currency: str) -> Amounts:
        """The function that reads amounts of a currency."""
        reader = self._readers.get(currency)
        if reader is None:
            reader = self._readers[currency] = compile_amounts(self.rules.decimal, currency)
        return reader

    def currency(self, cells: list[str]) -> str:
        """The currency of a line, the file's own when it names none; `ValueError` when there is no such currency."""
        at = self.rules.roles.currency
        if at is None or not (code := cells[at].strip().upper()):
            return self.rules.currency
        if not is_currency(code):
            raise ValueError(f"{code[:20]!r} is not a currency code")
        return code

    def amount(self, cells: list[str], read: Amounts) -> int:
        """The amount of a line, money in positive. `ValueError` when a cell is wrong, `NoAmount` when none is there."""
        roles = self.rules.roles
        if roles.amount is not None:
            if not (cell := cells[roles.amount]) or cell.isspace():
                raise NoAmount
            amount = read(cell)
        else:
            amount = self._pair(cells, read)
        if roles.direction is not None:
            amount *= self._direction(cells[roles.direction])
        return -amount if self.rules.invert else amount

    def _pair(self, cells: list[str], read: Amounts) -> int:
        roles = self.rules.roles
        credit = cells[roles.credit].strip() if roles.credit is not None else ""
        debit = cells[roles.debit].strip() if roles.debit is not None else ""
        if not credit and not debit:
            raise NoAmount
        into = self.rules.credit_sign * read(credit) if credit else 0
        return into + (self.rules.debit_sign * read(debit) if debit else 0)

    def _direction(self, cell: str) -> int:
        value = fold(cell)
        if value in self.rules.outflow:
            return -1
        if value in self.rules.inflow:
            return 1
        raise ValueError(f"the direction {cell.strip()[:40]!r} is neither known as money in nor one of outflow_values")

    def balance(self, cells: list[str], read: Amounts) -> int | None:
        """The balance after a line, None when it has none that can be read."""
        at = self.rules.roles.balance
        if at is None or not (cell := cells[at].strip()):
            return None
        try:
            return read(cell) * self.rules.balance_sign
        except ValueError:
            return None
