"""CSV statements of any bank: the dialect, the columns and the sign of the amounts are found by looking at the file.

Read with nothing but the bytes; a mapping (`contract.md`, Statement import) says what the file does not. The mapping
that was used comes back with the result and reads the same file the same way.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from core.errors import Invalid
from data.imports.csv_balances import prove
from data.imports.csv_cells import StatedBalance, Tally
from data.imports.csv_plan import CsvPlan, open_csv
from data.imports.csv_rows import RowReader
from data.imports.statement import Entry, LineError, Options, ParsedFile, Statement, Unreadable

__all__ = ["CsvPlan", "open_csv", "parse", "sniff"]

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
    plan = open_csv(data, options)
    reader = RowReader(plan.rules)
    errors: list[LineError] = []
    accounts: dict[_Key, list[Entry]] = {}
    last, entries = None, []
    for item in plan.keyed(reader):
        if isinstance(item, LineError):
            errors.append(item)
        else:
            account, entry = item
            key = (account or plan.account, entry.currency)
            if key != last:
                last, entries = key, accounts.setdefault(key, [])
            entries.append(entry)
    read = sum(map(len, accounts.values())) + len(errors)
    if not read:
        raise Unreadable(f"The table (from line {plan.first}) has no line that is a booking.")
    mains = _main_currencies(accounts)
    stated = reader.tally.balances
    statements = [_statement(key, mains[key[0]], entries, stated) for key, entries in accounts.items()]
    end = max((entry.line for entries in accounts.values() for entry in entries), default=0)
    warnings = [*plan.warnings, *_left_out(reader.tally, end), *_unproven(statements)]
    return ParsedFile("csv", statements, errors, warnings, read, plan.mapping.model_dump(mode="json"))


def _main_currencies(accounts: dict[_Key, list[Entry]]) -> dict[str | None, str]:
    """The currency of most lines of each account."""
    mains: dict[str | None, tuple[int, str]] = {}
    for (account, currency), entries in accounts.items():
        if account not in mains or len(entries) > mains[account][0]:
            mains[account] = (len(entries), currency)
    return {account: currency for account, (_, currency) in mains.items()}


def _statement(key: _Key, main: str, entries: list[Entry], stated: list[StatedBalance]) -> Statement:
    account, currency = key
    # A second currency of an account is an account of its own: sums must not mix currencies.
    identifier = account if currency == main else f"{account}/{currency}" if account else currency
    own = [item for item in stated if item.currency == currency and item.account in (account, None)]
    proven = prove(entries) or (None, None)
    opening = next((item.balance for item in own if item.opening), proven[0])
    closing = next((item.balance for item in reversed(own) if not item.opening), proven[1])
    name = account if account and not any(map(str.isdecimal, account)) else None
    return Statement(identifier, currency, entries, name=name, opening=opening, closing=closing)


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


def _unproven(statements: list[Statement]) -> Iterator[str]:
    """A running balance that does not follow from the amounts says nothing, or that something is wrong."""
    doubtful = [
        statement.account or "the account"
        for statement in statements
        if not statement.closing and sum(entry.balance is not None for entry in statement.entries) > 1
    ]
    if doubtful:
        shown = ", ".join(doubtful[:3]) + (f" and {len(doubtful) - 3} more" if len(doubtful) > 3 else "")
        yield f"The balance column does not follow from the amounts ({shown}), so it was not used."
