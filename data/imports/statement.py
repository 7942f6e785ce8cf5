"""What a statement file says, in one shape for all formats.

A parser is a function `parse(data: bytes, options: Options) -> ParsedFile`; one whose files may be long also has a
function `stream(data, options) -> Source`, which keeps no entries. It reads; it does not decide: no database,
no duplicates, no categories. Amounts are whole minor units of the entry's currency, inflow positive, seen
from the account's holder. A file that is not of the format at all raises `Unreadable` with the place; a line
that cannot be read becomes a `LineError` and the import as a whole is refused or not by the caller.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from core.errors import Invalid


class Unreadable(Invalid):
    """The file is not a statement of this format; the detail says why and where."""

    code, title = "unreadable_statement", "This file is not a statement that can be read"


@dataclass(frozen=True, slots=True)
class LineError:
    """A line (1-based, in the file) that could not be read, and why."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance the bank printed: minor units at the start (`opening`) or end (`closing`) of `day`."""

    day: date
    amount: int


@dataclass(slots=True)
class Entry:
    """One line of a statement.

    `amount` and `balance` are minor units of `currency`. `counterparty` is the other side's account (IBAN or number),
    `payee` its name. `reference` is what both sides may know (end-to-end id, cheque number), `external_id` the
    bank's own id of the booking. `line` is where it stood in the file (1-based).
    """

    booked_on: date
    amount: int
    currency: str
    line: int = 0
    value_on: date | None = None
    payee: str | None = None
    counterparty: str | None = None
    purpose: str | None = None
    reference: str | None = None
    external_id: str | None = None
    pending: bool = False
    balance: int | None = None
    category: str | None = None
    mcc: str | None = None
    original_amount: int | None = None
    original_currency: str | None = None
    splits: list[SplitEntry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SplitEntry:
    """A part of an entry that the file itself splits; parts add up to the entry's amount."""

    amount: int
    category: str | None = None
    note: str | None = None


@dataclass(slots=True)
class Statement:
    """The entries of one account. `account` is the bank's identifier (IBAN, number) or None when the file has none;
    "/USD" then names its lines in a second currency.

    Of a file that was read as a stream `entries` is empty.
    """

    account: str | None
    currency: str | None
    entries: list[Entry] = field(default_factory=list)
    name: str | None = None
    institution: str | None = None
    type: str | None = None
    opening: Balance | None = None
    closing: Balance | None = None


@dataclass(slots=True)
class ParsedFile:
    """All statements of a file, the lines that could not be read, and what the reader had to assume.

    `read` counts the entry lines met, readable or not. `mapping` is set by the CSV reader: the mapping it
    used (`contract.md`, Statement import), so that it can be shown, stored and given again.
    """

    format: str
    statements: list[Statement]
    errors: list[LineError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    read: int = 0
    mapping: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller knows: `currency` for files that do not name one, `today` for two-digit years, a CSV mapping."""

    currency: str
    today: date
    mapping: dict[str, Any] | None = None
    filename: str = ""


class Source(Protocol):
    """A statement file that is read as it goes."""

    expected: int
    """About how many entries there are, not fewer; 0 when that is not known."""

    def entries(self) -> Iterator[tuple[int, Entry]]:
        """All entries, once, each with the place of its statement in the list that `finish` answers."""

    def finish(self) -> ParsedFile:
        """What the file says beside its entries, when they were all read. `Unreadable` when there were none."""
