"""Comparing the ledger with a bank's statement, entry by entry."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from data.schemas.common import Currency, Day, Id, In, Money, Out


class ReconciliationIn(In):
    """The closing balance that a statement prints, at the end of its last day."""

    statement_on: Day
    balance: Money


class ReconciliationPatch(In):
    """A statement that is open may be corrected; what is absent stays."""

    statement_on: Day | None = None
    balance: Money | None = None


class EntriesIn(In):
    """Mark the entries with these ids as cleared (the statement has them) or not; without `ids` all there are."""

    ids: list[Id] | None = Field(default=None, min_length=1, max_length=10_000)
    cleared: bool


class CloseIn(In):
    """With `adjust`, a difference that is left is booked as a transaction of type adjustment."""

    adjust: bool = False


class Reconciliation(Out):
    """A statement, and how far the ledger agrees with it; money in the account's currency.

    `cleared_balance` is the opening balance and all cleared entries up to the statement's day, `difference` the
    statement's balance less that; both are null once it is closed. `cleared_count` and `uncleared_count` are the
    entries of the statement, those of earlier closed ones left out. `disturbed`: an entry of the closed statement was
    changed or deleted since.
    """

    id: Id
    account_id: Id
    statement_on: Day
    balance: Money
    currency: Currency
    state: Literal["open", "closed"]
    cleared_balance: Money | None
    difference: Money | None
    cleared_count: int
    uncleared_count: int
    closed_at: datetime | None
    adjustment_id: Id | None
    disturbed: bool


class StatedBalance(Out):
    """A closing balance that an imported statement printed, and the ledger's on the same day."""

    statement_on: Day
    balance: Money
    ledger_balance: Money
    difference: Money
    currency: Currency
    import_id: Id
    filename: str
    reconciled: bool


class StatedBalances(Out):
    """The closing balances of an account, at most 50, the newest first."""

    data: list[StatedBalance]
    version: int
