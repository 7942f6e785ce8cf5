"""Budgets and what was spent in their periods, all budgets in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from psycopg.rows import namedtuple_row
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.budget_periods import PeriodRule
from core.period import Period
from data.frames.driver import Select, columns_of, rows
from data.models.budget import Budget, BudgetAlert, BudgetTrigger


@dataclass(frozen=True, slots=True)
class BudgetPlan:
    """A budget (a row with the attributes of `Budget`) with what it covers and its amounts by `effective_from` (minor
    units of its currency)."""

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


_PLANS: Final = f"""
    SELECT {columns_of(Budget, "b")}, ARRAY(SELECT c.category_id FROM budget_categories c
                      WHERE c.tenant_id = :tenant AND c.budget_id = b.id ORDER BY c.category_id) AS categories,
           ARRAY(SELECT a.account_id FROM budget_accounts a
                 WHERE a.tenant_id = :tenant AND a.budget_id = b.id ORDER BY a.account_id) AS accounts,
           ARRAY(SELECT m.effective_from FROM budget_amounts m
                 WHERE m.tenant_id = :tenant AND m.budget_id = b.id ORDER BY m.effective_from) AS days,
           ARRAY(SELECT m.amount FROM budget_amounts m
                 WHERE m.tenant_id = :tenant AND m.budget_id = b.id ORDER BY m.effective_from) AS amounts
    FROM budgets b WHERE b.tenant_id = :tenant ORDER BY lower(b.name), b.id
"""  # noqa: S608 - the columns are constants of this program
PLANS: Final = Select(_PLANS, {}, namedtuple_row)


def budget_plans(session: Session) -> list[BudgetPlan]:
    """All budgets by name: one statement."""
    return [
        BudgetPlan(row, tuple(row.categories), tuple(row.accounts), tuple(zip(row.days, row.amounts, strict=True)))
        for row in rows(session, *PLANS)
    ]


@dataclass(frozen=True, slots=True)
class Covered:
    """What one budget counts: its periods in order, and its categories with all their children."""

    plan: BudgetPlan
    category_ids: tuple[int, ...]
    periods: tuple[Period, ...]


_OPEN_ALERTS: Final = f"""
    SELECT {columns_of(BudgetAlert, "b")}
    FROM budget_alerts b WHERE b.tenant_id = :tenant AND b.acknowledged_at IS NULL
    ORDER BY b.fired_at DESC, b.id DESC LIMIT :most
"""  # noqa: S608 - as above
_PERIOD_ALERTS: Final = f"""
    SELECT {columns_of(BudgetAlert, "b")}
    FROM budget_alerts b JOIN unnest(CAST(:budgets AS bigint[]), CAST(:starts AS date[])) AS p(id, start)
      ON b.tenant_id = :tenant AND b.budget_id = p.id AND b.period_start = p.start
    ORDER BY b.fired_at, b.id
"""  # noqa: S608 - as above


def open_alerts(session: Session, most: int) -> list[Any]:
    """The newest alerts that nobody acknowledged, newest first: rows with the attributes of `BudgetAlert`."""
    return rows(session, *open_alerts_select(most))


def open_alerts_select(most: int) -> Select:
    """What `open_alerts` reads."""
    return Select(_OPEN_ALERTS, {"most": most}, namedtuple_row)


def period_alerts(session: Session, periods: dict[int, date]) -> dict[int, list[Any]]:
    """Budget id -> the alerts of its period that begins on the given day, oldest first: rows with the attributes of
    `BudgetAlert`."""
    found: dict[int, list[Any]] = {}
    for row in rows(session, *period_alerts_select(periods)):
        found.setdefault(row.budget_id, []).append(row)
    return found


def period_alerts_select(periods: dict[int, date]) -> Select:
    """What `period_alerts` reads."""
    wanted = {"budgets": list(periods), "starts": list(periods.values())}
    return Select(_PERIOD_ALERTS, wanted, namedtuple_row)


def trigger_rows(session: Session, starts: Sequence[date]) -> list[BudgetTrigger]:
    """The remembered triggers of periods that begin on these days."""
    return list(session.scalars(select(BudgetTrigger).where(BudgetTrigger.period_start.in_(list(starts)))))
