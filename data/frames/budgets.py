"""Budgets and what was spent in their periods, all budgets in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.budget_periods import PeriodRule
from core.period import Period
from data.frames.pieces import rows
from data.models.budget import Budget, BudgetAccount, BudgetAmount, BudgetCategory, BudgetTrigger


@dataclass(frozen=True, slots=True)
class BudgetPlan:
    """A budget with what it covers and its amounts by `effective_from` (minor units of its currency)."""

    budget: Budget
    category_ids: tuple[int, ...]
    account_ids: tuple[int, ...]
    amounts: tuple[tuple[date, int], ...]

    @property
    def rule(self) -> PeriodRule:
        row = self.budget
        return PeriodRule(
            type=row.rule_type,  # type: ignore[arg-type]  # the table's check keeps it among the rule types
            weekday=row.weekday,
            day="last" if row.day == 0 else row.day,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
        )


def budget_plans(session: Session) -> list[BudgetPlan]:
    """All budgets by name: one statement."""
    found = session.execute(_plans())
    return [
        BudgetPlan(budget, tuple(categories), tuple(accounts), tuple(zip(days, amounts, strict=True)))
        for budget, categories, accounts, days, amounts in found
    ]


@cache
def _plans() -> Select[Any]:
    """The statement of `budget_plans`, put together once."""
    return select(
        Budget,
        _all_of(BudgetCategory.category_id, BudgetCategory, BudgetCategory.category_id),
        _all_of(BudgetAccount.account_id, BudgetAccount, BudgetAccount.account_id),
        _all_of(BudgetAmount.effective_from, BudgetAmount, BudgetAmount.effective_from),
        _all_of(BudgetAmount.amount, BudgetAmount, BudgetAmount.effective_from),
    ).order_by(func.lower(Budget.name), Budget.id)


def _all_of(column: Any, table: Any, order: Any) -> Any:
    """A column of all the budget's rows of a table, as an array."""
    found = select(column).where(table.tenant_id == Budget.tenant_id, table.budget_id == Budget.id).order_by(order)
    return func.array(found.correlate(Budget).scalar_subquery())


@dataclass(frozen=True, slots=True)
class Covered:
    """What one budget counts: its periods in order, and its categories with all their children."""

    plan: BudgetPlan
    category_ids: tuple[int, ...]
    periods: tuple[Period, ...]


_OPEN_ALERTS: Final = """
    SELECT b.* FROM budget_alerts b WHERE b.tenant_id = :tenant AND b.acknowledged_at IS NULL
    ORDER BY b.fired_at DESC, b.id DESC LIMIT :most
"""
_PERIOD_ALERTS: Final = """
    SELECT b.* FROM budget_alerts b JOIN unnest(CAST(:budgets AS bigint[]), CAST(:starts AS date[])) AS p(id, start)
      ON b.tenant_id = :tenant AND b.budget_id = p.id AND b.period_start = p.start
    ORDER BY b.fired_at, b.id
"""


def open_alerts(session: Session, most: int) -> list[Any]:
    """The newest alerts that nobody acknowledged, newest first: rows with the attributes of `BudgetAlert`."""
    return rows(session, _OPEN_ALERTS, {"most": most})


def period_alerts(session: Session, periods: dict[int, date]) -> dict[int, list[Any]]:
    """Budget id -> the alerts of its period that begins on the given day, oldest first: rows with the attributes of
    `BudgetAlert`."""
    found: dict[int, list[Any]] = {}
    for row in rows(session, _PERIOD_ALERTS, {"budgets": list(periods), "starts": list(periods.values())}):
        found.setdefault(row.budget_id, []).append(row)
    return found


def trigger_rows(session: Session, starts: Sequence[date]) -> list[BudgetTrigger]:
    """The remembered triggers of periods that begin on these days."""
    return list(session.scalars(select(BudgetTrigger).where(BudgetTrigger.period_start.in_(list(starts)))))
