"""Payments that come back, and the balances they lead to."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from data.schemas.common import CategoryKind, Currency, Day, Id, Money, Out


class PriceChange(Out):
    """The first day on which another amount was paid."""

    date: Day
    before: Money
    after: Money


class Recurring(Out):
    """A payment that comes back (`semantics.md`, Recurring payments); money in the account's currency, signed.

    `amount` is what the next one is expected to be. `upcoming` are the days of the next 90 on which it is due, and an
    overdue one; `next_on` is null once the series has `ended`.
    """

    id: Id
    payee: str
    account_id: Id
    category_id: Id | None
    kind: CategoryKind
    currency: Currency
    interval: Literal["weekly", "fortnightly", "monthly", "quarterly", "yearly"]
    amount: Money
    next_on: Day | None
    first_on: Day
    last_on: Day
    confidence: float = Field(ge=0, le=1)
    price_changes: list[PriceChange]
    ended: bool
    upcoming: list[Day]


class ForecastPoint(Out):
    """The balance at the end of a day: `expected`, and the range in which it lies in 8 of 10 cases. `recurring` is
    what is due on that day."""

    date: Day
    expected: Money
    low: Money
    high: Money
    recurring: Money


class ForecastError(Out):
    """How far the same forecast, made in the past, was off after so many `days`: the median of `tests`."""

    median: Money
    days: int
    tests: int


class Forecast(Out):
    """Balances of the next 90 days; `points` is null, with the `reason`, where there is too little history."""

    account_ids: list[Id]
    balance: Money | None
    points: list[ForecastPoint] | None
    error: ForecastError | None
    reason: Literal["short_history", "no_accounts", "no_rates"] | None
