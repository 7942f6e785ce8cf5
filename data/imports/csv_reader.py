"""CSV statements of any bank: the dialect, the columns and the sign of the amounts are found by looking at the file.

Read with nothing but the bytes; a mapping (`contract.md`, Statement import) says what the file does not. The mapping
that was used comes back with the result and reads the same file the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from core.errors import Invalid
from data.imports.csv_balances import Proof
from data.imports.csv_cells import StatedBalance, Tally
from data.imports.csv_plan import CsvPlan, open_csv
from data.imports.csv_rows import RowReader
from data.imports.statement import Entry, LineError, Options, ParsedFile, Statement, Unreadable

__all__ = ["CsvPlan", "open_csv", "parse", "sniff", "stream"]

_HEAD: Final = 32 * 1024
_Key = tuple[str | None, str]


def sniff(data: bytes) -> bool:
    """Whether the beginning of a file reads like a CSV statement: a column of days and one of amounts."""
    head = data[:_HEAD]
    if len(data) > _HEAD:
        head = head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1]
    try:
        open_csv(head, Options("EUR", date(2100, 1, 1)))
    except Invalid:
        return False
    return True


def parse(data: bytes, options: Options) -> ParsedFile:
    """Read a CSV statement: one `Statement` per account and currency.

    `Unreadable` says why and where a file is no statement; `Invalid` names what is wrong with the mapping.
    """
    source = stream(data, options)
    found: dict[int, list[Entry]] = {}
    for place, entry in source.entries():
        found.setdefault(place, []).append(entry)
    parsed = source.finish()
    for place, statement in enumerate(parsed.statements):
        statement.entries = found[place]
    return parsed


def stream(data: bytes, options: Options) -> CsvStream:
    """The same, keeping no entries."""
    return CsvStream(open_csv(data, options))


@dataclass(slots=True)
class _Book:
    """What is kept of the entries of one account and currency."""

    place: int
    count: int = 0
    proof: Proof = field(default_factory=Proof)


class CsvStream:
    """A CSV file as a `Source`."""

    def __init__(self, plan: CsvPlan) -> None:
        self.expected = max(plan.data.count(b"\n"), plan.data.count(b"\r")) + 1
        self._plan = plan
        self._reader = RowReader(plan.rules)
        self._errors: list[LineError] = []
        self._books: dict[_Key, _Book] = {}
        self._end = 0

    def entries(self) -> Iterator[tuple[int, Entry]]:
        """See `Source`."""
        plan, books, errors = self._plan, self._books, self._errors
        running = plan.rules.roles.balance is not None
        last: _Key | None = None
        book = _Book(0)
        for item in plan.keyed(self._reader):
            if isinstance(item, LineError):
                errors.append(item)
                continue
            account, entry = item
            key = (account or plan.account, entry.currency)
            if key != last:
                last, book = key, books.setdefault(key, _Book(len(books)))
            book.count += 1
            if running:
                book.proof.add(entry)
            self._end = entry.line
            yield book.place, entry

    def finish(self) -> ParsedFile:
        """See `Source`."""
        plan, tally = self._plan, self._reader.tally
        read = sum(book.count for book in self._books.values()) + len(self._errors)
        if not read:
            raise Unreadable(f"The table (from line {plan.first}) has no line that is a booking.")
        mains = _main_currencies(self._books)
        statements = [_statement(key, mains[key[0]], book, tally.balances) for key, book in self._books.items()]
        warnings = [*plan.warnings, *_left_out(tally, self._end), *_unproven(statements, self._books.values())]
        mapping = plan.mapping.model_dump(mode="json")
        return ParsedFile("csv", statements, self._errors, warnings, read, mapping)


def _main_currencies(books: dict[_Key, _Book]) -> dict[str | None, str]:
    """The currency of most lines of each account."""
    mains: dict[str | None, tuple[int, str]] = {}
    for (account, currency), book in books.items():
        if account not in mains or book.count > mains[account][0]:
            mains[account] = (book.count, currency)
    return {account: currency for account, (_, currency) in mains.items()}


def _statement(key: _Key, main: str, book: _Book, stated: list[StatedBalance]) -> Statement:
    account, currency = key
    # A second currency of an account is an account of its own: sums must not mix currencies.
    identifier = account if currency == main else f"{account or ''}/{currency}"
    own = [item for item in stated if item.currency == currency and item.account in (account, None)]
    proven = book.proof.result() or (None, None)
    opening = next((item.balance for item in own if item.opening), proven[0])
    closing = next((item.balance for item in reversed(own) if not item.opening), proven[1])
    name = account if account and not any(map(str.isdecimal, account)) else None
    return Statement(identifier, currency, name=name, opening=opening, closing=closing)


def _left_out(tally: Tally, last: int) -> Iterator[str]:
    """What was not read and may be missed: notes after the last entry are footers, and nobody misses them."""
    notes = [line for line in tally.notes if line < last]
    for lines, what in (
        (notes, "without a date and an amount"),
        (tally.without_amount, "with a date and no amount"),
        (tally.dead, "that were declined, cancelled or reversed before they were booked"),
        (tally.undated, "that are pending and have no date yet"),
    ):
        if lines:
            shown = ", ".join(map(str, lines[:5])) + (", ..." if len(lines) > 5 else "")
            yield f"Left out {len(lines)} line{'s' * (len(lines) > 1)} {what} (line {shown})."


def _unproven(statements: list[Statement], books: Iterable[_Book]) -> Iterator[str]:
    """A running balance that does not follow from the amounts says nothing, or that something is wrong."""
    doubtful = [
        statement.account or "the account"
        for statement, book in zip(statements, books, strict=True)
        if not statement.closing and book.proof.balances > 1
    ]
    if doubtful:
        shown = ", ".join(doubtful[:3]) + (f" and {len(doubtful) - 3} more" if len(doubtful) > 3 else "")
        yield f"The balance column does not follow from the amounts ({shown}), so it was not used."
