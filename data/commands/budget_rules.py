"""A budget's period rule, its defaults and its changes, checked before they are stored."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import ValidationError

from core.budget_periods import PeriodRule
from core.errors import Invalid
from data.context import TenantContext
from data.frames.records import rule_record
from data.models.budget import Budget
from data.schemas.budgets import Rule
from data.schemas.changes import RuleChange

_LAST_DAY = 0
_HIGHEST_LEVEL = 10
_OF_TYPE = {"weekday": "weekly", "day": "monthly"}


def rule_columns(context: TenantContext, rule: Rule) -> dict[str, Any]:
    """The columns of a period rule, with what was left out filled in.

    A weekly rule begins on Mondays, a monthly one on the tenant's month start day. `starts_on` is the first day of the
    week or month that holds today, or of the tenant's current quarter or year. `Invalid` names `rule`.
    """
    weekday = (rule.weekday or 1) if rule.type == "weekly" else None
    day = (rule.day or context.tenant.month_start) if rule.type == "monthly" else None
    try:
        starts_on = rule.starts_on or _first_day(context, PeriodRule(rule.type, weekday, day, context.today))
        PeriodRule(rule.type, weekday, day, starts_on, rule.ends_on)
    except ValueError as error:
        raise Invalid.field("rule", str(error)) from None
    return {
        "rule_type": rule.type,
        "weekday": weekday,
        "day": _LAST_DAY if day == "last" else day,
        "starts_on": starts_on,
        "ends_on": rule.ends_on,
    }


def changed_rule(row: Budget, change: RuleChange) -> Rule:
    """The budget's rule after a merge patch. A change of type drops the weekday or day of the old type."""
    values = rule_record(row).model_dump()
    changes = change.model_dump(exclude_unset=True)
    if "type" in changes and changes["type"] is None:
        raise Invalid.field("rule", "type must not be null")
    if changes.get("type", row.rule_type) != row.rule_type:
        values |= dict.fromkeys(_OF_TYPE)
    try:
        return Rule.model_validate(values | changes)
    except ValidationError as error:
        raise Invalid.field("rule", str(error.errors()[0]["msg"])) from None


def check_levels(levels: list[float]) -> list[float]:
    """Alert levels in ascending order without repetition; `Invalid` unless each is above 0 and at most 10."""
    for level in levels:
        if not 0 < level <= _HIGHEST_LEVEL:  # false for NaN too
            raise Invalid.field("thresholds", f"levels must be above 0 and at most {_HIGHEST_LEVEL}")
    return sorted(set(levels))


def _first_day(context: TenantContext, rule: PeriodRule) -> date:
    months, month = context.months, context.months.index(context.today)
    if rule.type == "quarterly":
        return months.first(month - month % 3)
    if rule.type == "yearly":
        return months.first(month - month % 12)
    period = rule.period_holding(context.today)
    return period.start if period else context.today
