"""What recurring payments take from budgets: those still to come in the current period, and those paid in it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from datetime import date

from sqlalchemy.orm import Session

from core.money import checked
from core.period import Period
from data.frames.budgets import Covered
from data.frames.recurring import StoredSeries, stored_series
from data.models.rollup import Flow
from data.reports.categories import CategoryTree
from data.reports.conversion import Converter
from data.reports.flows import put_aside
from data.reports.opening import LeftOut


class Committed:
    """The recurring payments of the budgets whose last period holds today, in each budget's own currency.

    Only payments in the budget's direction count: money spent, or put aside; a refund that comes back each month is
    no commitment.
    """

    def __init__(
        self, session: Session, wanted: Sequence[Covered], tree: CategoryTree, convert: Converter, today: date
    ) -> None:
        self._tree, self._convert, self._today = tree, convert, today
        self._current = {
            each.plan.budget.id: (each, each.periods[-1])
            for each in wanted
            if each.periods and today in each.periods[-1] and each.category_ids
        }
        self._series: list[StoredSeries] = []
        if self._current:
            first = min(period.start for _, period in self._current.values())
            categories = sorted({key for covered, _ in self._current.values() for key in covered.category_ids})
            self._series = stored_series(session, first, category_ids=categories)
        for covered, period in self._current.values():
            for currency, day, _ in (*self._expected(covered, period), *self._paid(covered, period)):
                convert.need([currency], [day], covered.plan.budget.currency)

    def expected(self, covered: Covered, period: Period) -> int:
        """What is still to come in a period that holds today, overdue payments included."""
        return self._total(covered, self._expected(covered, period))

    def paid(self, covered: Covered, period: Period) -> int:
        """The part of the spending in a period that holds today that came back as it does."""
        return self._total(covered, self._paid(covered, period))

    def payments(self, budget_id: int) -> list[tuple[str, date, int | None]]:
        """Payee, day and amount of each payment still to come in the current period, None where no rate converts it,
        the next one first; none for a budget whose period does not hold today."""
        if budget_id not in self._current:
            return []
        covered, period = self._current[budget_id]
        into = covered.plan.budget.currency
        found = [
            (payee, day, self._convert.amount(amount, currency, day, into))
            for payee, currency, day, amount in self._due(covered, period)
        ]
        return sorted(found, key=lambda each: (each[1], each[0]))

    def left_out(self, budget_ids: Container[int]) -> LeftOut:
        """The expected payments of these budgets that no rate converts, by currency."""
        found: LeftOut = {}
        for budget_id, (covered, period) in self._current.items():
            if budget_id in budget_ids:
                for currency, day, amount in self._expected(covered, period):
                    if self._convert.amount(amount, currency, day, covered.plan.budget.currency) is None:
                        sum_, count = found.get(currency, (0, 0))
                        found[currency] = (checked(sum_ - amount), count + 1)
        return found

    def _total(self, covered: Covered, payments: Iterator[tuple[str, date, int]]) -> int:
        into = covered.plan.budget.currency
        return checked(
            sum(self._convert.amount(amount, currency, day, into) or 0 for currency, day, amount in payments)
        )

    def _expected(self, covered: Covered, period: Period) -> Iterator[tuple[str, date, int]]:
        """(currency, day, amount) of each payment to come, amounts positive."""
        return ((currency, day, amount) for _, currency, day, amount in self._due(covered, period))

    def _due(self, covered: Covered, period: Period) -> Iterator[tuple[str, str, date, int]]:
        """The same with the payee."""
        for series in self._series:
            amount = self._part(covered, series, series.amount, series.category_id, series.flow)
            if amount:
                for day in series.schedule.expected(self._today, period.last):
                    if day in period:
                        yield series.payee, series.currency, day, amount

    def _paid(self, covered: Covered, period: Period) -> Iterator[tuple[str, date, int]]:
        for series in self._series:
            for payment in series.payments:
                if payment.day in period:
                    amount = self._part(covered, series, payment.amount, payment.category_id, payment.flow)
                    if amount:
                        yield series.currency, payment.day, amount

    def _part(self, covered: Covered, series: StoredSeries, amount: int, category_id: int, flow: int) -> int:
        """What a line adds to the budget's spending; 0 when it is not the budget's, or not in its direction."""
        accounts = covered.plan.account_ids
        if category_id not in covered.category_ids or (accounts and series.account_id not in accounts):
            return 0
        if self._tree.kinds[category_id] == "saving":
            counts = flow in (Flow.ORDINARY, Flow.SAVED)
            return max(0, put_aside(amount, series.account_type)) if counts else 0
        return max(0, -amount) if flow == Flow.ORDINARY else 0
