"""Budgets and what was spent in their periods, all budgets in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, Date, String, and_, case, func, or_, select
from sqlalchemy.orm import Session

from core.budget_periods import PeriodRule
from core.period import Period
from data.frames.base import big_sum, fetch, unnest
from data.models.account import Account
from data.models.budget import Budget, BudgetAccount, BudgetAlert, BudgetAmount, BudgetCategory, BudgetTrigger
from data.models.category import Category
from data.models.rollup import DailyRollup, Flow
from data.schemas.common import SAVING_TYPES


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
    """All budgets by name: four statements."""
    categories: dict[int, list[int]] = {}
    for budget_id, category_id in session.execute(
        select(BudgetCategory.budget_id, BudgetCategory.category_id).order_by(BudgetCategory.category_id)
    ):
        categories.setdefault(budget_id, []).append(category_id)
    accounts: dict[int, list[int]] = {}
    for budget_id, account_id in session.execute(
        select(BudgetAccount.budget_id, BudgetAccount.account_id).order_by(BudgetAccount.account_id)
    ):
        accounts.setdefault(budget_id, []).append(account_id)
    amounts: dict[int, list[tuple[date, int]]] = {}
    for budget_id, effective_from, amount in session.execute(
        select(BudgetAmount.budget_id, BudgetAmount.effective_from, BudgetAmount.amount).order_by(
            BudgetAmount.effective_from
        )
    ):
        amounts.setdefault(budget_id, []).append((effective_from, amount))
    return [
        BudgetPlan(
            budget,
            tuple(categories.get(budget.id, ())),
            tuple(accounts.get(budget.id, ())),
            tuple(amounts.get(budget.id, ())),
        )
        for budget in session.scalars(select(Budget).order_by(func.lower(Budget.name), Budget.id))
    ]


@dataclass(frozen=True, slots=True)
class Covered:
    """What one budget counts: its periods in order, and its categories with all their children."""

    plan: BudgetPlan
    category_ids: tuple[int, ...]
    periods: tuple[Period, ...]


def spending_frame(session: Session, wanted: Sequence[Covered]) -> pd.DataFrame:
    """Signed net expense of each budget's periods: budget_id, period (its place), currency, day, net, count. For
    categories of kind saving, what was put aside. One statement.

    `day` is None and the rows are whole sums in the budget's currency; in another one each row is a conversion group.
    """
    dtypes = {"budget_id": "int64", "period": "int64", "currency": "object", "day": "object", "net": "int64"}
    dtypes["count"] = "int64"
    if not any(covered.periods and covered.category_ids for covered in wanted):
        return pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in dtypes.items()})
    span, cover = _spans_and_covers(wanted)
    rollup = DailyRollup
    put_aside = case((Account.type.in_(sorted(SAVING_TYPES)), rollup.amount), else_=-rollup.amount)
    net = case((Category.kind == "saving", put_aside), else_=-rollup.amount)
    limited = select(BudgetAccount.account_id).where(BudgetAccount.budget_id == span.c.budget_id)
    group = (rollup.booked_on, rollup.account_id, rollup.category_id, rollup.flow, rollup.sign)
    day, *others = (case((Account.currency != span.c.currency, column)) for column in group)
    in_span = and_(rollup.booked_on >= span.c.start, rollup.booked_on < span.c.stop)
    statement = (
        select(span.c.budget_id, span.c.place, Account.currency, day, big_sum(net), big_sum(rollup.count))
        .select_from(span)
        .join(cover, cover.c.budget_id == span.c.budget_id)
        .join(rollup, and_(rollup.category_id == cover.c.category_id, in_span))
        .join(Category, Category.id == rollup.category_id)
        .join(Account, Account.id == rollup.account_id)
        .where(
            or_(rollup.flow == Flow.ORDINARY, and_(rollup.flow == Flow.SAVED, Category.kind == "saving")),
            or_(~limited.correlate(span).exists(), rollup.account_id.in_(limited.correlate(span))),
        )
        .group_by(span.c.budget_id, span.c.place, Account.currency, day, *others)
    )
    return fetch(session, statement, dtypes)


def _spans_and_covers(wanted: Sequence[Covered]) -> tuple[Any, Any]:
    """The budgets' periods and their categories, as tables."""
    spans = [
        (c.plan.budget.id, place, p.start, p.end, c.plan.budget.currency)
        for c in wanted
        for place, p in enumerate(c.periods)
    ]
    covers = [(c.plan.budget.id, category_id) for c in wanted for category_id in c.category_ids]
    columns = {"budget_id": BigInteger, "place": BigInteger, "start": Date, "stop": Date, "currency": String}
    return unnest("span", columns, spans), unnest("cover", {"budget_id": BigInteger, "category_id": BigInteger}, covers)


def alert_rows(session: Session, *, unacknowledged: bool = False, limit: int | None = None) -> list[BudgetAlert]:
    """Alerts, newest first."""
    statement = select(BudgetAlert).order_by(BudgetAlert.fired_at.desc(), BudgetAlert.id.desc())
    if unacknowledged:
        statement = statement.where(BudgetAlert.acknowledged_at.is_(None))
    return list(session.scalars(statement.limit(limit)))


def period_alerts(session: Session, periods: dict[int, date]) -> dict[int, list[BudgetAlert]]:
    """Budget id -> the alerts of its period that begins on the given day, oldest first."""
    found: dict[int, list[BudgetAlert]] = {}
    rows = session.scalars(
        select(BudgetAlert)
        .where(BudgetAlert.budget_id.in_(list(periods)))
        .order_by(BudgetAlert.fired_at, BudgetAlert.id)
    )
    for row in rows:
        if periods[row.budget_id] == row.period_start:
            found.setdefault(row.budget_id, []).append(row)
    return found


def trigger_rows(session: Session, starts: Sequence[date]) -> list[BudgetTrigger]:
    """The remembered triggers of periods that begin on these days."""
    return list(session.scalars(select(BudgetTrigger).where(BudgetTrigger.period_start.in_(list(starts)))))
