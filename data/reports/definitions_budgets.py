"""What every figure of a budget means (`data.reports.definitions` says how to read a formula)."""

from __future__ import annotations

from typing import Final

from data.reports.definitions import Row

STATUS_FORMULA: Final = (
    "unbudgeted if amount == 0 and rollover <= 0 and spent > 0 else over if spent > limit{heading}"
    " else warning if limit > 0 and (spent >= warning_at * limit or spent / limit - days_gone / days >= ahead)"
    " else no_activity if spent == 0 else on_track"
)
"""`heading`: the part that is not of periods that are over."""
BUDGET: Final[tuple[Row, ...]] = (
    ("amount", "derived", "money", "What was planned for this period.", "planned"),
    (
        "rollover",
        "derived",
        "money",
        "What the period before left over, by the budget's policy: nothing (reset), what was left (carry_positive), or"
        " also what was overspent (carry_all), within the cap.",
        "min(cap, max(-cap, previous_limit - previous_net))",
    ),
    ("limit", "derived", "money", "What may be spent in this period.", "amount + rollover"),
    (
        "spent",
        "sum",
        "money",
        "What was spent in the budget's categories, those below them included, in its period and in its own currency;"
        " for saving categories what was put aside. Never below 0: a refund above it reaches the next period.",
        "sum(transactions) + refund_carried",
    ),
    (
        "committed",
        "derived",
        "money",
        "Recurring payments that are still expected in the current period, overdue ones included.",
        "sum(inputs)",
    ),
    ("remaining", "derived", "money", "What is left of the limit.", "limit - spent"),
    (
        "used",
        "derived",
        "ratio",
        "The share of the limit that is spent. There is none without a limit.",
        "spent / limit",
    ),
    ("elapsed", "derived", "ratio", "The share of the period's days that have begun.", "days_gone / days"),
    (
        "projected",
        "derived",
        "money",
        "What will have been spent at the end: so far, what recurs, and the rest at the pace so far (measured over at"
        " least a week).",
        "spent + committed + max(0, spent - recurring_paid) / max(7, days_gone) * (days - days_gone)",
    ),
    (
        "left_per_day",
        "derived",
        "money",
        "What may be spent on each day that is left, today included.",
        "floor(max(0, remaining - committed) / (days - days_gone + 1))",
    ),
    (
        "status",
        "derived",
        "status",
        "The first that holds. Unbudgeted: nothing was planned or carried over, and something is spent. Over: more is"
        " spent than the limit. Heading over: after a fifth of the period, it is projected to end more than 5 % above"
        " the limit. Warning: nine tenths of the limit are spent, or 15 % more of it than of the days. No activity:"
        " nothing is spent. Else on track.",
        STATUS_FORMULA.format(
            heading=" else projected_over if days_gone / days >= early and projected > above * limit"
        ),
    ),
)
