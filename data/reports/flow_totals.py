"""Lines with their kind, and the totals of a period (`semantics.md`, Flows)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from core.money import checked
from data.models.rollup import Flow
from data.schemas.common import SAVING_TYPES, CategoryKind


class FlowLine(NamedTuple):
    """Rows of a `flow_frame` with their category's kind and their account's type.

    `amount` is in minor units of the report's currency; of a line that no rate converts (`lost`), in those of the
    account's. Sums of accounts in the report's currency have account 0 and month 0 (`Flows.months` has those by
    month), and as type of account only whether it is for savings. `weekday` (1 Monday .. 7) is known for accounts in
    another currency only.
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
        if line.lost:
            if amount:
                self._missed.add(name)
        elif amount:
            self._filled.add(name)
            setattr(self, name, getattr(self, name) + amount)


def usual(kind: CategoryKind, amount: int) -> int:
    """The amount, positive in its kind's usual direction."""
    return amount if kind == "income" else -amount


def put_aside(amount: int, account_type: str) -> int:
    """How much a saving leg puts aside: what arrives in savings, or what leaves any other account."""
    return amount if account_type in SAVING_TYPES else -amount
