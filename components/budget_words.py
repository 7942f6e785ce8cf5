"""Budgets in words: when their periods begin, what rolls over, what a projection rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from components.format import Format
from components.query import View
from core.i18n import N_, _
from data.schemas.budgets import Budget, Level, Rule
from data.schemas.figures import FigureDefinition

_WEEKDAYS: Final = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
_EVERY: Final = {"quarterly": N_("Quarterly"), "yearly": N_("Yearly"), "fixed": N_("Once")}
ROLLOVERS: Final = {
    "reset": N_("Nothing: each period starts anew"),
    "carry_positive": N_("What is left is added to the next period"),
    "carry_all": N_("What is left or missing moves to the next period"),
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
        return ", ".join(names[:3]) + (f" {_('and {count} more', count=len(names) - 3)}" if len(names) > 3 else "")

    def seen_in(self, first: date, last: date) -> Desk:
        """The same desk for figures of these days."""
        view = View((("from", first.isoformat()), ("to", last.isoformat())))
        return Desk(self.fmt, view, self.today, self.writes, self.categories, self.accounts, self.definitions)


def rule_words(rule: Rule, fmt: Format) -> str:
    """`Monthly, from the last day`, `Weekly, from Monday`, `Quarterly, from 1 Jan 2026`."""
    until = f", {_('until {day}', day=fmt.day(rule.ends_on))}" if rule.ends_on else ""
    if rule.type == "weekly":
        return _("Weekly, from {weekday}{until}", weekday=_(_WEEKDAYS[(rule.weekday or 1) - 1]), until=until)
    if rule.type == "monthly":
        day = _("the last day") if rule.day == "last" else _("day {day}", day=rule.day or 1)
        return _("Monthly, from {day}{until}", day=day, until=until)
    if rule.type == "fixed" and rule.starts_on and rule.ends_on:
        return _("Once, {days}", days=fmt.span(rule.starts_on, rule.ends_on))
    start = f", {_('from {day}', day=fmt.day(rule.starts_on))}" if rule.starts_on else ""
    return f"{_(_EVERY.get(rule.type, rule.type.capitalize()))}{start}{until}"


def rollover_words(budget: Budget, fmt: Format) -> str:
    """What an unspent rest does."""
    said = _(ROLLOVERS[budget.rollover.policy])
    if budget.rollover.cap is None or budget.rollover.policy == "reset":
        return said
    return _("{said}, up to {cap}", said=said, cap=fmt.money(budget.rollover.cap, budget.currency))


def level_words(level: Level, fmt: Format) -> tuple[bool, str]:
    """Whether an alert's level means over the limit, and what to say: levels are ratios or `projected_over`."""
    if isinstance(level, str):
        return False, _("Likely to end over its limit")
    if level >= 1:
        return True, _("Over its limit")
    return False, _("Reached {ratio} of its limit", ratio=fmt.percent(level))
