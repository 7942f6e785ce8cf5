"""`/financial/dashboard/summary`: net worth, income, expenses, what was saved, and how that changed."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from core.budget_status import ratio4
from core.money import format_amount
from core.query import Query
from data.context import TenantContext
from data.frames.flows import flow_frame
from data.frames.unmatched import unmatched
from data.reports.flows import Flows, FlowTotals, read_flows, read_sums_of
from data.reports.health import HealthBooks, health_of, health_period, read_health
from data.reports.opening import LeftOut, Opened, opened
from data.reports.stocks import Balances, NetWorth, history_days
from data.schemas.dashboard import (
    Envelope,
    FinancialSummary,
    KeyFigures,
    NetWorthPoint,
    TransferLeg,
    Uncategorised,
    UnmatchedTransfers,
)

MOST_LEGS = 20


def summary_report(context: TenantContext, query: Query) -> Envelope[FinancialSummary]:
    """The summary of the query's period, with the previous period where there is one."""
    with opened(context, query) as books:
        flows = sums_of(books)
        balances = Balances.read(books, [*balance_days(books), health_period(books).last])
        health = read_health(books, balances)
        return books.envelope(summary(books, flows, balances, health), left_out(books, flows, balances))


def flows_of(books: Opened) -> Flows:
    """The lines of the report's period and of the previous one by account and month, for explaining figures."""
    start_day = books.context.tenant.month_start
    frame = flow_frame(books.session, books.scope, books.period, books.previous, start_day, books.foreign)
    return read_flows(books, frame)


def sums_of(books: Opened) -> Flows:
    """The same as far as the reports need it: what it costs does not depend on how much is in the ledger."""
    return read_sums_of(books, books.period, books.previous)


def balance_days(books: Opened) -> list[date]:
    """All days on which a report states a balance: the histories', the period's edges, the previous period's end."""
    days = history_days(books.period, books.context.months, books.context.today, books.span.newest)
    days.append(books.period.last)
    if books.previous:
        days.append(books.previous.last)
    return days


def left_out(books: Opened, flows: Flows, balances: Balances) -> LeftOut:
    """What no rate could convert, of each currency the first that there is: lines of the period, lines of the
    previous one, balances on the newest day on which one is missing."""
    found = flows.left_out(flows.counted(current=False)) | flows.left_out(flows.counted())
    for day in reversed(_worth_days(books)):
        ids = [account_id for account_id, _ in balances.counting(day)]
        found = balances.left_out(ids, day) | found
    return found


def _worth_days(books: Opened) -> list[date]:
    """The days on which the summary states net worth, in order."""
    return [] if books.query.flows_only else sorted(set(balance_days(books)))


def summary(books: Opened, flows: Flows, balances: Balances, health: HealthBooks | None) -> FinancialSummary:
    """The summary from what was read; shared with the whole dashboard."""
    blank = _nothing_converted(books, flows, balances)
    now = flows.totals(blank=blank)
    figures = _figures(books, now, balances, books.period.last)
    previous = None
    if books.previous is not None:
        before = flows.totals(current=False, blank=blank)
        previous = _figures(books, before, balances, books.previous.last)
    return FinancialSummary.model_construct(
        **key_figures(books, figures).__dict__,
        uncategorised=Uncategorised(
            income=books.money(now.known("uncategorised_income")),
            expenses=books.money(now.known("uncategorised_expenses")),
            count=now.uncategorised_count,
        ),
        unmatched_transfers=_unmatched(books, now),
        previous=key_figures(books, previous) if previous else None,
        change=key_figures(books, _change(figures, previous)) if previous else None,
        net_worth_history=[] if blank or books.query.flows_only else _history(books, balances),
        health=health_of(health),
    )


Figures = dict[str, int | Fraction | None]


def _figures(books: Opened, totals: FlowTotals, balances: Balances, day: date) -> Figures:
    """The key figures in minor units, the savings rate exact; None where a filter makes a figure undefined."""
    worth = None if books.query.flows_only or totals.blank else balances.net_worth(day)
    income, net = totals.known("income"), totals.net
    rate = None
    if income is not None and income > 0 and net is not None and not books.query.flows_only:
        rate = Fraction(net, income)
    return {
        "net_worth": worth.net_worth if worth else None,
        "assets": worth.assets if worth else None,
        "liabilities": worth.liabilities if worth else None,
        "income": income,
        "expenses": totals.known("expenses"),
        "net_cash_flow": net,
        "savings_rate": rate,
        "saved": totals.known("saved"),
    }


def _nothing_converted(books: Opened, flows: Flows, balances: Balances) -> bool:
    """Whether money was left out and there is no other in any total."""
    if not left_out(books, flows, balances):
        return False
    counted = flows.counted() + flows.counted(current=False)
    return not any(line.amount for line in counted if not line.lost) and not any(
        balances.converted(account_id, day) for day in _worth_days(books) for account_id, _ in balances.counting(day)
    )


def _change(now: Figures, before: Figures) -> Figures:
    def minus(name: str) -> int | Fraction | None:
        left, right = now[name], before[name]
        return None if left is None or right is None else left - right

    return {name: minus(name) for name in now}


def key_figures(books: Opened, figures: Figures) -> KeyFigures:
    """As texts: money in the report's currency, the rate with 4 decimals."""
    rate = figures["savings_rate"]
    return KeyFigures(
        savings_rate=None if rate is None else ratio4(Fraction(rate)),
        **{
            name: None if value is None else books.money(int(value))
            for name, value in figures.items()
            if name != "savings_rate"
        },
    )


def _history(books: Opened, balances: Balances) -> list[NetWorthPoint]:
    days = history_days(books.period, books.context.months, books.context.today, books.span.newest)
    return [_point(books, day, balances.net_worth(day)) for day in days]


def _point(books: Opened, day: date, worth: NetWorth) -> NetWorthPoint:
    return NetWorthPoint.made(
        date=day,
        net_worth=books.money(worth.net_worth),
        assets=books.money(worth.assets),
        liabilities=books.money(worth.liabilities),
    )


def _unmatched(books: Opened, totals: FlowTotals) -> UnmatchedTransfers:
    items = []
    if totals.unmatched_count:
        items = [
            TransferLeg.made(
                transaction_id=str(transaction_id),
                account_id=str(account_id),
                booked_on=day,
                amount=format_amount(amount, currency),
                currency=currency,
                payee=payee,
            )
            for transaction_id, account_id, day, amount, currency, payee in unmatched(
                books.session, books.scope, books.period, MOST_LEGS
            )
        ]
    return UnmatchedTransfers(count=totals.unmatched_count, amount=books.money(totals.known("unmatched")), items=items)
