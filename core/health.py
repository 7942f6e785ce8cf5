"""The health index: four shares of what a household or a firm is advised to reach (`semantics.md`, Health index).

Ratios are exact fractions; money is whole minor units of one currency, over three whole months.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

ComponentId = Literal["savings", "cushion", "debt", "adherence"]
MONTHS: Final = 3
_WEIGHTS: Final[dict[ComponentId, int]] = {"savings": 30, "cushion": 30, "debt": 20, "adherence": 20}
_LEAST_COVERAGE: Final = Fraction(1, 2)
_GOOD_SAVINGS_RATE: Final = Fraction(20, 100)
_GOOD_CUSHION_MONTHS: Final = 6
# Shares of income that debts take: lenders' usual limit, and what is comfortable.
_WORST_DEBT: Final = Fraction(43, 100)
_GOOD_DEBT: Final = Fraction(15, 100)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the index is computed from. `cushion` are the balances at the end of the months, `limits` and `overspent`
    sums over the budget periods that ended in them (0 without any)."""

    income: int
    expenses: int
    cushion: int
    debt_payments: int
    limits: int
    overspent: int


@dataclass(frozen=True, slots=True)
class Component:
    """One share, 0..1, None where it is not defined; `weight` is its part of the index, 0 without a value."""

    id: ComponentId
    value: Fraction | None
    weight: Fraction


@dataclass(frozen=True, slots=True)
class Health:
    """`coverage` is the weight of what is defined, 0..1; below one half there is no `index` (0..100)."""

    index: int | None
    coverage: Fraction
    components: tuple[Component, ...]


def health(inputs: Inputs) -> Health:
    """The index and what it is made of."""
    values = _values(inputs)
    left = sum(_WEIGHTS[name] for name, value in values.items() if value is not None)
    coverage = Fraction(left, sum(_WEIGHTS.values()))
    components = tuple(
        Component(name, value, Fraction(0) if value is None else Fraction(_WEIGHTS[name], left))
        for name, value in values.items()
    )
    index = None
    if coverage >= _LEAST_COVERAGE:
        index = round(100 * sum(each.weight * each.value for each in components if each.value is not None))
    return Health(index, coverage, components)


def _values(inputs: Inputs) -> dict[ComponentId, Fraction | None]:
    income, expenses = inputs.income, inputs.expenses
    values: dict[ComponentId, Fraction | None] = dict.fromkeys(_WEIGHTS)
    if income > 0:
        values["savings"] = _clamped(Fraction(income - expenses, income) / _GOOD_SAVINGS_RATE)
        share = Fraction(inputs.debt_payments, income)
        values["debt"] = _clamped((_WORST_DEBT - share) / (_WORST_DEBT - _GOOD_DEBT))
    if expenses > 0:
        values["cushion"] = _clamped(inputs.cushion / Fraction(expenses, MONTHS) / _GOOD_CUSHION_MONTHS)
    if inputs.limits > 0:
        values["adherence"] = _clamped(1 - Fraction(inputs.overspent, inputs.limits))
    return values


def _clamped(value: Fraction) -> Fraction:
    return min(Fraction(1), max(Fraction(0), value))
