"""Income, expenses, saved: what the summed lines mean (`semantics.md`, Flows)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import cast

import pandas as pd

from core.money import checked
from core.period import Period
from data.frames.driver import Select
from data.frames.flows import empty_flows, flow_frame
from data.frames.sums import Sums, read_sums, sums_select
from data.models.rollup import Flow
from data.reports.flow_totals import FlowLine, FlowTotals, put_aside, usual
from data.reports.opening import LeftOut, Opened
from data.schemas.common import CategoryKind

__all__ = ["FlowLine", "FlowTotals", "Flows", "put_aside", "read_flows", "read_sums_of", "usual"]
_COUNTED = (Flow.ORDINARY, Flow.SAVED)
"""The flows that are part of a converted total; matched legs and adjustments are in none."""


class Flows:
    """All lines of a report's period and of the one before it.

    `frame` is a `flow_frame` in the accounts' own currencies, `sums` are the lines that are not in it.
    """

    def __init__(self, books: Opened, frame: pd.DataFrame, sums: Sums | None = None) -> None:
        self.frame = frame
        self._sums = sums or Sums([], [], [])
        self._books = books
        self._totals: dict[tuple[bool, bool], FlowTotals] = {}

    @cached_property
    def lines(self) -> list[FlowLine]:
        """Every row as a line, converted where a rate is known."""
        return [*self._converted, *self._native()]

    @cached_property
    def months(self) -> list[FlowLine]:
        """The lines of the period that are income or expense, by month."""
        native = [
            FlowLine(
                0,
                0,
                Flow.ORDINARY,
                cast(CategoryKind, row.kind),
                row.month,
                True,
                row.amount,
                row.number,
                "",
                None,
                False,
            )
            for row in self._sums.months
        ]
        return [line for line in self._converted if line.current and line.is_flow] + native

    @property
    def spent_by_weekday(self) -> list[tuple[int, ...]]:
        """Rows of what was spent (negative) in accounts in the report's currency by weekday, Monday first."""
        return [row.days for row in self._sums.months if row.kind == "expense"]

    def totals(self, *, current: bool = True, blank: bool = False) -> FlowTotals:
        """The totals of the period (`current`) or of the previous one; `blank` ones are all unknown."""
        if (current, blank) not in self._totals:
            totals = self._totals[current, blank] = FlowTotals(blank=blank)
            for line in self.lines:
                if line.current is current:
                    totals.add(line)
        return self._totals[current, blank]

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

    def _native(self) -> Iterator[FlowLine]:
        """The sums as lines. Of what puts money aside the part in accounts for savings is told from the rest."""
        kind_of = self._books.categories.kind
        aside = {line[:4]: line for line in self._sums.aside}
        for category, flow, sign, current, amount, number in self._sums.lines:
            kind = kind_of(category, sign)
            if flow == Flow.SAVED or kind == "saving":
                *_, part, lines = aside.get((category, flow, sign, current), (0, 0))
                if lines:
                    yield FlowLine(0, category, flow, kind, 0, current, part, lines, "savings", None, False)
                amount, number = amount - part, number - lines
            if number:
                yield FlowLine(0, category, flow, kind, 0, current, amount, number, "", None, False)

    @cached_property
    def _converted(self) -> list[FlowLine]:
        """The rows of the frame as lines."""
        if self.frame.empty:
            return []
        tree = self._books.categories
        types = {row.id: row.type for row in self._books.account_rows}
        found = []
        for key, (amount, count) in self._rows().items():
            account_id, category_id, flow, sign, month, current, weekday, lost = key
            kind, type_ = tree.kind(category_id, sign), types[account_id]
            found.append(
                FlowLine(account_id, category_id, flow, kind, month, current, amount, count, type_, weekday, lost)
            )
        return found

    def _rows(self) -> dict[tuple[int, int, int, int, int, bool, int | None, bool], tuple[int, int]]:
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
    """The rows of a `flow_frame` as lines, each with its account and month; their money will be converted."""
    books.convert.need_flows(frame)
    return Flows(books, frame)


def sums_asked(books: Opened, period: Period, previous: Period | None = None, *, whole: bool = True) -> Select | None:
    """What reads the sums of the accounts in scope that are in the report's currency, in a scope without tags. Without
    `whole` only what income and expenses need."""
    natives = books.convert.native(books.account_ids)
    if not natives:
        return None
    return sums_select(books.scope, natives, books.currency, books.context.months, period, previous, whole=whole)


def read_sums_of(books: Opened, period: Period, previous: Period | None = None, *, whole: bool = True) -> Flows:
    """The flows of a period and of the one before it in the books' scope, summed as far as totals, months, categories
    and weekdays need it (without `whole`: income and expenses); their money will be converted."""
    scope, foreign, sums = books.scope, books.foreign, Sums([], [], [])
    start_day = books.context.months.start_day
    if scope.tag_ids is None:
        asked = sums_asked(books, period, previous, whole=whole)
        if asked is not None:
            sums = read_sums(books.session, asked)
        scope = replace(scope, account_ids=foreign)
    frame = empty_flows()
    if scope.account_ids != ():
        frame = flow_frame(books.session, scope, period, previous, start_day, foreign)
    books.convert.need_flows(frame)
    return Flows(books, frame, sums)
