"""How a month, quarter, year or week stands beside the ones before it, group by group."""

from __future__ import annotations

from typing import Literal

from data.schemas.budgets import DaySpan
from data.schemas.common import CategoryKind, Id, Money, Out

By = Literal["month", "quarter", "year", "week"]
Of = Literal["category", "payee", "tag", "account"]


class ComparedSpans(Out):
    """The days that are compared: the whole month (quarter, ...), the one before, the same one a year ago, and the six
    before it."""

    current: DaySpan
    previous: DaySpan
    last_year: DaySpan
    last_six: DaySpan


class Compared(Out):
    """One group's income or expenses, positive in the kind's usual direction. `id` is null for payees and for what has
    no category; `average` is that of those of the last six in which there were books, null without any."""

    id: Id | None
    name: str
    kind: CategoryKind
    amount: Money
    count: int
    previous: Money | None
    change: Money | None
    last_year: Money | None
    average: Money | None


class Comparison(Out):
    """The groups, income first, the largest first; `more` are not listed."""

    by: By
    of: Of
    spans: ComparedSpans
    rows: list[Compared]
    more: int
