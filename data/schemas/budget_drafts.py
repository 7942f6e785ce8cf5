"""Budgets that do not exist yet: what one would have meant, and which ones the past suggests."""

from __future__ import annotations

from data.schemas.budgets import DaySpan
from data.schemas.common import Currency, Day, Id, Money, Out
from data.schemas.dashboard import Unconverted


class ComingPeriod(Out):
    """A period that the budget will have, and what it plans for it."""

    period: DaySpan
    amount: Money


class PastPeriod(Out):
    """A period before today's as it would have gone: `limit` with what would have rolled over, `over` when more than
    that was spent."""

    period: DaySpan
    amount: Money
    rollover: Money
    limit: Money
    spent: Money
    remaining: Money
    over: bool


class BudgetPreview(Out):
    """A budget tried out; nothing is written. `coming` are its first periods from today on, at most 3; `past` those
    before, at most 6, oldest first, as if the budget had existed; a fixed span has none."""

    currency: Currency
    coming: list[ComingPeriod]
    past: list[PastPeriod]
    complete: bool
    unconverted: list[Unconverted]


class MonthSpent(Out):
    """What was spent in the tenant's month that begins on `month`."""

    month: Day
    spent: Money


class BudgetProposal(Out):
    """A monthly budget that the last six whole months suggest: their median."""

    category_id: Id
    name: str
    amount: Money
    months: list[MonthSpent]


class BudgetProposals(Out):
    """Proposals for expense categories that no budget covers, the largest first, in the tenant's currency."""

    currency: Currency
    data: list[BudgetProposal]
    complete: bool
    version: int
