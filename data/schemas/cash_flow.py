"""Income against expenses in steps of a period, and day by day."""

from __future__ import annotations

from typing import Literal

from data.schemas.budgets import DaySpan
from data.schemas.common import Day, Money, Out
from data.schemas.comparisons import By

Against = Literal["previous", "last_year"]


class StepFlow(DaySpan):
    """A week, month, quarter or year of the period, cut at the period's ends. `before_income` and `before_expenses`
    are those of the step in the same place of the period it is compared with, null without one; all money is null
    where nothing could be converted."""

    income: Money | None
    expenses: Money | None
    net: Money | None
    count: int
    before_income: Money | None
    before_expenses: Money | None


class DayFlow(Out):
    """A day with bookings."""

    date: Day
    income: Money | None
    expenses: Money | None
    count: int


class CashFlow(Out):
    """The steps in order; `by` is what was asked for, or coarser where that would be too many steps. `before` is the
    period that it is compared with."""

    by: By
    steps: list[StepFlow]
    days: list[DayFlow]
    before: DaySpan | None


class BalanceDay(Out):
    """What some accounts held together at the end of a day."""

    date: Day
    balance: Money
