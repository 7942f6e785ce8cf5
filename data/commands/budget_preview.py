"""Try a budget out: store it, read what its periods would have been, and take it all back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from core.money import format_amount
from core.period import Period
from data.commands.budgets import add_budget
from data.commands.unit import Write, write
from data.context import TenantContext
from data.frames.books import category_frame, read_span
from data.frames.budgets import BudgetPlan, Covered, budget_plans
from data.reports.budgeting import Spending, all_results
from data.reports.budgets import day_span
from data.reports.categories import CategoryTree
from data.reports.conversion import Converter
from data.schemas.budget_drafts import BudgetPreview, ComingPeriod, PastPeriod
from data.schemas.budgets import BudgetIn
from data.schemas.dashboard import Unconverted

_COMING: Final = 3
_PAST: Final = 6


def preview_budget(context: TenantContext, new: BudgetIn) -> BudgetPreview:
    """What `new` would be, and would have been. `Invalid` where `create_budget` is."""
    with write(context) as unit:
        unit.discard = True
        row = add_budget(unit, new)
        plan = next(plan for plan in budget_plans(unit.session) if plan.budget.id == row.id)
        spending = _spending(unit, plan, _past(unit, plan))
        currency, amount = row.currency, plan.amounts[0][1]
        return BudgetPreview(
            currency=currency,
            coming=[
                ComingPeriod(period=day_span(each.start, each.last), amount=format_amount(amount, currency))
                for each in _coming(context, plan)
            ],
            past=_went(spending, currency),
            complete=not spending.left_out([row.id]),
            unconverted=[
                Unconverted(currency=each, amount=format_amount(sum_, each), count=count)
                for each, (sum_, count) in sorted(spending.left_out([row.id]).items())
            ],
        )


def _coming(context: TenantContext, plan: BudgetPlan) -> list[Period]:
    """The period that holds today, or the first one, and those that follow."""
    found: list[Period] = []
    day = max(context.today, plan.budget.starts_on)
    while len(found) < _COMING and (period := plan.rule.period_holding(day)):
        found.append(period)
        day = period.end
    return found


def _past(unit: Write, plan: BudgetPlan) -> list[Period]:
    """The last whole periods; none from before the books begin."""
    first = read_span(unit.session).first
    return [
        period for period in plan.rule.before(unit.context.today, _PAST) if first is not None and period.end > first
    ]


def _spending(unit: Write, plan: BudgetPlan, periods: Sequence[Period]) -> Spending:
    tree = CategoryTree.of(category_frame(unit.session))
    covered = Covered(plan, tuple(sorted(tree.with_children(plan.category_ids))), tuple(periods))
    today = unit.context.today
    return Spending(unit.session, [covered], tree, Converter(unit.session, plan.budget.currency, today, {}), today)


def _went(spending: Spending, currency: str) -> list[PastPeriod]:
    return [
        PastPeriod(
            period=day_span(period.start, period.last),
            amount=format_amount(result.amount, currency),
            rollover=format_amount(result.rollover, currency),
            limit=format_amount(result.limit, currency),
            spent=format_amount(result.spent, currency),
            remaining=format_amount(result.remaining, currency),
            over=result.spent > result.limit,
        )
        for _, period, result in all_results(spending)
    ]
