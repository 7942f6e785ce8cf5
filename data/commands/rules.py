"""Make, change, move and delete categorisation rules."""

from __future__ import annotations

from functools import partial
from typing import Final

from core.errors import Invalid
from data.commands import resources
from data.commands.references import tags_named
from data.commands.resources import Versioned
from data.commands.rule_references import stored_actions, stored_conditions
from data.commands.unit import Write, write
from data.context import TenantContext
from data.frames.rules import rule_records, rule_rows
from data.models.rule import Rule
from data.schemas.rules import CategorisationRule, RuleIn, RulePatch

MOST_RULES: Final = 500


def create_rule(context: TenantContext, new: RuleIn) -> Versioned[CategorisationRule]:
    """Add a rule at `position`, by default last; the ones from there on move down."""
    with write(context) as unit:
        rows = list(rule_rows(unit.session))
        if len(rows) >= MOST_RULES:
            raise Invalid.field("rules", f"there are {MOST_RULES} already: remove one first")
        row = Rule(
            **unit.stamp,
            position=rows[-1].position + 1 if rows else 1,
            match=new.match,
            conditions=stored_conditions(unit.session, new.conditions),
            actions=stored_actions(unit.session, new.actions, partial(tags_named, unit)),
            enabled=new.enabled,
        )
        unit.session.add(row)
        if new.position is not None:
            row.position = _place(unit, row, rows, new.position)
        return resources.add(unit, "rule", row, lambda stored: rule_records(unit.session, [stored])[0])


def update_rule(
    context: TenantContext, rule_id: int, patch: RulePatch, if_match: int | None = None
) -> Versioned[CategorisationRule]:
    """Change a rule; with `position` move it to that place, which numbers all rules anew."""
    with write(context) as unit:
        row = resources.find(unit, Rule, rule_id, "rule", if_match)
        values = resources.given(patch, nullable=())
        if patch.conditions is not None:
            values["conditions"] = stored_conditions(unit.session, patch.conditions)
        if patch.actions is not None:
            values["actions"] = stored_actions(unit.session, patch.actions, partial(tags_named, unit))
        position = values.pop("position", row.position)
        if position != row.position:
            others = [other for other in rule_rows(unit.session) if other is not row]
            values["position"] = _place(unit, row, others, position)
        return resources.change(unit, "rule", row, values, lambda stored: rule_records(unit.session, [stored])[0])


def delete_rule(context: TenantContext, rule_id: int, if_match: int | None = None) -> None:
    """Remove a rule; what it filed stays as it is, and the other rules keep their positions."""
    with write(context) as unit:
        row = resources.find(unit, Rule, rule_id, "rule", if_match)
        resources.remove(unit, "rule", row, rule_records(unit.session, [row])[0])


def _place(unit: Write, row: Rule, others: list[Rule], position: int) -> int:
    """Number the others from 1 with a gap at the place that `row` is to have, and answer that place."""
    place = min(position, len(others) + 1)
    for number, other in enumerate([*others[: place - 1], row, *others[place - 1 :]], start=1):
        if other is not row and other.position != number:
            other.position = number
            resources.stamp(unit, other)
    return place
