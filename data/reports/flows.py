"""Income, expenses, saved: what the summed lines mean (`semantics.md`, Flows)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

from data.models.rollup import Flow
from data.reports.categories import CategoryTree
from data.reports.opening import Opened
from data.schemas.common import SAVING_TYPES, CategoryKind


class FlowLine(NamedTuple):
    """One row of a `flow_frame` with its category's kind and its account's type; `amount` in minor units."""

    account_id: int
    category_id: int
    flow: int
    kind: CategoryKind
    month: int
    current: bool
    amount: int
    lines: int
    account_type: str


@dataclass(slots=True)
class FlowTotals:
    """Minor units of the report's currency over one period."""

    income: int = 0
    expenses: int = 0
    saved: int = 0
    inflow: int = 0
    outflow: int = 0
    count: int = 0
    uncategorised_income: int = 0
    uncategorised_expenses: int = 0
    uncategorised_count: int = 0
    unmatched: int = 0
    unmatched_count: int = 0

    def add(self, line: FlowLine) -> None:
        if line.flow == Flow.SAVED or (line.flow == Flow.ORDINARY and line.kind == "saving"):
            self.saved += put_aside(line.amount, line.account_type)
        elif line.flow != Flow.ORDINARY:
            return
        elif line.kind == "transfer":
            self.unmatched += line.amount
            self.unmatched_count += line.lines
        else:
            self._add_flow(line)

    def _add_flow(self, line: FlowLine) -> None:
        self.count += line.lines
        self.inflow += max(0, line.amount)
        self.outflow += max(0, -line.amount)
        if line.kind == "income":
            self.income += line.amount
        else:
            self.expenses -= line.amount
        if not line.category_id:
            self.uncategorised_count += line.lines
            self.uncategorised_income += max(0, line.amount)
            self.uncategorised_expenses += max(0, -line.amount)


@dataclass(slots=True)
class Flows:
    """All lines of a report's period and of the one before it, and what stayed out for want of a rate.

    `frame` is the `flow_frame` itself, in the accounts' own currencies.
    """

    frame: pd.DataFrame
    lines: list[FlowLine] = field(default_factory=list)
    left_out: dict[str, tuple[int, int]] = field(default_factory=dict)

    def totals(self, *, current: bool = True) -> FlowTotals:
        """The totals of the period (`current`) or of the previous one."""
        totals = FlowTotals()
        for line in self.lines:
            if line.current is current:
                totals.add(line)
        return totals


def put_aside(amount: int, account_type: str) -> int:
    """How much a saving leg puts aside: what arrives in savings, or what leaves any other account."""
    return amount if account_type in SAVING_TYPES else -amount


def read_flows(books: Opened, frame: pd.DataFrame) -> Flows:
    """The rows of a `flow_frame` as lines; those of accounts in another currency are left out and listed."""
    flows = Flows(frame)
    currencies = dict(zip(books.accounts["id"].tolist(), books.accounts["currency"].tolist(), strict=True))
    types = dict(zip(books.accounts["id"].tolist(), books.accounts["type"].tolist(), strict=True))
    for line in _lines(frame, books.categories, types):
        currency = currencies[line.account_id]
        if currency == books.currency:
            flows.lines.append(line)
        elif line.current and line.flow != Flow.PENDING:
            amount, count = flows.left_out.get(currency, (0, 0))
            flows.left_out[currency] = (amount + line.amount, count + line.lines)
    return flows


def _lines(frame: pd.DataFrame, categories: CategoryTree, types: dict[int, str]) -> Iterator[FlowLine]:
    for account_id, category_id, flow, sign, month, current, amount, count in zip(
        *(frame[name].tolist() for name in frame), strict=True
    ):
        kind = categories.kind(category_id, sign)
        yield FlowLine(account_id, category_id, flow, kind, month, current, amount, count, types[account_id])
