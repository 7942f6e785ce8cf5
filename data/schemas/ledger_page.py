"""What the transactions page knows before it lists any: the period in days, and what filters and editors offer."""

from __future__ import annotations

from data.schemas.common import Currency, Day, Id, Out
from data.schemas.ledger import Category


class AccountName(Out):
    id: Id
    name: str
    currency: Currency
    closed_on: Day | None


class LedgerPage(Out):
    """`first` and `last` are null for all time. `tags` are names; accounts and categories in the order of names."""

    first: Day | None
    last: Day | None
    today: Day
    accounts: list[AccountName]
    categories: list[Category]
    tags: list[str]
    version: int
