"""Income, expenses, saved: what the summed lines mean (`semantics.md`, Flows)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from core.money import checked
from data.models.rollup import Flow
from data.reports.opening import LeftOut, Opened
from data.schemas.common import SAVING_TYPES, CategoryKind

_COUNTED = (Flow.ORDINARY, Flow.SAVED)
"""The flows that are part of a converted total; matched legs and adjustments are in none."""


class FlowLine(NamedTuple):
    """Rows of a `flow_frame` with their category's kind and their account's type.

    `amount` is in minor units of the report's currency; of a line that no rate converts (`lost`), in those of the
    account's. `weekday` (1 Monday .. 7) is known for accounts in another currency only.
    """

    account_id: int
    category_id: int
    flow: int
    kind: CategoryKind
    month: int
    current: bool
    amount: int
    lines: int
    account_type: str
    weekday: int | None
    lost: bool

    @property
    def is_flow(self) -> bool:
        """Whether it is income or expense."""
        return self.flow == Flow.ORDINARY and self.kind in ("income", "expense")

    @property
    def is_saving(self) -> bool:
        """Whether it puts money aside (or takes it back)."""
        return self.flow == Flow.SAVED or (self.flow == Flow.ORDINARY and self.kind == "saving")


@dataclass(slots=True)
class FlowTotals:
    """Minor units of the report's currency over one period. `known` tells a total from one that nothing could be
    converted for; in a `blank` answer that is all of them. The counts are of converted lines, but those of things to
    mend count the others too."""

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
    blank: bool = False
    _filled: set[str] = field(default_factory=set)
    _missed: set[str] = field(default_factory=set)

    def add(self, line: FlowLine) -> None:
        """Count a line in; one that could not be converted is only remembered as missing."""
        if line.is_saving:
            self._put("saved", put_aside(line.amount, line.account_type), line)
        elif line.flow != Flow.ORDINARY:
            return
        elif line.kind == "transfer":
            self._put("unmatched", line.amount, line)
            self.unmatched_count += line.lines
        else:
            self._add_flow(line)

    def known(self, name: str) -> int | None:
        """The total of that name, None when lines were left out of it and there is nothing else in it."""
        if self.blank or (name in self._missed and name not in self._filled):
            return None
        return checked(getattr(self, name))

    @property
    def net(self) -> int | None:
        """Income - expenses."""
        income, expenses = self.known("income"), self.known("expenses")
        return None if income is None or expenses is None else checked(income - expenses)

    def _add_flow(self, line: FlowLine) -> None:
        self._put(line.kind if line.kind == "income" else "expenses", usual(line.kind, line.amount), line)
        self._put("inflow" if line.amount > 0 else "outflow", abs(line.amount), line)
        self.count += 0 if line.lost else line.lines
        if not line.category_id:
            self._put(f"uncategorised_{'income' if line.kind == 'income' else 'expenses'}", abs(line.amount), line)
            self.uncategorised_count += line.lines

    def put(self, name: str, amount: int) -> None:
        """Add to the total of that name."""
        if amount:
            self._filled.add(name)
            setattr(self, name, getattr(self, name) + amount)

    def _put(self, name: str, amount: int, line: FlowLine) -> None:
        if not line.lost:
            self.put(name, amount)
        elif amount:
            self._missed.add(name)


def usual(kind: CategoryKind, amount: int) -> int:
    """The amount, positive in its kind's usual direction."""
    return amount if kind == "income" else -amount


def put_aside(amount: int, account_type: str) -> int:
    """How much a saving leg puts aside: what arrives in savings, or what leaves any other account."""
    return amount if account_type in SAVING_TYPES else -amount


class Flows:
    """All lines of a report's period and of the one before it.

    `frame` is the `flow_frame` itself, in the accounts' own currencies.
    """

    def __init__(self, books: Opened, frame: pd.DataFrame) -> None:
        self.frame = frame
        self._books = books

    @cached_property
    def lines(self) -> list[FlowLine]:
        """Every row as a line, converted where a rate is known."""
        return list(self._lines())

    def totals(self, *, current: bool = True, blank: bool = False) -> FlowTotals:
        """The totals of the period (`current`) or of the previous one; `blank` ones are all unknown."""
        totals = FlowTotals(blank=blank)
        for line in self.lines:
            if line.current is current:
                totals.add(line)
        return totals

    def counted(self, *, current: bool = True) -> list[FlowLine]:
        """The lines of the period, or of the previous one, that are part of a converted total."""
        return [line for line in self.lines if line.flow in _COUNTED and line.current is current]

    def left_out(self, lines: Iterable[FlowLine]) -> LeftOut:
        """What no rate could convert of these lines, by currency."""
        found: LeftOut = {}
        for line in lines:
            if line.lost:
                currency = self._books.convert.currency_of(line.account_id)
                amount, count = found.get(currency, (0, 0))
                found[currency] = (checked(amount + line.amount), count + line.lines)
        return found

    def _lines(self) -> Iterator[FlowLine]:
        accounts, tree = self._books.accounts, self._books.categories
        types = dict(zip(accounts["id"].tolist(), accounts["type"].tolist(), strict=True))
        for key, (amount, count) in self._sums().items():
            account_id, category_id, flow, sign, month, current, weekday, lost = key
            yield FlowLine(
                account_id,
                category_id,
                flow,
                tree.kind(category_id, sign),
                month,
                current,
                amount,
                count,
                types[account_id],
                weekday,
                lost,
            )

    def _sums(self) -> dict[tuple[int, int, int, int, int, bool, int | None, bool], tuple[int, int]]:
        """(account, category, flow, sign, month, current, weekday or None, lost) -> amount and count: once converted,
        a group's day is of interest for its weekday only."""
        frame = self.frame
        names = ("account_id", "category_id", "flow", "sign", "month", "current", "amount", "count", "day")
        columns = (frame[name].tolist() for name in names)
        sums: dict[tuple[int, int, int, int, int, bool, int | None, bool], tuple[int, int]] = {}
        for (account_id, category_id, flow, sign, month, current, own, count, day), converted in zip(
            zip(*columns, strict=True), self._books.convert.flows(frame), strict=True
        ):
            weekday, lost = day and day.isoweekday(), converted is None
            key = (account_id, category_id, flow, sign, month, current, weekday, lost)
            amount, number = sums.get(key, (0, 0))
            sums[key] = (amount + (own if converted is None else converted), number + count)
        return sums


def read_flows(books: Opened, frame: pd.DataFrame) -> Flows:
    """The rows of a `flow_frame` as lines."""
    books.convert.need_flows(frame)
    return Flows(books, frame)
