"""What net worth is made of, and what moved it from the day before a period to its last day."""

from __future__ import annotations

from typing import Literal

from data.schemas.common import AccountType, Day, Money, Out

Unnamed = Literal[
    "transfers_net",
    "saving_net",
    "adjustments",
    "opened",
    "closed",
    "flows_outside",
    "revaluation",
    "rounding",
    "missing_rates",
]
"""The terms that are no figures of their own."""
Term = Literal["income", "expenses", Unnamed]


class WorthMove(Out):
    """One term of the identity (`semantics.md`, Stocks), signed as it moves net worth: expenses are negative."""

    name: Term
    amount: Money


class WorthPart(Out):
    """The accounts of one type that are in net worth on either day; null where no rate converts any of them."""

    type: AccountType
    accounts: int
    before: Money | None
    after: Money | None
    change: Money | None


class WorthStory(Out):
    """Net worth on two days, by account type, and the terms between them: `before` and all `moves` add up to `after`.
    Without a known net worth on both days there are no moves."""

    starts_on: Day
    ends_on: Day
    before: Money | None
    after: Money | None
    moves: list[WorthMove]
    parts: list[WorthPart]
