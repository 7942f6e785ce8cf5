"""JSON Merge Patches (RFC 7396) of tags, budgets and alerts: what is absent stays, null removes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from data.schemas.budgets import MonthDay, RolloverPolicy, RuleType
from data.schemas.common import Currency, Day, Id, In, Money, Name

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _read_instant(value: Any) -> Any:
    try:
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value.astimezone(UTC)
        if isinstance(value, str) and _INSTANT.fullmatch(value):
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except OverflowError:  # the first or last hours of the calendar, elsewhere
        pass
    raise ValueError("must be an instant such as 2026-01-31T08:00:00Z")


Instant = Annotated[datetime, BeforeValidator(_read_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
"""An RFC 3339 instant with its offset, brought to UTC."""


class TagPatch(In):
    name: Name | None = None


class AlertPatch(In):
    """`acknowledged: true` marks the alert as seen now, `acknowledged_at` at that instant; false and null undo it."""

    acknowledged: bool | None = None
    acknowledged_at: Instant | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.model_fields_set == {"acknowledged", "acknowledged_at"}:
            raise ValueError("acknowledged and acknowledged_at must not be given together")
        if "acknowledged" in self.model_fields_set and self.acknowledged is None:
            raise ValueError("acknowledged must be true or false")
        return self


class RuleChange(In):
    type: RuleType | None = None
    weekday: int | None = Field(default=None, ge=1, le=7)
    day: MonthDay | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None


class RolloverChange(In):
    policy: RolloverPolicy | None = None
    cap: Money | None = None


class ThresholdsChange(In):
    levels: list[float] | None = Field(default=None, min_length=1, max_length=10)


class BudgetChange(In):
    """A change of a budget; its nested objects are merged field by field.

    `amount` counts from the period that holds `effective_from` on (default: today's); past periods keep theirs.
    """

    name: Name | None = None
    category_ids: list[Id] | None = Field(default=None, min_length=1, max_length=500)
    account_ids: list[Id] | None = Field(default=None, max_length=5000)
    currency: Currency | None = None
    rule: RuleChange | None = None
    amount: Money | None = None
    effective_from: Day | None = None
    rollover: RolloverChange | None = None
    thresholds: ThresholdsChange | None = None
