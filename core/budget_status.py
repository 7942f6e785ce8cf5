"""The arithmetic of a budget: limits and their rollover, what is left, what is expected, and the status.

Definitions: `semantics.md`, Budgets. Money is whole minor units of the budget's currency, ratios are exact
fractions, and every result must fit the database's bigint (else `ValueError`, as in `core.money`).

A figure that needs the recurring payments is `None` while they are not known (`committed` is `None`); it is
never computed as if there were none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, Literal, NamedTuple

from core.money import INT64_MAX, checked
from core.period import Period

RolloverPolicy = Literal["reset", "carry_positive", "carry_all"]
BudgetState = Literal["unbudgeted", "over", "projected_over", "warning", "no_activity", "on_track"]

# A pace is measured over at least a week: one large purchase on the first day says little about the rest.
_SHORTEST_PACE: Final = 7


def level_ratio(value: float) -> Fraction:
    """The exact ratio a person means by a threshold: 0.9 is 9/10; `ValueError` unless finite and above 0."""
    ratio = Fraction(str(float(value)))
    if ratio <= 0:
        raise ValueError("a threshold must be above 0")
    return ratio


@dataclass(frozen=True, slots=True)
class Marks:
    """A tenant's thresholds. All are ratios of the limit but `early` and `ahead`, which are of the period.

    `levels` fire alerts. `warning` and `ahead` (used above elapsed by so much) give the status `warning`,
    `projected` gives `projected_over`, not before `early` of the period. An alert is armed again when used
    falls below its level by more than `rearm`, or the projection to `projected_rearm`.
    """

    levels: tuple[Fraction, ...] = (Fraction(8, 10), Fraction(9, 10), Fraction(1))
    warning: Fraction = Fraction(9, 10)
    ahead: Fraction = Fraction(15, 100)
    early: Fraction = Fraction(2, 10)
    projected: Fraction = Fraction(105, 100)
    rearm: Fraction = Fraction(2, 100)
    projected_rearm: Fraction = Fraction(103, 100)


DEFAULT_MARKS: Final = Marks()


class PeriodResult(NamedTuple):
    """A period's money. `net` is the signed net expense (or what was saved); `left` may differ from `remaining`
    by a refund above the spending, which reaches the next period only."""

    amount: int
    rollover: int
    limit: int
    net: int
    spent: int
    left: int
    remaining: int


@dataclass(frozen=True, slots=True)
class BudgetFigures:
    """All figures of a budget in one period; `current` says whether that period holds today."""

    result: PeriodResult
    current: bool
    elapsed: Fraction
    used: Fraction | None
    committed: int | None
    projected: int | None
    left_per_day: int | None
    status: BudgetState


def amount_for(amounts: Sequence[tuple[date, int]], period: Period) -> int:
    """The planned amount of `period`, from pairs of `effective_from` and amount in any order.

    An amount counts from the period that holds its `effective_from` on, so an edit made today counts for the
    whole current period while past periods, which end before it, keep theirs. Of two with the same day the
    later in the sequence wins. Periods before every `effective_from` have the earliest amount. None at all
    is a `ValueError`.
    """
    if len(amounts) == 1:  # most of the time, and a report asks for hundreds of periods
        return amounts[0][1]
    ordered = sorted(amounts, key=lambda pair: pair[0])
    if not ordered:
        raise ValueError("a budget needs an amount")
    begun = [amount for day, amount in ordered if day < period.end]
    if begun:
        return begun[-1]
    return [amount for day, amount in ordered if day == ordered[0][0]][-1]


def roll(policy: RolloverPolicy, cap: int | None, amounts_and_nets: Iterable[tuple[int, int]]) -> list[PeriodResult]:
    """The results of consecutive periods from the budget's first one on, from their amounts and nets.

    `cap` (>= 0, else `ValueError`; `None`: no bound) bounds what is carried, upwards and for `carry_all`
    downwards too.
    """
    if cap is not None and cap < 0:
        raise ValueError("a cap must not be negative")
    results: list[PeriodResult] = []
    rollover = 0
    for amount, net in amounts_and_nets:
        results.append(_result(amount, rollover, net))
        rollover = _carried(policy, cap, results[-1].left)
    return results


def _result(amount: int, rollover: int, net: int) -> PeriodResult:
    if abs(amount) + abs(rollover) + abs(net) < INT64_MAX:  # then no sum of them leaves the range
        limit, spent = amount + rollover, max(0, net)
        return PeriodResult(amount, rollover, limit, net, spent, limit - net, limit - spent)
    limit = checked(amount + rollover)
    spent = checked(max(0, net))
    return PeriodResult(amount, rollover, limit, net, spent, checked(limit - net), checked(limit - spent))


def _carried(policy: RolloverPolicy, cap: int | None, left: int) -> int:
    if policy == "reset":
        return 0
    lowest = 0 if policy == "carry_positive" else -cap if cap is not None else left
    carried = max(lowest, left)
    return carried if cap is None else min(cap, carried)


def days_gone(period: Period, today: date) -> int:
    """Days of `period` that have begun, today included: all when it is past, 0 when it is in the future."""
    return min(max((today - period.start).days + 1, 0), period.days)


def elapsed(period: Period, today: date) -> Fraction:
    """The share of the period's days that has begun, 0..1."""
    return Fraction(days_gone(period, today), period.days)


