"""When a budget's alerts fire and when they are armed again (`semantics.md`, Budgets: alerts).

A pure function of what is stored for one budget and one period and of the new figures. The caller calls it
once per command, for the period that holds today, and stores the marks and the alert together.

Triggers are named as in the answers: a level by its ratio (`"0.8"`, `"1.0"`), the projection `projected_over`.
In order of urgency the projection stands just below level 1, as the status does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from core.budget_status import DEFAULT_MARKS, BudgetFigures, Marks, level_ratio

PROJECTED_OVER: Final = "projected_over"
_FULL: Final = Fraction(1)


@dataclass(frozen=True, slots=True)
class Trigger:
    """The stored state of one trigger: alerts given so far (0: never) and whether it may fire."""

    level: str
    occurrence: int
    armed: bool


@dataclass(frozen=True, slots=True)
class Alert:
    """A new alert; with budget and period, `level` and `occurrence` (from 1) are its key."""

    level: str
    occurrence: int


@dataclass(frozen=True, slots=True)
class AlertOutcome:
    """The alert of this command, if any, and the state to store in place of the old one, least urgent first."""

    fired: Alert | None
    triggers: tuple[Trigger, ...]


def level_name(level: Fraction) -> str:
    """The name of a level in keys and answers: `"0.8"`, `"1.0"`."""
    return str(float(level))


def levels_reached(used: Fraction | None, spent: int, limit: int, levels: Iterable[Fraction]) -> tuple[Fraction, ...]:
    """The levels that hold, lowest first: `used` at or above them, and for level 1 `spent` above `limit`."""
    return tuple(
        level
        for level in sorted(set(levels))
        if (spent > limit if level == _FULL else used is not None and used >= level)
    )


def next_alerts(stored: Sequence[Trigger], now: BudgetFigures, marks: Marks = DEFAULT_MARKS) -> AlertOutcome:
    """The alert that `now` gives and the new state; a trigger that is not stored is armed.

    First triggers are armed again, then of the armed ones that hold the most urgent fires. Those that hold
    below it count as fired, as does all below a level that fires unless it would be armed again at once, and
    every level below one that fired earlier and is not armed again (a level may be new in `marks`). The same
    figures once more change nothing. Outside the current period nothing fires and nothing changes.
    """
    if not now.current:
        return AlertOutcome(None, tuple(stored))
    state = {each.level: replace(each, armed=each.armed or _rearms(each.level, now, marks)) for each in stored}
    names = [*map(level_name, marks.levels), PROJECTED_OVER]
    for name in names:
        state.setdefault(name, Trigger(name, 0, True))
    holding = [name for name in _holding(now, marks) if state[name].armed]
    live = [name for name in holding if not _covered(name, state.values())]
    top = max(live, key=_urgency, default=None)
    silenced = {*holding, *(name for name in _below(top, names) if not _rearms(name, now, marks))}
    state = {name: replace(each, armed=each.armed and name not in silenced) for name, each in state.items()}
    fired = None
    if top is not None:
        fired = Alert(top, state[top].occurrence + 1)
        state[top] = Trigger(top, fired.occurrence, False)
    return AlertOutcome(fired, tuple(sorted(state.values(), key=lambda each: _urgency(each.level))))


def _urgency(name: str) -> tuple[Fraction, bool]:
    return (_FULL, False) if name == PROJECTED_OVER else (level_ratio(float(name)), True)


def _holding(now: BudgetFigures, marks: Marks) -> list[str]:
    reached = levels_reached(now.used, now.result.spent, now.result.limit, marks.levels)
    return [*map(level_name, reached), *([PROJECTED_OVER] if now.status == PROJECTED_OVER else [])]


def _rearms(name: str, now: BudgetFigures, marks: Marks) -> bool:
    """Whether the figure has moved away from the trigger far enough; never while the figure is unknown."""
    if name == PROJECTED_OVER:
        return now.projected is not None and now.projected <= marks.projected_rearm * now.result.limit
    return now.used is not None and now.used < level_ratio(float(name)) - marks.rearm


def _covered(name: str, triggers: Iterable[Trigger]) -> bool:
    """Whether a level lies below one that has fired; the projection is news of its own and never covered."""
    if name == PROJECTED_OVER:
        return False
    return any(
        not each.armed and each.level != PROJECTED_OVER and _urgency(each.level) > _urgency(name) for each in triggers
    )


def _below(top: str | None, names: Iterable[str]) -> set[str]:
    """The triggers below a level that fires, whether they hold or not: they say less than it does."""
    if top is None or top == PROJECTED_OVER:
        return set()
    return {name for name in names if _urgency(name) < _urgency(top)}
