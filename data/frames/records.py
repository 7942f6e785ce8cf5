"""Rows of the small resources as the API shows them."""

from __future__ import annotations

from datetime import date
from typing import cast

from core.money import format_amount
from core.period import Period
from data.frames.budgets import BudgetPlan
from data.models import account, budget, category, rates, tag
from data.schemas import budgets, ledger
from data.schemas.common import AccountType, CategoryKind
from data.schemas.rates import Rate


def account_record(row: account.Account) -> ledger.Account:
    return ledger.Account(
        id=str(row.id),
        name=row.name,
        type=cast(AccountType, row.type),
        institution=row.institution,
        identifier=row.identifier,
        currency=row.currency,
        opening_balance=None if row.opening_balance is None else format_amount(row.opening_balance, row.currency),
        opening_on=row.opening_on,
        opened_on=row.opened_on,
        closed_on=row.closed_on,
        in_net_worth=row.in_net_worth,
    )


def category_record(row: category.Category) -> ledger.Category:
    return ledger.Category(
        id=str(row.id),
        name=row.name,
        parent_id=None if row.parent_id is None else str(row.parent_id),
        kind=cast(CategoryKind, row.kind),
    )


def tag_record(row: tag.Tag) -> ledger.Tag:
    return ledger.Tag(id=str(row.id), name=row.name)


def rate_record(row: rates.TenantRate) -> Rate:
    return Rate(id=str(row.id), base=row.base, quote=row.quote, date=row.day, rate=format(row.rate, "f"))


def budget_record(plan: BudgetPlan, today: date) -> budgets.Budget:
    """`amount` is that of the period that holds `today`, else the newest one."""
    row = plan.budget
    effective_from, amount = amount_now(plan, today)
    return budgets.Budget(
        id=str(row.id),
        name=row.name,
        category_ids=[str(category_id) for category_id in plan.category_ids],
        account_ids=[str(account_id) for account_id in plan.account_ids],
        currency=row.currency,
        rule=rule_record(row),
        amount=format_amount(amount, row.currency),
        effective_from=effective_from,
        rollover=budgets.Rollover(
            policy=cast(budgets.RolloverPolicy, row.rollover_policy),
            cap=None if row.rollover_cap is None else format_amount(row.rollover_cap, row.currency),
        ),
        thresholds=budgets.Thresholds.model_validate(row.thresholds),
    )


def rule_record(row: budget.Budget) -> budgets.Rule:
    """The period rule; the month's last day, stored as day 0, is "last"."""
    return budgets.Rule(
        type=cast(budgets.RuleType, row.rule_type),
        weekday=row.weekday,
        day="last" if row.day == 0 else row.day,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )


def amount_now(plan: BudgetPlan, today: date) -> tuple[date, int]:
    """(effective_from, minor units) of the amount valid in the period that holds `today`, else the newest."""
    period: Period | None = plan.rule.period_holding(today)
    if period is None:
        return plan.amounts[-1]
    begun = [pair for pair in plan.amounts if pair[0] < period.end]
    return begun[-1] if begun else plan.amounts[0]