def committed_in(period: Period, today: date, expected: int | None) -> int | None:
    """`expected` recurring payments still to come, which by definition are 0 outside the current period.

    `None`, not known, stays `None` only where it matters: in the current period.
    """
    return expected if today in period else 0


def projected(period: Period, today: date, spent: int, committed: int | None, recurring_paid: int) -> int | None:
    """What will have been spent at the end: so far, committed, and the rest at today's pace, rounded half even.

    `recurring_paid` is the part of `spent` that recurs and so has no pace. A past period gives `spent`, a
    future one `None`, and so does an unknown `committed`.
    """
    if committed is None or today < period.start:
        return None
    if today >= period.end:
        return spent
    gone = days_gone(period, today)
    pace = Fraction(max(0, spent - recurring_paid), max(_SHORTEST_PACE, gone))
    return checked(round(spent + committed + pace * (period.days - gone)))


def left_per_day(period: Period, today: date, remaining: int, committed: int | None) -> int | None:
    """What may be spent on each day that is left, today included, rounded down; `None` outside the current
    period and while `committed` is unknown."""
    if committed is None or today not in period:
        return None
    return checked(max(0, remaining - committed) // (period.days - days_gone(period, today) + 1))


def used(spent: int, limit: int) -> Fraction | None:
    """The share of the limit that is spent; `None` when there is no limit to share (0 or less)."""
    return Fraction(spent, limit) if limit > 0 else None


def status(
    result: PeriodResult, period: Period, today: date, projected: int | None, marks: Marks = DEFAULT_MARKS
) -> BudgetState:
    """The first state that holds, from `unbudgeted` to `on_track`; exactly at the limit is not over."""
    if result.amount == 0 and result.rollover <= 0 and result.spent > 0:
        return "unbudgeted"
    if result.spent > result.limit:
        return "over"
    if today < period.end and _heads_over(result, elapsed(period, today), projected, marks):
        return "projected_over"
    if _warns(result, elapsed(period, today), marks):
        return "warning"
    return "no_activity" if result.spent == 0 else "on_track"


def _heads_over(result: PeriodResult, gone: Fraction, projected: int | None, marks: Marks) -> bool:
    return projected is not None and gone >= marks.early and projected > marks.projected * result.limit


def _warns(result: PeriodResult, gone: Fraction, marks: Marks) -> bool:
    ratio = used(result.spent, result.limit)
    return ratio is not None and (ratio >= marks.warning or ratio - gone >= marks.ahead)


def figures(
    result: PeriodResult,
    period: Period,
    today: date,
    expected: int | None,
    recurring_paid: int,
    marks: Marks = DEFAULT_MARKS,
) -> BudgetFigures:
    """All figures of one period; `expected` are the recurring payments still to come, `None` if not known."""
    committed = committed_in(period, today, expected)
    end = projected(period, today, result.spent, committed, recurring_paid)
    return BudgetFigures(
        result=result,
        current=today in period,
        elapsed=elapsed(period, today),
        used=used(result.spent, result.limit),
        committed=committed,
        projected=end,
        left_per_day=left_per_day(period, today, result.remaining, committed),
        status=status(result, period, today, end, marks),
    )


def ratio4(ratio: Fraction | None) -> float | None:
    """A ratio for JSON: 4 decimals, rounded half even from the exact value."""
    if ratio is None:
        return None
    # Whole numbers, because rounding a Fraction makes half a dozen others.
    whole, rest = divmod(ratio.numerator * 10_000, ratio.denominator)
    up = 2 * rest > ratio.denominator or (2 * rest == ratio.denominator and whole % 2 == 1)
    return (whole + up) / 10_000
