"""The answer to a statement import, its entries and what is decided about them, and remembered mappings."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal

from pydantic import Field

from data.schemas.common import Currency, Day, Id, In, Money, Out

EntryStatus = Literal["new", "duplicate", "review", "skipped"]
PREVIEW: Final = 50
"""How many of its entries an import shows at once."""


class ImportAccount(Out):
    """An account that the file is about; `id` is null in a dry run that would make it."""

    id: Id | None
    name: str
    currency: Currency


class ImportCounts(Out):
    """`read` = new + duplicate + review + skipped + failed."""

    read: int
    new: int
    duplicate: int
    review: int
    skipped: int
    failed: int


class ImportLineError(Out):
    line: int
    message: str


class BalanceCheck(Out):
    """Opening balance + sum of the entries = closing balance, as the statement states them; null where it does not.

    `gap` is there only when the balances do not go on from those of the account's other statements: it says how far
    they are apart.
    """

    account: str
    opening: Money | None
    closing: Money | None
    sum: Money
    ok: bool | None
    gap: str | None = Field(None, exclude_if=lambda gap: gap is None)


class ImportedEntry(Out):
    """One entry of the file and what became of it."""

    n: int
    booked_on: Day
    value_on: Day | None
    amount: Money
    currency: Currency
    account: str
    payee: str | None
    counterparty: str | None
    purpose: str | None
    reference: str | None
    external_id: str | None
    pending: bool
    balance: Money | None
    category: str | None
    status: EntryStatus


class StoredEntry(ImportedEntry):
    """An entry of an import that was done. `transaction_id` is the transaction that it became, that it is, or, in
    review, may be; null when there is none (any more)."""

    transaction_id: Id | None


class Decision(In):
    """What an entry in review is: `keep`, a booking of its own, or `merge`, the transaction `transaction_id` (without
    it the one that the entry names)."""

    action: Literal["keep", "merge"]
    transaction_id: Id | None = None


class ImportResult(Out):
    """What a file brought. `preview` holds its first 50 entries, or all when that was asked for. `mapping` is how a CSV
    file was read, null for other formats."""

    id: Id | None
    format: str
    accounts: list[ImportAccount]
    counts: ImportCounts
    warnings: list[str]
    errors: list[ImportLineError]
    balance_check: list[BalanceCheck]
    preview: list[ImportedEntry]
    mapping: dict[str, Any] | None = None


class ImportRecord(Out):
    """An import that was done: what the file was, what became of its entries, and who did it (as the audit log says:
    `person:7`, `token:3`, `cli`; null when that is not known)."""

    id: Id
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    filename: str
    format: str
    counts: ImportCounts
    warnings: list[str]
    errors: list[ImportLineError]
    balance_check: list[BalanceCheck]
    mapping: dict[str, Any] | None
    created_at: datetime
    imported_by: str | None


class StoredMapping(Out):
    """How CSV files with this header are read. `filename` is the file whose import taught it."""

    id: Id
    header: list[str]
    mapping: dict[str, Any]
    filename: str
    created_at: datetime
    updated_at: datetime
