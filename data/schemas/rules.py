"""Categorisation rules, trying them out and applying them, as the API shows and takes them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from data.schemas.common import Day, Id, In, Money, Out
from data.schemas.rule_parts import Action, Condition, each_once

RuleMatch = Literal["all", "any"]
Conditions = Annotated[list[Condition], Field(min_length=1, max_length=50)]
Actions = Annotated[list[Action], Field(min_length=1, max_length=10)]
Position = Annotated[int, Field(ge=1, le=1_000_000)]


class CategorisationRule(Out):
    """A rule: what is to be done with transactions that meet all (or any) of its conditions."""

    id: Id
    position: int
    match: RuleMatch
    conditions: list[Condition]
    actions: list[Action]
    enabled: bool


class RuleDraft(In):
    """A rule that is not stored."""

    match: RuleMatch = "all"
    conditions: Conditions
    actions: Actions

    @field_validator("actions")
    @classmethod
    def _each_once(cls, actions: list[Action]) -> list[Action] | None:
        return each_once(actions)


class RuleIn(RuleDraft):
    """A new rule; without `position` it comes last."""

    position: Position | None = None
    enabled: bool = True


class RulePatch(In):
    match: RuleMatch | None = None
    conditions: Conditions | None = None
    actions: Actions | None = None
    position: Position | None = None
    enabled: bool | None = None

    @field_validator("actions")
    @classmethod
    def _each_once(cls, actions: list[Action] | None) -> list[Action] | None:
        return each_once(actions)


class RuleScope(In):
    """Which rules (by default all that are enabled) to which transactions (by default all)."""

    rule_ids: list[Id] | None = Field(default=None, min_length=1, max_length=500)
    from_: Day | None = Field(default=None, alias="from", serialization_alias="from")
    to: Day | None = None
    account_ids: list[Id] | None = Field(default=None, min_length=1, max_length=5000)
    only_uncategorised: bool = False

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        if self.from_ is not None and self.to is not None and self.to < self.from_:
            raise ValueError("to must not be before from")
        return self


class RulePreviewIn(RuleScope):
    """What to try out: `rule`, which need not be stored, or stored ones."""

    rule: RuleDraft | None = None

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if self.rule is not None and self.rule_ids is not None:
            raise ValueError("give rule or rule_ids, not both")
        return self


class PreviewedChange(Out):
    """What would change of a transaction: the fields as they are and as they would be."""

    transaction_id: Id
    booked_on: Day
    payee: str | None
    amount: Money
    currency: str
    before: dict[str, Any]
    after: dict[str, Any]


class RulePreview(Out):
    """How many transactions were looked at, how many meet a rule, how many would change; the newest 50 of these."""

    checked: int
    matched: int
    changed: int
    data: list[PreviewedChange]


class RuleRun(Out):
    """Rules applied to the ledger; deleting it takes that back."""

    id: Id
    rule_ids: list[Id]
    from_: Day | None = Field(alias="from", serialization_alias="from")
    to: Day | None
    account_ids: list[Id] | None
    only_uncategorised: bool
    changed: int
    created_at: datetime
