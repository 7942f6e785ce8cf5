"""Every figure explained: what it means, what it is computed from, and what was left out (`semantics.md`, Explain)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from data.schemas.common import Currency, Day, Id, Money, Out
from data.schemas.dashboard import ReportPeriod, Unconverted

FigureKind = Literal["sum", "derived"]
Unit = Literal["money", "ratio", "count", "rate", "day", "days", "index", "status"]
Reason = Literal["transfer", "saving", "adjustment", "pending", "no_rate", "filtered", "not_in_net_worth"]
Value = str | int | float | None
"""Money and rates are decimal strings, ratios and counts numbers, days ISO dates, statuses words; null is not known."""


class FigureDefinition(Out):
    """A figure that can be explained. `id` is a pattern: `<id>` stands for an account, a category or a budget,
    `<month>` for a month such as 2026-05, `<weekday>` for 1 (Monday) to 7, `<payee>` for a percent-encoded name."""

    id: str
    kind: FigureKind
    unit: Unit
    definition: str
    formula: str


class Input(Out):
    """What the formula calls by `name`. `figure_id` is set where it is a figure that can be explained itself."""

    name: str
    value: Value
    unit: Unit
    currency: Currency | None = None
    figure_id: str | None = None


class Excluded(Out):
    """Lines that look as if they belonged in the figure, and why they do not; `amount` as it would have counted."""

    reason: Reason
    count: int
    amount: Money | None
    currency: Currency | None


class Adjustment(Out):
    """What a sum holds besides its transactions."""

    name: Literal["opening_balance", "refund_carried"]
    amount: Money


class ExplainedLine(Out):
    """A transaction, or a part of a split one (`part` 1 and up). `amount` is in the account's currency, money in
    positive; `amount_converted` is what the line adds to the figure, in the figure's unit and currency."""

    id: Id
    part: int | None
    account_id: Id
    booked_on: Day
    payee: str | None
    category_id: Id | None
    amount: Money
    currency: Currency
    amount_converted: str


class Explanation(Out):
    """One figure and how it came about. `subject` is the name of its account, category, budget, payee or weekday, or
    its month.
    `currency` is that of `total`; null for figures that are no money."""

    id: str
    subject: str | None
    kind: FigureKind
    unit: Unit
    definition: str
    formula: str
    inputs: list[Input]
    excluded: list[Excluded]
    adjustments: list[Adjustment]
    total: Value
    transactions: list[ExplainedLine]
    next_cursor: str | None
    tenant: str
    period: ReportPeriod = Field(description="The days that the figure is about")
    currency: Currency | None
    as_of: Day
    version: int
    complete: bool
    unconverted: list[Unconverted]
