"""Budgets: what they cover, their period rule, their rollover, and their status in one period."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from data.schemas.common import Currency, Day, Id, In, Money, Name, Out

RuleType = Literal["weekly", "monthly", "quarterly", "yearly", "fixed"]
RolloverPolicy = Literal["reset", "carry_positive", "carry_all"]
Level = float | Literal["projected_over"]
"""What an alert is about: the ratio of the limit that was reached, or that the budget is likely to end over it."""
BudgetState = Literal["unbudgeted", "over", "projected_over", "warning", "no_activity", "on_track"]


def _read_month_day(value: Any) -> Any:
    if value == "last" or (type(value) is int and 1 <= value <= 28):
        return value
    raise ValueError('must be a day from 1 to 28, or "last"')


MonthDay = Annotated[
    int | Literal["last"],
    BeforeValidator(_read_month_day),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1, "maximum": 28}, {"const": "last", "type": "string"}]}),
]


class Rule(In):
    """When periods begin. `weekday` is 1 (Monday) to 7; `day` 1 to 28 or "last"; a fixed rule needs both days."""

    type: RuleType = "monthly"
    weekday: int | None = Field(default=None, ge=1, le=7)
    day: MonthDay | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if self.type == "fixed" and (self.starts_on is None or self.ends_on is None):
            raise ValueError("a fixed rule needs starts_on and ends_on")
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValueError("ends_on must not be before starts_on")
        if self.weekday is not None and self.type != "weekly":
            raise ValueError("weekday belongs to a weekly rule")
        if self.day is not None and self.type != "monthly":
            raise ValueError("day belongs to a monthly rule")
        return self


class Rollover(In):
    """What an unspent or overspent rest does to the next period; `cap` bounds it in both directions."""

    policy: RolloverPolicy = "reset"
    cap: Money | None = None


class Thresholds(In):
    """The tenant's own warning marks: ratios of the limit at which an alert fires."""

    levels: list[float] = Field(default=[0.8, 0.9, 1.0], min_length=1, max_length=10)


class Budget(Out):
    id: Id
    name: str
    category_ids: list[Id]
    account_ids: list[Id]
    currency: Currency
    rule: Rule
    amount: Money
    effective_from: Day
    rollover: Rollover
    thresholds: Thresholds


class BudgetIn(In):
    name: Name
    category_ids: list[Id] = Field(min_length=1, max_length=500)
    account_ids: list[Id] = Field(default_factory=list, max_length=5000)
    currency: Currency | None = None
    rule: Rule = Rule()
    amount: Money
    effective_from: Day | None = None
    rollover: Rollover = Rollover()
    thresholds: Thresholds = Thresholds()


class DaySpan(Out):
    """Days from `from` to `to`, both included."""

    from_: Day = Field(alias="from", serialization_alias="from")
    to: Day


class StatusAlert(Out):
    level: Level
    fired_at: datetime
    acknowledged: bool


class BudgetStatus(Out):
    """One budget in one of its periods (`semantics.md`, Budgets). Ratios have 4 decimals."""

    id: Id
    name: str
    category_ids: list[Id]
    currency: Currency
    period: DaySpan
    amount: Money
    rollover: Money
    limit: Money
    spent: Money
    committed: Money | None
    remaining: Money
    used: float | None
    elapsed: float
    projected: Money | None
    status: BudgetState
    left_per_day: Money | None
    alerts: list[StatusAlert]


class BudgetAlert(Out):
    """A budget that reached one of its levels."""

    id: Id
    budget_id: Id
    period: DaySpan
    level: Level
    fired_at: datetime
    acknowledged_at: datetime | None
