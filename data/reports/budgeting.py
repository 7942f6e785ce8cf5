"""A budget's figures in a period, computed from the whole history: shared by the report and the alerts.

No figure depends on when a job ran: rollover is rolled anew from the budget's first period each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy.orm import Session

from core.budget_status import BudgetFigures, Marks, RolloverPolicy, amount_for, figures, level_ratio, roll
from core.period import Period
from data.frames.budgets import BudgetPlan, Covered, spending_frame
from data.reports.categories import CategoryTree


@dataclass(frozen=True, slots=True)
class BudgetPeriod:
    """One budget in one period; money in minor units of the budget's currency."""

    plan: BudgetPlan
    category_ids: frozenset[int]
    period: Period
    figures: BudgetFigures


@dataclass(frozen=True, slots=True)
class Budgeted:
    """Budget periods, and what stayed out of them for want of a rate: currency -> (minor units, count)."""

    periods: list[BudgetPeriod]
    left_out: dict[str, tuple[int, int]]


def marks_of(plan: BudgetPlan) -> Marks:
    """The budget's thresholds."""
    levels = plan.budget.thresholds.get("levels", [])
    return Marks(levels=tuple(level_ratio(level) for level in levels)) if levels else Marks()


def budget_periods(
    session: Session, plans: Sequence[BudgetPlan], tree: CategoryTree, day: date, today: date
) -> Budgeted:
    """The period of each budget that holds `day`, with its figures; budgets that do not exist on it are left out."""
    wanted = [_covered(plan, tree, period) for plan in plans if (period := plan.rule.period_holding(day))]
    nets, left_out = _nets(session, wanted)
    return Budgeted([_figures(covered, nets, today)[-1] for covered in wanted], left_out)


def history(session: Session, plan: BudgetPlan, tree: CategoryTree, today: date) -> Budgeted:
    """All periods of a budget that have begun by `today`, oldest first, each with its figures."""
    periods = tuple(plan.rule.periods(today))
    covered = Covered(plan, tuple(sorted(tree.with_children(plan.category_ids))), periods)
    nets, left_out = _nets(session, [covered])
    return Budgeted(_figures(covered, nets, today), left_out)


def _nets(session: Session, wanted: Sequence[Covered]) -> tuple[dict[tuple[int, int], int], dict[str, tuple[int, int]]]:
    """(budget id, place of the period) -> signed net expense, and what no rate could convert."""
    frame = spending_frame(session, wanted)
    nets: dict[tuple[int, int], int] = {}
    left_out: dict[str, tuple[int, int]] = {}
    currencies = {covered.plan.budget.id: covered.plan.budget.currency for covered in wanted}
    for budget_id, place, currency, net, count in zip(*(frame[name].tolist() for name in frame), strict=True):
        if currency == currencies[budget_id]:
            nets[budget_id, place] = nets.get((budget_id, place), 0) + net
        else:
            amount, number = left_out.get(currency, (0, 0))
            left_out[currency] = (amount - net, number + count)
    return nets, left_out


def _covered(plan: BudgetPlan, tree: CategoryTree, period: Period) -> Covered:
    """The periods a figure of `period` rests on: all up to it where something may roll over, else it alone."""
    rolls = plan.budget.rollover_policy != "reset"
    periods = tuple(plan.rule.periods(period.start)) if rolls else (period,)
    return Covered(plan, tuple(sorted(tree.with_children(plan.category_ids))), periods)


def _figures(covered: Covered, nets: dict[tuple[int, int], int], today: date) -> list[BudgetPeriod]:
    """The figures of each covered period, what rolls over taken along."""
    plan, budget = covered.plan, covered.plan.budget
    results = roll(
        cast(RolloverPolicy, budget.rollover_policy),
        budget.rollover_cap,
        [
            (amount_for(plan.amounts, period), nets.get((budget.id, place), 0))
            for place, period in enumerate(covered.periods)
        ],
    )
    # What recurs is not known yet, so nothing is said to be committed and nothing is projected.
    return [
        BudgetPeriod(
            plan,
            frozenset(covered.category_ids),
            period,
            figures(result, period, today, expected=None, recurring_paid=0, marks=marks_of(plan)),
        )
        for period, result in zip(covered.periods, results, strict=True)
    ]
