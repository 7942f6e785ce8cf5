"""`/financial/dashboard/transactions`: what was earned and spent, by month, category, payee and weekday."""

from __future__ import annotations

from fractions import Fraction

from core.budget_status import ratio4
from core.money import format_amount
from core.query import UNCATEGORISED, Query
from data.context import TenantContext
from data.frames.flows import extreme_frame, payee_frame, weekday_frame
from data.frames.transactions import TransactionFilter, transaction_ids, transactions
from data.models.rollup import Flow
from data.reports.flows import FlowLine, Flows, FlowTotals
from data.reports.opening import Opened, opened
from data.reports.summary import flows_of
from data.schemas.common import CategoryKind
from data.schemas.dashboard import (
    CategoryFlow,
    Envelope,
    MonthFlow,
    PayeeFlow,
    TransactionSummary,
    WeekdayFlow,
)
from data.schemas.ledger import Transaction

_MOST_PAYEES = 10
_MOST_RECENT = 10
_UNNAMED: dict[CategoryKind, str] = {"income": "Uncategorised income", "expense": "Uncategorised expenses"}


def transactions_report(context: TenantContext, query: Query) -> Envelope[TransactionSummary]:
    """The bookings of the query's period that are income or expense."""
    with opened(context, query) as books:
        flows = flows_of(books)
        return books.envelope(transaction_summary(books, flows), flows.left_out)


def transaction_summary(books: Opened, flows: Flows) -> TransactionSummary:
    """The transactions from what was read; shared with the whole dashboard."""
    totals = flows.totals()
    largest, recent = _largest_and_recent(books)
    moved = totals.inflow + totals.outflow
    average = round(Fraction(moved, totals.count)) if totals.count else None
    return TransactionSummary.model_construct(
        count=totals.count,
        inflow=books.money(totals.inflow),
        outflow=books.money(totals.outflow),
        average=None if average is None else books.money(average),
        largest_inflow=largest.get(1),
        largest_outflow=largest.get(-1),
        by_month=_by_month(books, flows),
        by_category=_by_category(books, flows),
        by_payee=_by_payee(books),
        by_weekday=_by_weekday(books),
        recent=recent,
    )


def _largest_and_recent(books: Opened) -> tuple[dict[int, Transaction], list[Transaction]]:
    extremes = extreme_frame(books.session, books.scope, books.period, books.currency)
    wanted = TransactionFilter(books.scope, books.period.start, books.period.end)
    newest = [row[0] for row in transaction_ids(books.session, wanted, _MOST_RECENT)]
    signs = dict(zip(extremes["sign"].tolist(), extremes["transaction_id"].tolist(), strict=True))
    found = transactions(books.session, [*newest, *signs.values()])
    return {sign: found[key] for sign, key in signs.items()}, [found[key] for key in newest]


def _is_flow(line: FlowLine) -> bool:
    return line.current and line.flow == Flow.ORDINARY and line.kind in ("income", "expense")


def _by_month(books: Opened, flows: Flows) -> list[MonthFlow]:
    months = books.context.months
    sums = {index: FlowTotals() for index in months.each(books.period)}
    for line in flows.lines:
        if _is_flow(line):
            sums[line.month].add(line)
    return [
        MonthFlow.model_construct(
            month=months.name(index),
            income=books.money(sums[index].income),
            expenses=books.money(sums[index].expenses),
            net=books.money(sums[index].income - sums[index].expenses),
            count=sums[index].count,
        )
        for index in sums
    ]


def _by_category(books: Opened, flows: Flows) -> list[CategoryFlow]:
    """One row per category with bookings, largest first within its kind; uncategorised as two rows, last on ties."""
    sums: dict[tuple[CategoryKind, int], tuple[int, int]] = {}
    kinds: dict[CategoryKind, int] = {"income": 0, "expense": 0}
    for line in flows.lines:
        if _is_flow(line):
            amount = line.amount if line.kind == "income" else -line.amount
            before, count = sums.get((line.kind, line.category_id), (0, 0))
            sums[line.kind, line.category_id] = (before + amount, count + line.lines)
            kinds[line.kind] += amount
    ranked = sorted(sums.items(), key=lambda item: (item[0][0] != "income", -item[1][0], item[0][1]))
    return [
        CategoryFlow.model_construct(
            category_id=None if category_id == UNCATEGORISED else str(category_id),
            name=_UNNAMED[kind] if category_id == UNCATEGORISED else books.categories.names[category_id],
            kind=kind,
            amount=format_amount(amount, books.currency),
            count=count,
            share=ratio4(Fraction(amount, kinds[kind])) if kinds[kind] > 0 else None,
        )
        for (kind, category_id), (amount, count) in ranked
    ]


def _by_payee(books: Opened) -> list[PayeeFlow]:
    frame = payee_frame(books.session, books.scope, books.period, books.currency, _MOST_PAYEES)
    return [
        PayeeFlow.model_construct(payee=payee, amount=format_amount(amount, books.currency), count=count)
        for payee, amount, count in zip(*(frame[name].tolist() for name in frame), strict=True)
    ]


def _by_weekday(books: Opened) -> list[WeekdayFlow]:
    frame = weekday_frame(books.session, books.scope, books.period, books.currency)
    spent = dict(zip(frame["weekday"].tolist(), frame["amount"].tolist(), strict=True))
    if books.incomparable:
        return []
    return [
        WeekdayFlow.model_construct(weekday=weekday, expenses=format_amount(-spent.get(weekday, 0), books.currency))
        for weekday in range(1, 8)
    ]
