"""`/financial/budgets/proposals`: the budgets that the last six whole months suggest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from core.money import format_amount
from core.period import Period
from data.context import TenantContext
from data.frames.books import category_frame, read_span
from data.frames.budgets import BudgetPlan, Covered, budget_plans
from data.models.budget import Budget
from data.reports.budgeting import Spending
from data.reports.categories import CategoryTree
from data.reports.conversion import Converter
from data.schemas.budget_drafts import BudgetProposal, BudgetProposals, MonthSpent

_MONTHS: Final = 6
_MOST: Final = 12


def budget_proposals(context: TenantContext) -> BudgetProposals:
    """The median month of each expense category at the top of the tree that no budget covers, children included."""
    currency = context.tenant.currency
    with context.db.reading() as session:
        span = read_span(session)
        tree = CategoryTree.of(category_frame(session))
        budgeted = tree.with_children(each for plan in budget_plans(session) for each in plan.category_ids)
        now = context.months.index(context.today)
        months = [
            Period(context.months.first(place), context.months.first(place + 1)) for place in range(now - _MONTHS, now)
        ]
        months = [month for month in months if span.first is not None and span.first < month.end]
        wanted = [
            _covered(root, tree, months, currency) for root in _roots(tree) if not tree.with_children([root]) & budgeted
        ]
        spending = Spending(session, wanted, tree, Converter(session, currency, context.today, {}), context.today)
        nets = spending.nets()
        found = [
            (median([nets.get((-root, month.start), 0) for month in months]), root)
            for root in (-each.plan.budget.id for each in wanted)
        ]
        best = sorted((each for each in found if each[0] > 0), key=lambda each: (-each[0], tree.names[each[1]]))
        return BudgetProposals(
            currency=currency,
            data=[
                BudgetProposal(
                    category_id=str(root),
                    name=tree.names[root],
                    amount=format_amount(amount, currency),
                    months=[
                        MonthSpent(month=month.start, spent=format_amount(nets.get((-root, month.start), 0), currency))
                        for month in months
                    ],
                )
                for amount, root in best[:_MOST]
            ],
            complete=not spending.left_out({each.plan.budget.id for each in wanted}),
            version=span.version,
        )


def median(amounts: Sequence[int]) -> int:
    """The middle of the amounts, of two the mean rounded down; 0 of none."""
    ordered, half = sorted(amounts), len(amounts) // 2
    if not ordered:
        return 0
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) // 2


def _roots(tree: CategoryTree) -> list[int]:
    """The expense categories at the top; where one alone holds all others, those below it."""
    below = {child for children in tree.children.values() for child in children}
    roots = [each for each, kind in tree.kinds.items() if kind == "expense" and each not in below]
    while len(roots) == 1 and tree.children.get(roots[0]):
        roots = list(tree.children[roots[0]])
    return roots


def _covered(root: int, tree: CategoryTree, months: Sequence[Period], currency: str) -> Covered:
    """A budget that is not stored, so that its spending is what a budget's would be. Its id is none of a real one."""
    budget = Budget(id=-root, currency=currency, rollover_policy="reset", thresholds={})
    return Covered(BudgetPlan(budget, (root,), (), ()), tuple(sorted(tree.with_children([root]))), tuple(months))
