"""Income against expenses of a period in weeks, months, quarters or years, beside an earlier one, and by day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest
from typing import Final, Literal

from core.money import checked
from core.period import FIRST_DAY, Months, Period
from core.query import Query
from data.context import TenantContext
from data.frames.flows import flow_frame
from data.models.rollup import Flow
from data.reports.flows import usual
from data.reports.opening import LeftOut, Opened, opened
from data.schemas.budgets import DaySpan
from data.schemas.cash_flow import Against, CashFlow, DayFlow, StepFlow
from data.schemas.comparisons import By
from data.schemas.dashboard import Envelope

_WEEK: Final = timedelta(days=7)
_MONTHS_IN: Final[dict[By, int]] = {"month": 1, "quarter": 3, "year": 12}
_ORDER: Final[tuple[By, ...]] = ("week", "month", "quarter", "year")
_MOST: Final = 400
"""More steps than this are no picture any more."""
_Side = Literal["income", "expense"]


def cash_flow_report(
    context: TenantContext, query: Query, by: By, against: Against | None = "previous"
) -> Envelope[CashFlow]:
    """The query's period in steps, each beside the step in the same place of the earlier period."""
    with opened(context, query) as books:
        step, spans = _spans(books.period, by, context.months)
        other = _compared(books, against)
        now = _Days.read(books, books.period)
        then = _Days.read(books, other) if other else None
        earlier = _spans(other, step, context.months, most=None)[1] if other else []
        shown = CashFlow.model_construct(
            by=step,
            steps=[
                _step(books, span, now, then, before)
                for span, before in zip_longest(spans, earlier[: len(spans)], fillvalue=None)
                if span is not None
            ],
            days=list(_each_day(books, now)),
            before=_span(other) if other else None,
        )
        return books.envelope(shown, now.left_out)


def steps_of(period: Period, by: By, months: Months) -> Iterator[Period]:
    """The period cut where its weeks (from Monday) or the tenant's months, quarters or years begin."""
    if by == "week":
        start = period.start - timedelta(days=period.start.weekday())
        while start < period.end:
            yield Period(max(start, period.start), min(start + _WEEK, period.end))
            start += _WEEK
        return
    size = _MONTHS_IN[by]
    first = months.index(period.start) // size * size
    for index in range(first, months.index(period.last) + 1, size):
        whole = months.span(index, size)
        yield Period(max(whole.start, period.start), min(whole.end, period.end))


def year_before(period: Period, months: Months) -> Period:
    """The same months, or else the same days, of the year before; the 28th for the 29th of February."""
    count = months.whole(period)
    if count:
        return months.span(months.index(period.start) - 12, count)
    return Period.closed(_a_year_back(period.start), _a_year_back(period.last))


def _a_year_back(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


def _spans(period: Period, by: By, months: Months, most: int | None = _MOST) -> tuple[By, list[Period]]:
    """The steps, coarser than asked for where there would be more than `most`."""
    for step in _ORDER[_ORDER.index(by) :]:
        days = 7 if step == "week" else 30 * _MONTHS_IN[step]
        if most is None or step == "year" or period.days <= most * days:
            return step, list(steps_of(period, step, months))
    raise AssertionError("years are always coarse enough")


def _compared(books: Opened, against: Against | None) -> Period | None:
    if against is None or books.previous is None:
        return None
    other = books.previous if against == "previous" else year_before(books.period, books.context.months)
    lock = books.query.lock
    return other if other.start >= FIRST_DAY and (lock is None or lock.covers(other)) else None


@dataclass(slots=True)
class _Sum:
    """One side of one day: minor units, bookings converted and bookings that no rate converts."""

    amount: int = 0
    count: int = 0
    lost: int = 0


class _Days:
    """What each day of a period brought and took."""

    def __init__(self, sums: dict[tuple[date, _Side], _Sum], left_out: LeftOut) -> None:
        self.sums = sums
        self.left_out = left_out
        self.days = sorted({day for day, _ in sums})

    @classmethod
    def read(cls, books: Opened, span: Period) -> _Days:
        accounts = books.accounts["id"].tolist()
        frame = flow_frame(books.session, books.scope, span, None, books.context.tenant.month_start, accounts)
        books.convert.need_flows(frame)
        names = ("account_id", "category_id", "flow", "sign", "amount", "count", "day")
        sums: dict[tuple[date, _Side], _Sum] = {}
        left_out: LeftOut = {}
        for (account, category, flow, sign, own, count, day), converted in zip(
            zip(*(frame[name].tolist() for name in names), strict=True), books.convert.flows(frame), strict=True
        ):
            kind = books.categories.kind(category, sign)
            if flow != Flow.ORDINARY or kind not in ("income", "expense"):
                continue
            side = sums.setdefault((day, kind), _Sum())
            if converted is None:
                side.lost += count
                currency = books.convert.currency_of(account)
                amount, number = left_out.get(currency, (0, 0))
                left_out[currency] = (checked(amount + own), number + count)
            else:
                side.amount += usual(kind, converted)
                side.count += count
        return cls(sums, left_out)

    def side(self, days: Iterable[date], side: _Side) -> _Sum:
        """The sum of a side over these days."""
        total = _Sum()
        for day in days:
            one = self.sums.get((day, side))
            if one is not None:
                total.amount, total.count, total.lost = (
                    checked(total.amount + one.amount),
                    total.count + one.count,
                    total.lost + one.lost,
                )
        return total


def _known(total: _Sum) -> int | None:
    return None if total.lost and not total.count else total.amount


def _step(books: Opened, span: Period, now: _Days, then: _Days | None, before: Period | None) -> StepFlow:
    inside = [day for day in now.days if day in span]
    income, expenses = now.side(inside, "income"), now.side(inside, "expense")
    sides = (_known(income), _known(expenses))
    earlier: tuple[int | None, int | None] = (None, None)
    if then is not None and before is not None:
        held = [day for day in then.days if day in before]
        earlier = (_known(then.side(held, "income")), _known(then.side(held, "expense")))
    return StepFlow.model_construct(
        from_=span.start,
        to=span.last,
        income=books.money(sides[0]),
        expenses=books.money(sides[1]),
        net=None if None in sides else books.money(checked((sides[0] or 0) - (sides[1] or 0))),
        count=income.count + expenses.count,
        before_income=books.money(earlier[0]),
        before_expenses=books.money(earlier[1]),
    )


def _each_day(books: Opened, now: _Days) -> Iterator[DayFlow]:
    for day in now.days:
        income, expenses = now.side([day], "income"), now.side([day], "expense")
        yield DayFlow.model_construct(
            date=day,
            income=books.money(_known(income)),
            expenses=books.money(_known(expenses)),
            count=income.count + expenses.count,
        )


def _span(period: Period) -> DaySpan:
    return DaySpan.model_validate({"from": period.start, "to": period.last})
