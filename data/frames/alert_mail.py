"""The alerts that one change fired, with the names that a letter says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.models.budget import Budget, BudgetAlert


@dataclass(frozen=True, slots=True)
class FiredAlert:
    """A budget's name, the level it reached, and the first and last day of the period."""

    budget: str
    level: str
    first: date
    last: date


def fired_alerts(session: Session, version: int) -> list[FiredAlert]:
    """The alerts of the write that made this version; those of budgets that are gone are gone, too."""
    rows = session.execute(
        select(Budget.name, BudgetAlert.level, BudgetAlert.period_start, BudgetAlert.period_end)
        .join(Budget, Budget.id == BudgetAlert.budget_id)
        .where(BudgetAlert.created_version == version)
        .order_by(BudgetAlert.id)
    )
    return [FiredAlert(*row) for row in rows]
