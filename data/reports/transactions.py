"""`/financial/dashboard/transactions`: what was earned and spent, by month, category, payee and weekday."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Final

from core.budget_status import ratio4
from core.money import format_amount
from core.query import UNCATEGORISED, Query
from data.context import TenantContext
from data.frames.account_lines import AccountLines, account_lines, account_lines_select
from data.frames.converted import AtRates
from data.frames.driver import Select
from data.frames.extremes import native_extremes
from data.frames.flows import extreme_lines, payees, weekday_frame
from data.frames.transactions import newest_ids, transactions
from data.reports.flows import FlowLine, Flows, FlowTotals, usual
from data.reports.opening import Opened, opened
from data.reports.summary import sums_of
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

MOST_PAYEES = 10
MOST_RECENT = 10
UNNAMED: Final[dict[CategoryKind, str]] = {"income": "Uncategorised income", "expense": "Uncategorised expenses"}
"""What the flows that have no category are called."""


def transactions_report(context: TenantContext, query: Query) -> Envelope[TransactionSummary]:
    """The bookings of the query's period that are income or expense."""
    with opened(context, query) as books:
        flows = sums_of(books)
        return books.envelope(transaction_summary(books, flows), flows.left_out(flow_lines(flows)))


def transaction_summary(books: Opened, flows: Flows) -> TransactionSummary:
    """The transactions from what was read; shared with the whole dashboard."""
    lines = flow_lines(flows)
    totals = flow_totals(flows)
    at = books.convert.at_rates(books.account_ids, flows.frame)
    asked = account_lines_asked(books)
    own = None if asked is None else account_lines(books.session, asked)
    largest, recent = _largest_and_recent(books, at, own)
    return TransactionSummary.model_construct(
        count=totals.count,
        inflow=books.money(totals.known("inflow")),
        outflow=books.money(totals.known("outflow")),
        average=books.money(average_of(totals)),
        largest_inflow=largest.get(1),
        largest_outflow=largest.get(-1),
        by_month=month_flows(books, flows.months, blank=totals.blank),
        by_category=category_flows(books, lines),
        by_payee=_by_payee(books, at, own),
        by_weekday=weekday_flows(books, flows, blank=totals.blank),
        recent=recent,
    )


def account_lines_asked(books: Opened) -> Select | None:
    """What reads the largest and the payees of accounts that were asked for, where all are in the report's currency
    and no tag is asked for."""
    if books.scope.account_ids is None or books.scope.tag_ids is not None or books.foreign:
        return None
    return account_lines_select(books.scope, books.period, MOST_PAYEES)


def flow_lines(flows: Flows) -> list[FlowLine]:
    """The lines of the period that are income or expense."""
    return [line for line in flows.lines if line.current and line.is_flow]


def flow_totals(flows: Flows) -> FlowTotals:
    """The period's totals, all unknown where lines were left out and there is no other money."""
    lines = flow_lines(flows)
    blank = any(line.lost for line in lines) and not any(line.amount for line in lines if not line.lost)
    return flows.totals(blank=blank)


def average_of(totals: FlowTotals) -> int | None:
    """The size of a converted line in the mean, rounded half to even; None without any."""
    return round(Fraction(totals.inflow + totals.outflow, totals.count)) if totals.count and not totals.blank else None


def _largest_and_recent(
    books: Opened, at: AtRates, own: AccountLines | None
) -> tuple[dict[int, Transaction], list[Transaction]]:
    newest = newest_ids(books.session, books.scope, books.period, MOST_RECENT)
    signs = largest_lines(books, at, own)
    found = transactions(books.session, [*newest, *signs.values()])
    return {sign: found[key] for sign, key in signs.items()}, [found[key] for key in newest]


