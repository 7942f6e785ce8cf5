"""The figures of a budget explained, in its period and its own currency."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from core.budget_status import PeriodResult, days_gone
from core.errors import NotFound
from core.money import format_amount
from core.query import Query
from data.frames.base import Scope
from data.frames.explained import Members
from data.models.rollup import Flow
from data.reports.budgeting import BudgetPeriod, Spending, all_results, budget_periods, marks_of, read_spending
from data.reports.budgets import budget_statuses, plans_of
from data.reports.conversion import Converter
from data.reports.definitions_budgets import STATUS_FORMULA
from data.reports.explain_summary import rates_of
from data.reports.explained import Explained, Lines, excluded, given, ordinary, unfiltered
from data.reports.opening import Opened
from data.reports.summary import flows_of
from data.schemas.budgets import BudgetStatus
from data.schemas.figures import Adjustment, Input

_MEMBERS: Final = Members(ordinary("expense", "saving") | {(Flow.SAVED, "saving")}, "budget")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A budget in the period that is asked for; where something may roll over, what the one `before` came to."""

    books: Opened
    spending: Spending
    row: BudgetPeriod
    before: PeriodResult | None
    shown: BudgetStatus

    def money(self, minor: int) -> str:
        return format_amount(minor, self.shown.currency)

    def input(self, name: str) -> Input:
        """Another figure of the budget."""
        return given(name, getattr(self.shown, name), "money", self.shown.currency, f"budget.{self.shown.id}.{name}")

    def money_input(self, name: str, minor: int) -> Input:
        return given(name, self.money(minor), "money", self.shown.currency)

    def days(self) -> list[Input]:
        """The days of the period, and those that have begun."""
        period = self.row.period
        gone = days_gone(period, self.books.context.today)
        return [given("days", period.days, "days"), given("days_gone", gone, "days")]


def explain_budget(books: Opened, budget_id: int, name: str) -> Explained:
    """The figure `budget.<id>.<name>`; `NotFound` when the budgets report of the query does not list the budget."""
    asked = _asked(books, budget_id)
    currency = None if name in ("used", "elapsed", "status") else asked.shown.currency
    found = Explained(asked.row.period, getattr(asked.shown, name), currency)
    found.subject = asked.shown.name
    found.left_out = asked.spending.left_out({budget_id})
    if found.total is not None:
        _HOW[name](asked, found)
    return found


def _asked(books: Opened, budget_id: int) -> _Asked:
    plans = [plan for plan in plans_of(books) if plan.budget.id == budget_id]
    day, today = min(books.period.last, books.context.today), books.context.today
    spending = read_spending(books.session, plans, books.categories, day, books.convert, today)
    statuses, _ = budget_statuses(books, spending)
    if not statuses:
        raise NotFound(f"There is no budget {budget_id} on this day")
    results = [result for _, _, result in all_results(spending)]
    before = results[-2] if len(results) > 1 else None
    return _Asked(books, spending, budget_periods(spending)[0], before, statuses[0])


def _amount(asked: _Asked, found: Explained) -> None:
    day = max((day for day, _ in asked.row.plan.amounts if day < asked.row.period.end), default=None)
    found.inputs = [given("planned", asked.shown.amount, "money", asked.shown.currency)]
    if day is not None:
        found.inputs.append(given("effective_from", day.isoformat(), "day"))


def _rollover(asked: _Asked, found: Explained) -> None:
    budget, before = asked.row.plan.budget, asked.before
    found.formula = "0"
    if budget.rollover_policy == "reset" or before is None:
        return
    left = "previous_limit - previous_net"
    found.inputs = [
        asked.money_input("previous_limit", before.limit),
        asked.money_input("previous_net", before.net),
    ]
    lowest = "0" if budget.rollover_policy == "carry_positive" else "-cap" if budget.rollover_cap is not None else None
    found.formula = left if lowest is None else f"max({lowest}, {left})"
    if budget.rollover_cap is not None:
        found.inputs.append(asked.money_input("cap", budget.rollover_cap))
        found.formula = f"min(cap, {found.formula})"


def _spent(asked: _Asked, found: Explained) -> None:
    """The lines of the budget's categories and accounts, converted as the budget does it."""
    plan, period = asked.row.plan, asked.row.period
    every = unfiltered(replace(asked.books, query=replace(asked.books.query, lock=None)))
    currency = plan.budget.currency
    currencies = dict(zip(every.accounts["id"].tolist(), every.accounts["currency"].tolist(), strict=True))
    books = replace(
        every,
        period=period,
        previous=None,
        currency=currency,
        query=Query(),
        scope=Scope(plan.account_ids or None, tuple(sorted(asked.row.category_ids))),
        convert=Converter(every.session, currency, every.context.today, currencies),
    )
    flows = flows_of(books)
    found.lines = Lines(books, _MEMBERS, (period.start, period.end), rates_of(books, flows))
    found.excluded = excluded(books, _MEMBERS, flows)
    result = asked.row.figures.result
    if result.spent != result.net:
        found.adjustments = [Adjustment(name="refund_carried", amount=asked.money(result.spent - result.net))]


def _committed(asked: _Asked, found: Explained) -> None:
    currency = asked.shown.currency
    budget_id = asked.row.plan.budget.id
    found.inputs = [
        given(f"{payee}, {day.isoformat()}", None if amount is None else asked.money(amount), "money", currency)
        for payee, day, amount in asked.spending.committed.payments(budget_id)
    ]


def _projected(asked: _Asked, found: Explained) -> None:
    found.inputs = [asked.input("spent")]
    if not asked.row.figures.current:
        found.formula = "spent"
        return
    covered = next(each for each in asked.spending.wanted if each.plan.budget.id == asked.row.plan.budget.id)
    paid = asked.spending.committed.paid(covered)
    found.inputs += [asked.input("committed"), asked.money_input("recurring_paid", paid), *asked.days()]


def _status(asked: _Asked, found: Explained) -> None:
    """The first state that holds; a period that is over is not projected."""
    found.inputs = [asked.input(name) for name in ("amount", "rollover", "limit", "spent")] + asked.days()
    marks = marks_of(asked.row.plan)
    levels = {"warning_at": marks.warning, "ahead": marks.ahead}
    past = asked.books.context.today >= asked.row.period.end
    if past or asked.shown.projected is None:
        found.formula = STATUS_FORMULA.format(heading="")
    else:
        found.inputs.append(asked.input("projected"))
        levels |= {"early": marks.early, "above": marks.projected}
    found.inputs += [given(name, float(level), "ratio") for name, level in levels.items()]


def _from(*names: str, days: bool = False) -> Callable[[_Asked, Explained], None]:
    """Other figures of the budget, and with `days` those of its period."""

    def put(asked: _Asked, found: Explained) -> None:
        found.inputs = [asked.input(name) for name in names] + (asked.days() if days else [])

    return put


_HOW: Final[dict[str, Callable[[_Asked, Explained], None]]] = {
    "amount": _amount,
    "rollover": _rollover,
    "limit": _from("amount", "rollover"),
    "spent": _spent,
    "committed": _committed,
    "remaining": _from("limit", "spent"),
    "used": _from("spent", "limit"),
    "elapsed": _from(days=True),
    "projected": _projected,
    "left_per_day": _from("remaining", "committed", days=True),
    "status": _status,
}
