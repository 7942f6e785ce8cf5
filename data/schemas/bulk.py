"""Change or delete many transactions at once, take a change back, and what a filter finds in all."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from pydantic import Field, model_validator

from data.schemas.common import Currency, Day, Id, In, Money, Name, Out, Text

MOST = 10_000
"""Transactions that one request may change."""


class BulkChanges(In):
    """What is to be set; what is absent stays. A null category is none. Split transactions keep their parts."""

    category_id: Id | None = None
    payee: Text | None = None
    note: Text | None = None
    pending: bool | None = None
    cleared: bool | None = None
    add_tags: list[Name] | None = Field(default=None, max_length=50)
    remove_tags: list[Name] | None = Field(default=None, max_length=50)

    @model_validator(mode="after")
    def _no_null(self) -> Self:
        for name in ("pending", "cleared", "add_tags", "remove_tags"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} must not be null")
        return self


class BulkIn(In):
    """The transactions with these ids, or without `ids` all that the query's filters find; changed or deleted.

    With `expected`, nothing happens unless exactly so many are found.
    """

    ids: list[Id] | None = Field(default=None, min_length=1, max_length=MOST)
    changes: BulkChanges | None = None
    delete: bool = False
    dry_run: bool = False
    expected: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if self.delete == bool(self.changes is not None and self.changes.model_fields_set):
            raise ValueError("either changes or delete must be given")
        return self


class BulkLine(Out):
    """One transaction in the preview: the fields that change, as they are and as they will be."""

    id: Id
    booked_on: Day
    payee: str | None
    amount: Money
    currency: Currency
    before: dict[str, Any]
    after: dict[str, Any]


class BulkResult(Out):
    """`found` transactions, of which `changed` differ; `split` keep their category because they are split.

    `version` is what `undo` takes; null for a dry run and when nothing changed.
    """

    dry_run: bool
    found: int
    changed: int
    split: int
    version: int | None
    preview: list[BulkLine]


class UndoIn(In):
    """The version (of a bulk answer, or the ETag of a changed transaction) to take back."""

    version: int = Field(ge=1)


class Undone(Out):
    """How many transactions are as they were, and how many were changed since and stay as they are."""

    restored: int
    kept: int
    version: int


class CurrencyTotal(Out):
    """What came in and went out in one currency, transfers and pending lines included."""

    currency: Currency
    count: int
    inflow: Money
    outflow: Money
    net: Money


class Totals(Out):
    """How many transactions the filters find, and their sums by currency."""

    count: int
    totals: list[CurrencyTotal]
    version: int


class Partner(Out):
    """The other side of a transfer."""

    id: Id
    account_id: Id
    booked_on: Day
    amount: Money
    currency: Currency
    payee: str | None


class Source(Out):
    """The file a transaction came from."""

    id: Id
    filename: str | None
    format: str
    imported_at: datetime
    line: int | None


class TransactionDetails(Out):
    """What a transaction's own fields do not say."""

    partners: list[Partner]
    source: Source | None
    statement_category: str | None
    mcc: str | None