def largest_lines(books: Opened, at: AtRates, own: AccountLines | None = None) -> dict[int, int]:
    """Sign -> the transaction with the largest line; of equal ones the earliest, then the lower id. `own`: what was
    read of the accounts asked for."""
    scope = books.scope
    found: list[tuple[int, int, date, int]]
    if own is not None:
        found, scope = own.largest, replace(scope, account_ids=())
    elif scope.tag_ids is None:
        found = native_extremes(books.session, scope, books.period, at.foreign)
        scope = replace(scope, account_ids=at.foreign)
    else:
        found = []
    if scope.account_ids != ():
        found += extreme_lines(books.session, scope, books.period, at)
    ranked = sorted(found, key=lambda row: (-abs(row[1]), row[2], row[3]))
    return {sign: key for sign, _, _, key in reversed(ranked)}


def month_flows(books: Opened, lines: list[FlowLine], *, blank: bool) -> list[MonthFlow]:
    """One row per month of the period, empty ones too."""
    months = books.context.months
    sums = {index: FlowTotals(blank=blank) for index in months.each(books.period)}
    for line in lines:
        sums[line.month].add(line)
    return [
        MonthFlow.made(
            month=months.name(index),
            income=books.money(sums[index].known("income")),
            expenses=books.money(sums[index].known("expenses")),
            net=books.money(sums[index].net),
            count=sums[index].count,
        )
        for index in sums
    ]


def category_flows(books: Opened, lines: list[FlowLine]) -> list[CategoryFlow]:
    """One row per category with converted bookings, largest first within its kind; uncategorised rows last on ties."""
    sums: dict[tuple[CategoryKind, int], tuple[int, int]] = {}
    kinds: dict[CategoryKind, int] = {"income": 0, "expense": 0}
    for line in lines:
        if not line.lost:
            amount = usual(line.kind, line.amount)
            before, count = sums.get((line.kind, line.category_id), (0, 0))
            sums[line.kind, line.category_id] = (before + amount, count + line.lines)
            kinds[line.kind] += amount
    ranked = sorted(sums.items(), key=lambda item: (item[0][0] != "income", -item[1][0], item[0][1]))
    return [
        CategoryFlow.made(
            category_id=None if category_id == UNCATEGORISED else str(category_id),
            name=UNNAMED[kind] if category_id == UNCATEGORISED else books.categories.names[category_id],
            kind=kind,
            amount=format_amount(amount, books.currency),
            count=count,
            share=ratio4(Fraction(amount, kinds[kind])) if kinds[kind] > 0 else None,
        )
        for (kind, category_id), (amount, count) in ranked
    ]


def _by_payee(books: Opened, at: AtRates, own: AccountLines | None) -> list[PayeeFlow]:
    if own is not None:
        found = own.payees
    else:
        months = books.context.months
        found = payees(books.session, books.scope, books.period, months, at, books.currency, MOST_PAYEES)
    return [
        PayeeFlow.made(payee=payee, amount=format_amount(amount, books.currency), count=count)
        for payee, amount, count in found
    ]


def weekday_flows(books: Opened, flows: Flows, *, blank: bool) -> list[WeekdayFlow]:
    """Accounts in the report's currency summed by the database, the others by their lines, which have one."""
    sums = {weekday: FlowTotals(blank=blank) for weekday in range(1, 8)}
    for line in flow_lines(flows):
        if line.weekday is not None and line.kind == "expense":
            sums[line.weekday].add(line)
    for weekday, amount in _native_days(books, flows):
        sums[weekday].put("expenses", -amount)
    return [
        WeekdayFlow.made(weekday=weekday, expenses=books.money(sums[weekday].known("expenses"))) for weekday in sums
    ]


def _native_days(books: Opened, flows: Flows) -> list[tuple[int, int]]:
    """(weekday, amount) of what was spent (negative) in accounts in the report's currency."""
    if books.scope.tag_ids is None:
        return [(weekday, amount) for row in flows.spent_by_weekday for weekday, amount in enumerate(row, 1)]
    frame = weekday_frame(books.session, books.scope, books.period, books.foreign)
    return list(zip(frame["weekday"].tolist(), frame["amount"].tolist(), strict=True))
