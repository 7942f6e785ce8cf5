"""Make, change and delete budgets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select

from core.errors import Invalid
from core.money import parse_amount
from data.commands import resources
from data.commands.budget_rules import changed_rule, check_levels, rule_columns
from data.commands.references import accounts_named, categories_named
from data.commands.resources import Versioned
from data.commands.unit import Write, write
from data.context import TenantContext
from data.frames.budgets import BudgetPlan, budget_plans
from data.frames.records import budget_record
from data.models.budget import Budget, BudgetAccount, BudgetAlert, BudgetAmount, BudgetCategory
from data.models.category import Category
from data.schemas import budgets
from data.schemas.changes import BudgetChange, RolloverChange, ThresholdsChange

_NULLABLE = frozenset({"account_ids", "rollover", "thresholds"})


def create_budget(context: TenantContext, new: budgets.BudgetIn) -> Versioned[budgets.Budget]:
    """Add a budget. By default it is in the tenant's currency, begins with the current period (`rule_columns`), and
    its amount counts from `rule.starts_on` on. `Invalid` for categories that are neither expense nor saving."""
    with write(context) as unit:
        row = add_budget(unit, new)
        answer = budget_record(_plan(unit, row.id), context.today)
        unit.audit("create", "budget", row.id, after=answer.model_dump(mode="json"))
        return answer, row.updated_version


def add_budget(unit: Write, new: budgets.BudgetIn) -> Budget:
    """The rows of a new budget, all that `create_budget` stores before it answers."""
    currency = new.currency or unit.context.tenant.currency
    row = Budget(
        **unit.stamp,
        **rule_columns(unit.context, new.rule),
        name=resources.plain_name(new.name),
        currency=currency,
        rollover_policy=new.rollover.policy,
        rollover_cap=_cap(new.rollover.cap, currency),
        thresholds={"levels": check_levels(new.thresholds.levels)},
    )
    unit.session.add(row)
    unit.session.flush()
    _put_categories(unit, row.id, new.category_ids)
    _put_accounts(unit, row.id, new.account_ids)
    _put_amount(unit, row.id, new.effective_from or row.starts_on, _amount(new.amount, currency))
    return row


def update_budget(
    context: TenantContext, budget_id: int, patch: BudgetChange, if_match: int | None = None
) -> Versioned[budgets.Budget]:
    """Change a budget. A new amount counts from the period that holds `effective_from` on, by default the current
    one; past periods keep theirs. A new currency keeps the numbers and is `Invalid` where it has fewer decimals."""
    with write(context) as unit:
        row = resources.find(unit, Budget, budget_id, "budget", if_match)
        before = budget_record(_plan(unit, row.id), context.today)
        values = resources.given(patch, _NULLABLE)
        if "effective_from" in values and "amount" not in values:
            raise Invalid.field("effective_from", "needs an amount that counts from that day on")
        _change_columns(unit, row, patch, values)
        if "category_ids" in values:
            _put_categories(unit, row.id, values["category_ids"])
        if "account_ids" in values:
            _put_accounts(unit, row.id, values["account_ids"] or [])
        planned = _change_amount(unit, row, values) if "amount" in values else {}
        after = budget_record(_plan(unit, row.id), context.today)
        if after != before or planned:
            resources.stamp(unit, row)
            unit.session.flush()
        resources.audit_change(unit, "budget", row.id, before, after.model_copy(update=planned))
        return after, row.updated_version


def delete_budget(context: TenantContext, budget_id: int, if_match: int | None = None) -> None:
    """Remove a budget with its amounts and alerts."""
    with write(context) as unit:
        row = resources.find(unit, Budget, budget_id, "budget", if_match)
        before = budget_record(_plan(unit, row.id), context.today)
        unit.deleted("alert", unit.session.scalars(select(BudgetAlert.id).where(BudgetAlert.budget_id == row.id)))
        resources.remove(unit, "budget", row, before)


def _plan(unit: Write, budget_id: int) -> BudgetPlan:
    return next(plan for plan in budget_plans(unit.session) if plan.budget.id == budget_id)


def _change_columns(unit: Write, row: Budget, patch: BudgetChange, values: dict[str, Any]) -> None:
    """Set the columns of the budget itself; a null rollover or null thresholds are the defaults again."""
    if "name" in values:
        row.name = resources.plain_name(values["name"])
    if "currency" in values:
        _change_currency(unit, row, values["currency"])
    if patch.rule is not None:
        for name, value in rule_columns(unit.context, changed_rule(row, patch.rule)).items():
            setattr(row, name, value)
    if "rollover" in values:
        _change_rollover(row, patch.rollover or RolloverChange(policy=None, cap=None))
    if "thresholds" in values:
        change = patch.thresholds or ThresholdsChange(levels=None)
        if "levels" in change.model_fields_set:
            row.thresholds = {"levels": check_levels(change.levels or budgets.Thresholds().levels)}
    unit.session.flush()


def _change_rollover(row: Budget, change: RolloverChange) -> None:
    if "policy" in change.model_fields_set:
        row.rollover_policy = change.policy or budgets.Rollover().policy
    if "cap" in change.model_fields_set:
        row.rollover_cap = _cap(change.cap, row.currency)


def _change_currency(unit: Write, row: Budget, currency: str) -> None:
    for each in unit.session.scalars(select(BudgetAmount).where(BudgetAmount.budget_id == row.id)).all():
        each.amount = resources.recast(each.amount, row.currency, currency) or 0
    row.rollover_cap = resources.recast(row.rollover_cap, row.currency, currency)
    row.currency = currency


def _change_amount(unit: Write, row: Budget, values: dict[str, Any]) -> dict[str, Any]:
    """Plan an amount; it replaces any other that begins in the same period. Answers what was set."""
    rule = _plan(unit, row.id).rule
    today = unit.context.today
    current = rule.period_holding(today)
    default = current.start if current else max(today, row.starts_on)
    effective_from: date = values.get("effective_from", default)
    period = rule.period_holding(effective_from)
    minor = _amount(values["amount"], row.currency)
    first, end = (period.start, period.end) if period else (effective_from, effective_from)
    unit.session.execute(
        delete(BudgetAmount).where(
            BudgetAmount.budget_id == row.id,
            (BudgetAmount.effective_from == effective_from)
            | ((BudgetAmount.effective_from >= first) & (BudgetAmount.effective_from < end)),
        )
    )
    _put_amount(unit, row.id, effective_from, minor)
    return {"amount": values["amount"], "effective_from": effective_from}


def _put_amount(unit: Write, budget_id: int, effective_from: date, minor: int) -> None:
    values = {"budget_id": budget_id, "effective_from": effective_from, "amount": minor}
    unit.session.execute(insert(BudgetAmount).values(tenant_id=unit.tenant_id, **values))


def _put_categories(unit: Write, budget_id: int, texts: Sequence[str]) -> None:
    ids = set(categories_named(unit.session, texts, "category_ids").values())
    kinds = unit.session.execute(select(Category.name, Category.kind).where(Category.id.in_(ids)))
    wrong = [name for name, kind in kinds if kind not in ("expense", "saving")]
    if wrong:
        raise Invalid.field("category_ids", f"must be of kind expense or saving, unlike {min(wrong)}")
    unit.session.execute(delete(BudgetCategory).where(BudgetCategory.budget_id == budget_id))
    rows = [{"tenant_id": unit.tenant_id, "budget_id": budget_id, "category_id": each} for each in sorted(ids)]
    unit.session.execute(insert(BudgetCategory), rows)


def _put_accounts(unit: Write, budget_id: int, texts: Sequence[str]) -> None:
    ids = {row.id for row in accounts_named(unit.session, texts, "account_ids").values()}
    unit.session.execute(delete(BudgetAccount).where(BudgetAccount.budget_id == budget_id))
    rows = [{"tenant_id": unit.tenant_id, "budget_id": budget_id, "account_id": each} for each in sorted(ids)]
    if rows:
        unit.session.execute(insert(BudgetAccount), rows)


def _amount(text: str, currency: str, field: str = "amount") -> int:
    minor = parse_amount(text, currency, field=field)
    if minor < 0:
        raise Invalid.field(field, "must not be negative")
    return minor


def _cap(text: str | None, currency: str) -> int | None:
    return None if text is None else _amount(text, currency, "rollover")
