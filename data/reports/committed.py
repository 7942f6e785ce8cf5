"""What recurring payments take from budgets: those still to come in the current period, and those paid in it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from datetime import date
from itertools import chain

from sqlalchemy.orm import Session

from core.money import checked
from core.period import Period
from data.frames.budgets import Covered
from data.frames.driver import Select
from data.frames.recurring import Payment, StoredSeries, read_series, series_select
from data.models.rollup import Flow
from data.reports.categories import CategoryTree
from data.reports.conversion import Converter
from data.reports.flows import put_aside
from data.reports.opening import LeftOut

_Payment = tuple[str, str, date, int]
"""Payee, currency, day, amount (positive)."""
Current = dict[int, tuple[Covered, Period]]
"""Budget id -> what it covers, and its period that holds today."""


def current_budgets(wanted: Sequence[Covered], today: date) -> Current:
    """The budgets whose last period holds today."""
    return {
        each.plan.budget.id: (each, each.periods[-1])
        for each in wanted
        if each.periods and today in each.periods[-1] and each.category_ids
    }


def series_wanted(current: Current) -> Select:
    """What reads the series with lines in these budgets' categories, each with its lines of their periods."""
    first = min(period.start for _, period in current.values())
    categories = sorted({key for covered, _ in current.values() for key in covered.category_ids})
    return series_select(first, category_ids=categories, living=True)


class Committed:
    """The recurring payments of the budgets whose last period holds today, in each budget's own currency.

    Only payments in the budget's direction count: money spent, or put aside; a refund that comes back each month is
    no commitment.
    """

    def __init__(
        self, session: Session, wanted: Sequence[Covered], tree: CategoryTree, convert: Converter, today: date
    ) -> None:
        self._tree, self._convert, self._today = tree, convert, today
        self._current = current_budgets(wanted, today)
        due: dict[int, list[StoredSeries]] = {}
        paid: dict[int, list[tuple[StoredSeries, Payment]]] = {}
        for series in read_series(session, series_wanted(self._current)) if self._current else []:
            due.setdefault(series.category_id, []).append(series)
            for payment in series.payments:
                paid.setdefault(payment.category_id, []).append((series, payment))
        self._due = {key: list(self._find_due(due, *each)) for key, each in self._current.items()}
        self._paid = {key: list(self._find_paid(paid, *each)) for key, each in self._current.items()}
        for key, (covered, _) in self._current.items():
            for _, currency, day, _ in (*self._due[key], *self._paid[key]):
                convert.need([currency], [day], covered.plan.budget.currency)

    def expected(self, covered: Covered) -> int:
        """What is still to come in the period that holds today, overdue payments included."""
        return self._total(covered, self._due)

    def paid(self, covered: Covered) -> int:
        """The part of the spending in the period that holds today that came back as it does."""
        return self._total(covered, self._paid)

    def payments(self, budget_id: int) -> list[tuple[str, date, int | None]]:
        """Payee, day and amount of each payment still to come in the current period, None where no rate converts it,
        the next one first; none for a budget whose period does not hold today."""
        if budget_id not in self._current:
            return []
        into = self._current[budget_id][0].plan.budget.currency
        found = [
            (payee, day, self._convert.amount(amount, currency, day, into))
            for payee, currency, day, amount in self._due[budget_id]
        ]
        return sorted(found, key=lambda each: (each[1], each[0]))

    def left_out(self, budget_ids: Container[int]) -> LeftOut:
        """The expected payments of these budgets that no rate converts, by currency."""
        found: LeftOut = {}
        for budget_id, (covered, _) in self._current.items():
            if budget_id in budget_ids:
                for _, currency, day, amount in self._due[budget_id]:
                    if self._convert.amount(amount, currency, day, covered.plan.budget.currency) is None:
                        sum_, count = found.get(currency, (0, 0))
                        found[currency] = (checked(sum_ - amount), count + 1)
        return found

    def _total(self, covered: Covered, payments: dict[int, list[_Payment]]) -> int:
        budget = covered.plan.budget
        found = payments.get(budget.id, [])
        return checked(
            sum(self._convert.amount(amount, currency, day, budget.currency) or 0 for _, currency, day, amount in found)
        )

    def _find_due(self, found: dict[int, list[StoredSeries]], covered: Covered, period: Period) -> Iterator[_Payment]:
        """The payments to come, of series by category."""
        for series in chain.from_iterable(found.get(category_id, ()) for category_id in covered.category_ids):
            amount = self._part(covered, series, series.amount, series.category_id, series.flow)
            if amount:
                for day in series.schedule.expected(self._today, period.last):
                    if day in period:
                        yield series.payee, series.currency, day, amount

    def _find_paid(
        self, found: dict[int, list[tuple[StoredSeries, Payment]]], covered: Covered, period: Period
    ) -> Iterator[_Payment]:
        """The payments made, of payments by category."""
        paid = (found.get(category_id, ()) for category_id in covered.category_ids)
        for series, payment in chain.from_iterable(paid):
            if payment.day in period:
                amount = self._part(covered, series, payment.amount, payment.category_id, payment.flow)
                if amount:
                    yield series.payee, series.currency, payment.day, amount

    def _part(self, covered: Covered, series: StoredSeries, amount: int, category_id: int, flow: int) -> int:
        """What a line adds to the budget's spending; 0 when it is not the budget's, or not in its direction."""
        accounts = covered.plan.account_ids
        if accounts and series.account_id not in accounts:
            return 0
        if self._tree.kinds[category_id] == "saving":
            counts = flow in (Flow.ORDINARY, Flow.SAVED)
            return max(0, put_aside(amount, series.account_type)) if counts else 0
        return max(0, -amount) if flow == Flow.ORDINARY else 0
