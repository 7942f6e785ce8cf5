"""Budgets in words: when their periods begin, what rolls over, what a projection rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from components.format import Format
from components.query import View
from data.schemas.budgets import Budget, Rule
from data.schemas.figures import FigureDefinition

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ROLLOVERS: Final = {
    "reset": "Nothing: each period starts anew",
    "carry_positive": "What is left is added to the next period",
    "carry_all": "What is left or missing moves to the next period",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """What all parts of the budgets page need: the locale, the view, names, and what the person may do."""

    fmt: Format
    view: View
    today: date
    writes: bool
    categories: Mapping[str, str] = field(default_factory=dict)
    accounts: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, FigureDefinition] = field(default_factory=dict)

    def named(self, category_ids: list[str]) -> str:
        """The categories by name, as far as there is room."""
        names = sorted(self.categories.get(each, each) for each in category_ids)
        return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")

    def seen_in(self, first: date, last: date) -> Desk:
        """The same desk for figures of these days."""
        view = View((("from", first.isoformat()), ("to", last.isoformat())))
        return Desk(self.fmt, view, self.today, self.writes, self.categories, self.accounts, self.definitions)


def rule_words(rule: Rule, fmt: Format) -> str:
    """`Monthly, from the last day`, `Weekly, from Monday`, `Quarterly, from 1 Jan 2026`."""
    until = f", until {fmt.day(rule.ends_on)}" if rule.ends_on else ""
    if rule.type == "weekly":
        return f"Weekly, from {_WEEKDAYS[(rule.weekday or 1) - 1]}{until}"
    if rule.type == "monthly":
        day = "the last day" if rule.day == "last" else f"day {rule.day or 1}"
        return f"Monthly, from {day}{until}"
    if rule.type == "fixed" and rule.starts_on and rule.ends_on:
        return f"Once, {fmt.span(rule.starts_on, rule.ends_on)}"
    start = f", from {fmt.day(rule.starts_on)}" if rule.starts_on else ""
    return f"{rule.type.capitalize()}{start}{until}"


def rollover_words(budget: Budget, fmt: Format) -> str:
    """What an unspent rest does."""
    said = ROLLOVERS[budget.rollover.policy]
    if budget.rollover.cap is None or budget.rollover.policy == "reset":
        return said
    return f"{said}, up to {fmt.money(budget.rollover.cap, budget.currency)}"


def level_words(level: str, fmt: Format) -> tuple[bool, str]:
    """Whether an alert's level means over the limit, and what to say: levels are ratios or `projected_over`."""
    if level == "projected_over":
        return False, "Likely to end over its limit"
    ratio = float(level)
    if ratio >= 1:
        return True, "Over its limit"
    return False, f"Reached {fmt.percent(ratio)} of its limit"
