"""A budget's figures in a period, computed from the whole history: shared by the report and the alerts.

No figure depends on when a job ran: rollover is rolled anew from the budget's first period each time.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy.orm import Session

from core.budget_status import (
    BudgetFigures,
    Marks,
    PeriodResult,
    RolloverPolicy,
    amount_for,
    figures,
    level_ratio,
    roll,
)
from core.money import checked
from core.period import Period
from data.frames.budgets import BudgetPlan, Covered
from data.frames.spending import Spent, spending_rows
from data.reports.categories import CategoryTree
from data.reports.committed import Committed
from data.reports.conversion import Converter
from data.reports.opening import LeftOut


@dataclass(frozen=True, slots=True)
class BudgetPeriod:
    """One budget in one period; money in minor units of the budget's currency."""

    plan: BudgetPlan
    category_ids: frozenset[int]
    period: Period
    figures: BudgetFigures


Nets = dict[tuple[int, date], int]
"""Budget id and first day of a period -> signed net expense in it."""


class Spending:
    """What was spent on budgets in all their periods and what of it recurs, read once; converted into each budget's
    own currency."""

    def __init__(
        self,
        session: Session,
        wanted: Sequence[Covered],
        tree: CategoryTree,
        convert: Converter,
        today: date,
        found: Sequence[Spent] | None = None,
    ) -> None:
        """`found`: the spending in these periods, and perhaps in others, where it was read already."""
        self.wanted = wanted
        self.today = today
        self.committed = Committed(session, wanted, tree, convert, today)
        self._convert = convert
        self._currencies = {covered.plan.budget.id: covered.plan.budget.currency for covered in wanted}
        own = {(covered.plan.budget.id, period.start) for covered in wanted for period in covered.periods}
        self._rows = [row for row in (spending_rows(session, wanted) if found is None else found) if row[:2] in own]
        for budget_id, _, currency, day, _, _ in self._rows:
            if day is not None:
                convert.need([currency], [day], self._currencies[budget_id])

    def nets(self) -> Nets:
        """What was spent, without what no rate converts."""
        nets: Nets = {}
        for budget_id, start, currency, day, net, _ in self._rows:
            amount = self._amount(budget_id, currency, day, net)
            if amount is not None:
                nets[budget_id, start] = checked(nets.get((budget_id, start), 0) + amount)
        return nets

    def left_out(self, budget_ids: Container[int]) -> LeftOut:
        """What no rate could convert for these budgets, by currency."""
        found = self.committed.left_out(budget_ids)
        for budget_id, _, currency, day, net, count in self._rows:
            if budget_id in budget_ids and self._amount(budget_id, currency, day, net) is None:
                amount, number = found.get(currency, (0, 0))
                found[currency] = (checked(amount - net), number + count)
        return found

    def _amount(self, budget_id: int, currency: str, day: date | None, net: int) -> int | None:
        return net if day is None else self._convert.amount(net, currency, day, self._currencies[budget_id])


def marks_of(plan: BudgetPlan) -> Marks:
    """The budget's thresholds."""
    levels = plan.budget.thresholds.get("levels", [])
    return Marks(levels=tuple(level_ratio(level) for level in levels)) if levels else Marks()


def read_spending(
    session: Session, plans: Sequence[BudgetPlan], tree: CategoryTree, day: date, convert: Converter, today: date
) -> Spending:
    """The spending that the figures of the budgets' periods that hold `day` rest on; budgets that do not exist on
    that day are left out."""
    return Spending(session, covered_on(plans, tree, day), tree, convert, today)


def covered_on(plans: Sequence[BudgetPlan], tree: CategoryTree, day: date) -> list[Covered]:
    """The periods that the figures of the budgets' periods that hold `day` rest on."""
    return [_covered(plan, tree, period) for plan in plans if (period := plan.rule.period_holding(day))]


def budget_periods(spending: Spending) -> list[BudgetPeriod]:
    """The last of each budget's periods with its figures."""
    nets = spending.nets()
    return [_figures(covered, nets, spending, len(covered.periods) - 1)[0] for covered in spending.wanted]


def all_results(spending: Spending) -> list[tuple[BudgetPlan, Period, PeriodResult]]:
    """All of the budgets' periods with their limits and what was spent."""
    nets = spending.nets()
    return [
        (covered.plan, period, result)
        for covered in spending.wanted
        for period, result in zip(covered.periods, _results(covered, nets), strict=True)
    ]


def read_history(
    session: Session, plan: BudgetPlan, tree: CategoryTree, today: date, convert: Converter
) -> tuple[list[BudgetPeriod], LeftOut]:
    """All periods of a budget that have begun by `today`, oldest first, each with its figures; and what no rate
    could convert."""
    periods = tuple(plan.rule.periods(today))
    covered = Covered(plan, tuple(sorted(tree.with_children(plan.category_ids))), periods)
    spending = Spending(session, [covered], tree, convert, today)
    return _figures(covered, spending.nets(), spending), spending.left_out([plan.budget.id])


def _covered(plan: BudgetPlan, tree: CategoryTree, period: Period) -> Covered:
    """The periods a figure of `period` rests on: all up to it where something may roll over, else it alone."""
    rolls = plan.budget.rollover_policy != "reset"
    periods = tuple(plan.rule.periods(period.start)) if rolls else (period,)
    return Covered(plan, tuple(sorted(tree.with_children(plan.category_ids))), periods)


def _results(covered: Covered, nets: Nets) -> list[PeriodResult]:
    """What rolls over and is spent in each covered period."""
    plan, budget = covered.plan, covered.plan.budget
    return roll(
        cast(RolloverPolicy, budget.rollover_policy),
        budget.rollover_cap,
        [(amount_for(plan.amounts, period), nets.get((budget.id, period.start), 0)) for period in covered.periods],
    )


def _figures(covered: Covered, nets: Nets, spending: Spending, first: int = 0) -> list[BudgetPeriod]:
    """The figures of each covered period from place `first` on, what rolls over from all of them taken along."""
    rows = zip(covered.periods[first:], _results(covered, nets)[first:], strict=True)
    return [
        BudgetPeriod(covered.plan, frozenset(covered.category_ids), period, _shown(covered, period, result, spending))
        for period, result in rows
    ]


def _shown(covered: Covered, period: Period, result: PeriodResult, spending: Spending) -> BudgetFigures:
    """The figures of one period; only the current one looks ahead."""
    expected = paid = 0
    if spending.today in period:
        expected = spending.committed.expected(covered)
        paid = spending.committed.paid(covered)
    return figures(result, period, spending.today, expected, paid, marks_of(covered.plan))
