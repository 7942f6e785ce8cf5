"""`/financial/budgets/<id>/history`: a budget in all its periods up to today."""

from __future__ import annotations

from core.errors import NotFound
from core.money import format_amount
from data.context import TenantContext
from data.frames.books import category_frame
from data.frames.budgets import budget_plans
from data.frames.resources import tenant_version
from data.reports.alerts import alerts_of
from data.reports.budgeting import read_history
from data.reports.budgets import status_record
from data.reports.categories import CategoryTree
from data.reports.conversion import Converter
from data.schemas.dashboard import Unconverted
from data.schemas.pages import BudgetHistory


def budget_history(context: TenantContext, budget_id: int) -> BudgetHistory:
    """Every period, oldest first, the current one last; `NotFound` when the budget is not the tenant's."""
    with context.db.reading() as session:
        plan = next((plan for plan in budget_plans(session) if plan.budget.id == budget_id), None)
        if plan is None:
            raise NotFound(f"There is no budget {budget_id}")
        convert = Converter(session, plan.budget.currency, context.today, {})
        tree = CategoryTree.of(category_frame(session))
        periods, left_out = read_history(session, plan, tree, context.today, convert)
        alerts = alerts_of(session, budget_id)
        return BudgetHistory(
            data=[status_record(row, alerts.get(row.period.start, [])) for row in periods],
            next_cursor=None,
            version=tenant_version(session),
            complete=not left_out,
            unconverted=[
                Unconverted(currency=currency, amount=format_amount(amount, currency), count=count)
                for currency, (amount, count) in sorted(left_out.items())
            ],
        )
