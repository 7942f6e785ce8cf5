"""From one line of a CSV file to an entry: quick for ordinary lines, exact about all others.

A line with a day and an amount is an entry, or a `LineError` when one of them cannot be right. Repeated headers,
totals, stated balances and notes are not entries; the tally remembers what was left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from data.imports import csv_amounts, csv_dates
from data.imports.csv_amounts import Amounts
from data.imports.csv_cells import Days, Money, NoAmount, Rules, StatedBalance, Tally, Texts, account_text, plain_text
from data.imports.csv_columns import is_code
from data.imports.csv_headers import fold
from data.imports.csv_words import CLOSING, DEAD, OPENING, PENDING, SUMMARY, TOTAL
from data.imports.statement import Balance, Entry, LineError
from data.imports.text import join

_PHRASE: Final = re.compile(rf"(?P<phrase>{SUMMARY.pattern})(?: (?:per|am|at|on|vom|den|as|of))*[ 0-9/-]*")
_HINT: Final = re.compile(r"balan|sald|sold|turnover|kontost|statek|likut|apyvart|atlikum|apgroz|k[aä]ive|egyenleg")


@dataclass(frozen=True, slots=True)
class More:
    """A line that continues the text of the entry before it."""

    text: str


Result = Entry | LineError | More | None


def stated_balance(cells: list[str]) -> str:
    """The folded phrase of a line that states a balance or a turnover instead of a booking, or nothing."""
    if not _HINT.search(" ".join(cells).lower()):
        return ""
    folded = (fold(cell) for cell in cells if 4 <= len(cell) <= 60)
    return next((found["phrase"] for text in folded if (found := _PHRASE.fullmatch(text))), "")


class RowReader:
    """Reads the lines of one file by its rules; `tally` says what it left out."""

    def __init__(self, rules: Rules) -> None:
        self.tally = Tally()
        self._rules = rules
        self._roles = rules.roles
        self._money = Money(rules)
        self._days = Days(rules.dates)
        self._other_days = {at: Days(dates) for at, dates in rules.other_dates.items()}
        self._texts = Texts(plain_text)
        self._accounts = Texts(account_text)
        self._read = self._money.reader(rules.currency)
        self._careful = rules.summaries or rules.roles.status is not None

    def read(self, line: int, cells: list[str]) -> Result:
        """The entry of a line (1-based, in the file), the error in it, or None when it holds none."""
        rules = self._rules
        if len(cells) != rules.width:
            if any(cells[rules.width :]):
                return self._too_wide(line, cells)
            cells = (cells + [""] * (rules.width - len(cells)))[: rules.width]
        try:
            day = self._days[cells[self._roles.booked_on]]
            currency, read = rules.currency, self._read
            if self._roles.currency is not None:
                currency = self._money.currency(cells)
                read = self._money.reader(currency)
            amount = self._money.amount(cells, read)
        except ValueError:
            return self._unusual(line, [cell.strip() for cell in cells])
        if self._careful:
            return self._state(self._entry(line, cells, day, currency, amount, read), cells)
        return self._entry(line, cells, day, currency, amount, read)

    def account(self, cells: list[str]) -> str | None:
        """The account that a line belongs to, when the file says it."""
        at = self._roles.account
        return self._accounts[cells[at]] if at is not None and at < len(cells) else None

    def _text(self, cells: list[str], at: int | None) -> str | None:
        return self._texts[cells[at]] if at is not None else None

    def _entry(self, line: int, cells: list[str], day: date, currency: str, amount: int, read: Amounts) -> Entry:
        roles, texts = self._roles, self._texts
        entry = Entry(
            day,
            amount,
            currency,
            line,
            self._other_day(cells, roles.value_on) if roles.value_on is not None else None,
            texts[cells[roles.payee]] if roles.payee is not None else None,
            self._text(cells, roles.counterparty),
            self._purpose(cells),
            self._text(cells, roles.reference),
            self._text(cells, roles.external_id),
            False,
            self._money.balance(cells, read) if roles.balance is not None else None,
            self._text(cells, roles.category),
            self._text(cells, roles.mcc),
        )
        if roles.original_amount is not None:
            self._original(entry, cells)
        return entry

    def _purpose(self, cells: list[str]) -> str | None:
        columns = self._roles.purpose
        if len(columns) <= 1:
            return self._texts[cells[columns[0]]] if columns else None
        parts = [text for at in columns if (text := self._texts[cells[at]])]
        return join(list(parts)) if len(parts) > 1 else (parts[0] if parts else None)

    def _other_day(self, cells: list[str], at: int) -> date | None:
        try:
            return self._other_days[at][cells[at]] if cells[at] else None
        except ValueError:
            return None

    def _original(self, entry: Entry, cells: list[str]) -> None:
        """The amount in the currency it was made in, when that is another one."""
        at, cell = self._roles.original_currency, cells[self._roles.original_amount or 0].strip()
        code = cells[at].strip().upper() if at is not None else ""
        if not cell or not is_code(code) or code == entry.currency:
            return
        try:
            amount = abs(self._money.reader(code)(cell))
        except ValueError:
            return
        entry.original_currency, entry.original_amount = code, -amount if entry.amount < 0 else amount

    def _state(self, entry: Entry, cells: list[str]) -> Entry | None:
        """The entry, unless the line states a balance or was never booked; marked when it is only announced."""
        if self._rules.summaries and (phrase := stated_balance([cell.strip() for cell in cells])):
            self._stated(phrase, cells, Balance(entry.booked_on, entry.amount), entry.currency)
            return None
        if self._roles.status is None:
            return entry
        state = fold(cells[self._roles.status])
        if state in DEAD:
            self.tally.dead.append(entry.line)
            return None
        entry.pending = state in PENDING
        return entry

    def _stated(self, phrase: str, cells: list[str], balance: Balance, currency: str) -> None:
        opening = bool(OPENING.search(phrase))
        if opening or CLOSING.search(phrase):
            self.tally.balances.append(StatedBalance(self.account(cells), currency, opening, balance))

    def _too_wide(self, line: int, cells: list[str]) -> Result:
        rules = self._rules
        if csv_dates.looks_like(cells[rules.roles.booked_on].strip()):
            return LineError(line, f"has {len(cells)} values where the table has {rules.width} columns")
        return self._unusual(line, [cell.strip() for cell in cells[: rules.width]])

    def _unusual(self, line: int, cells: list[str]) -> Result:
        """A line without a plain day and amount: nothing, a note, a balance, or an error."""
        header = self._rules.header
        if not any(cells) or (header and cells[: len(header)] == header):
            return None
        try:
            day = self._day(cells)
        except ValueError as error:
            if csv_dates.looks_like(cells[self._roles.booked_on]):
                return LineError(line, str(error))
            return self._undated(line, cells, error)
        try:
            currency = self._money.currency(cells)
            read = self._money.reader(currency)
            amount = self._money.amount(cells, read)
        except NoAmount:
            return self._without_amount(line, cells, day)
        except ValueError as error:
            return LineError(line, str(error))
        entry = self._entry(line, cells, day, currency, amount, read)
        entry.pending = not cells[self._roles.booked_on]
        return self._state(entry, cells)

    def _day(self, cells: list[str]) -> date:
        """The booking day, else (for what is announced and not booked yet) another day of the line."""
        if cell := cells[self._roles.booked_on]:
            return self._days[cell]
        day = next(filter(None, (self._other_day(cells, at) for at in self._other_days)), None)
        if day is None:
            raise ValueError("has an amount and no date")
        return day

    def _undated(self, line: int, cells: list[str], error: ValueError) -> Result:
        roles = self._roles
        money = [cells[at] for at in (roles.amount, roles.credit, roles.debit) if at is not None]
        alone = sum(map(bool, cells)) == 1  # a number without anything else: a page, a year, a count
        if alone or not any(csv_amounts.looks_like(cell) for cell in money):
            text = join([cells[at] for at in (roles.payee, *roles.purpose) if at is not None])
            if self._rules.continued and not cells[roles.booked_on] and not any(money) and text:
                return More(text)
            self.tally.notes.append(line)
            return None
        if stated_balance(cells) or any(TOTAL.fullmatch(fold(cell)) for cell in cells if cell[:1].isalpha()):
            return None
        if fold(cells[roles.booked_on]) in PENDING or (
            roles.status is not None and fold(cells[roles.status]) in PENDING
        ):
            self.tally.undated.append(line)
            return None
        return LineError(line, str(error))

    def _without_amount(self, line: int, cells: list[str], day: date) -> Result:
        phrase = stated_balance(cells)
        if not phrase:
            self.tally.without_amount.append(line)
            return None
        currency = self._money.currency(cells)
        balance = self._money.balance(cells, self._money.reader(currency))
        if balance is not None:
            self._stated(phrase, cells, Balance(day, balance), currency)
        return None
