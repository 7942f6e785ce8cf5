"""The answer to a statement import, and its entries."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from data.schemas.common import Currency, Day, Id, Money, Out

EntryStatus = Literal["new", "duplicate", "review", "skipped"]


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
    """Opening balance + sum of the entries = closing balance, as the statement states them; null where it does not."""

    account: str
    opening: Money | None
    closing: Money | None
    sum: Money
    ok: bool | None


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


class ImportResult(Out):
    """What a file brought. `preview` holds its first 50 entries, or all when that was asked for."""

    id: Id | None
    format: str
    accounts: list[ImportAccount]
    counts: ImportCounts
    warnings: list[str]
    errors: list[ImportLineError]
    balance_check: list[BalanceCheck]
    preview: list[ImportedEntry]


class ImportRecord(Out):
    """An import that was done: what the file was, and what became of its entries."""

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
