"""`/financial/comparisons`: a month, quarter, year or week of each group beside those before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from core.money import format_amount
from core.period import Months, Period
from core.query import UNCATEGORISED, Query
from data.context import TenantContext
from data.frames.converted import AtRates
from data.frames.groups import group_frame
from data.reports.flows import Flows, usual
from data.reports.opening import Opened, opened
from data.reports.summary import flows_of
from data.reports.transactions import UNNAMED, flow_lines
from data.schemas.budgets import DaySpan
from data.schemas.common import CategoryKind
from data.schemas.comparisons import By, Compared, ComparedSpans, Comparison, Of
from data.schemas.dashboard import Envelope

_WEEK: Final = timedelta(days=7)
_SIX: Final = 6
_IN_MONTHS: Final[dict[By, int]] = {"month": 1, "quarter": 3, "year": 12}
_Group = tuple[int | None, str, CategoryKind]
_Sums = dict[_Group, tuple[int, int]]
"""(id, name, kind) -> amount in the kind's usual direction, lines."""


@dataclass(frozen=True, slots=True)
class Spans:
    """What is compared; `six` are the starts of the six before the current one, oldest first."""

    current: Period
    previous: Period
    last_year: Period
    last_six: Period
    six: tuple[date, ...]


def spans_of(by: By, day: date, months: Months) -> Spans:
    """The spans around `day`. Quarters and years are of the tenant's months, weeks begin on Monday; the same week of
    last year is 52 weeks ago."""
    start: Callable[[int], date]
    if by == "week":
        monday = day - timedelta(days=day.weekday())

        def start(step: int) -> date:
            return monday + step * _WEEK

        year = 52
    else:
        size = _IN_MONTHS[by]
        first = months.index(day) // size * size

        def start(step: int) -> date:
            return months.first(first + step * size)

        year = 12 // size

    def span(step: int, steps: int = 1) -> Period:
        return Period(start(step), start(step + steps))

    return Spans(span(0), span(-1), span(-year), span(-_SIX, _SIX), tuple(start(step) for step in range(-_SIX, 0)))


def comparisons_report(context: TenantContext, query: Query, by: By, of: Of, most: int) -> Envelope[Comparison]:
    """The span that holds the last day of the query's period, or today, for each of the `most` largest groups."""
    with opened(context, query) as books:
        spans = spans_of(by, min(books.period.last, context.today), context.months)
        compared = _read(books, spans, of)
        rows = _rows(books, spans, compared)
        shown = Comparison.model_construct(
            by=by,
            of=of,
            spans=ComparedSpans(
                current=_days(spans.current),
                previous=_days(spans.previous),
                last_year=_days(spans.last_year),
                last_six=_days(spans.last_six),
            ),
            rows=rows[:most],
            more=max(0, len(rows) - most),
        )
        return books.envelope(shown, compared.flows.left_out(flow_lines(compared.flows)))


@dataclass(frozen=True, slots=True)
class _Compared:
    """The sums of each span, None for one that an embed's lock does not show; `flows` are those of the current one."""

    flows: Flows
    current: _Sums
    previous: _Sums | None
    last_year: _Sums | None
    last_six: _Sums | None


def _read(books: Opened, spans: Spans, of: Of) -> _Compared:
    lock = books.query.lock

    def read(span: Period) -> Flows | None:
        seen = lock is None or lock.covers(span)
        return flows_of(replace(books, period=span, previous=None)) if seen else None

    wanted = (spans.current, spans.previous, spans.last_year, spans.last_six)
    found = [read(span) for span in wanted]
    now = found[0] or flows_of(books)
    sums = [None if flows is None else _sums(books, span, flows, of) for span, flows in zip(wanted, found, strict=True)]
    return _Compared(now, sums[0] or {}, sums[1], sums[2], sums[3])


def _sums(books: Opened, span: Period, flows: Flows, of: Of) -> _Sums:
    if of == "category" or of == "account":
        return _by_line(books, flows, by_account=of == "account")
    at: AtRates = books.convert.at_rates(books.accounts["id"].tolist(), flows.frame)
    frame = group_frame(books.session, books.scope, span, at, of)
    return {
        (None if number is None else int(number), name, kind): (usual(kind, amount), count)
        for number, name, kind, amount, count in zip(*(frame[name].tolist() for name in frame), strict=True)
    }


def _by_line(books: Opened, flows: Flows, *, by_account: bool) -> _Sums:
    accounts = dict(zip(books.accounts["id"].tolist(), books.accounts["name"].tolist(), strict=True))
    sums: _Sums = {}
    for line in flow_lines(flows):
        if not line.lost:
            if by_account:
                group: _Group = (line.account_id, accounts[line.account_id], line.kind)
            elif line.category_id == UNCATEGORISED:
                group = (None, UNNAMED[line.kind], line.kind)
            else:
                group = (line.category_id, books.categories.names[line.category_id], line.kind)
            amount, count = sums.get(group, (0, 0))
            sums[group] = (amount + usual(line.kind, line.amount), count + line.lines)
    return sums


def _rows(books: Opened, spans: Spans, compared: _Compared) -> list[Compared]:
    """One row for each group of any span, also of those that have nothing in the current one."""
    groups = {*compared.current, *(compared.previous or {}), *(compared.last_year or {}), *(compared.last_six or {})}
    ranked = sorted(groups, key=lambda group: (group[2] != "income", -compared.current.get(group, (0, 0))[0], group[1]))
    return [_row(books, spans, compared, group) for group in ranked]


def _row(books: Opened, spans: Spans, compared: _Compared, group: _Group) -> Compared:
    number, name, kind = group
    amount, count = compared.current.get(group, (0, 0))

    def of(sums: _Sums | None) -> int | None:
        return None if sums is None else sums.get(group, (0, 0))[0]

    previous, six = of(compared.previous), of(compared.last_six)
    known = _known(books, spans)
    average = None if six is None or not known else round(Fraction(six, known))
    return Compared.model_construct(
        id=None if number is None else str(number),
        name=name,
        kind=kind,
        amount=format_amount(amount, books.currency),
        count=count,
        previous=books.money(previous),
        change=None if previous is None else books.money(amount - previous),
        last_year=books.money(of(compared.last_year)),
        average=books.money(average),
    )


def _known(books: Opened, spans: Spans) -> int:
    """In how many of the last six there were books."""
    first = books.span.first
    ends = (*spans.six[1:], spans.current.start)
    return 0 if first is None else sum(first < end for end in ends)


def _days(span: Period) -> DaySpan:
    return DaySpan.model_validate({"from": span.start, "to": span.last})
