"""`/financial/dashboard/summary`: net worth, income, expenses, what was saved, and how that changed."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from core.budget_status import ratio4
from core.money import format_amount
from core.query import Query
from data.context import TenantContext
from data.frames.flows import flow_frame, unmatched_frame
from data.reports.flows import Flows, FlowTotals, read_flows
from data.reports.opening import Opened, opened
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

_MOST_LEGS = 20


def summary_report(context: TenantContext, query: Query) -> Envelope[FinancialSummary]:
    """The summary of the query's period, with the previous period where there is one."""
    with opened(context, query) as books:
        flows = flows_of(books)
        balances = Balances.read(books, balance_days(books))
        return books.envelope(summary(books, flows, balances), left_out(books, flows, balances))


def flows_of(books: Opened) -> Flows:
    """The lines of the report's period and of the previous one."""
    frame = flow_frame(books.session, books.scope, books.period, books.previous, books.context.tenant.month_start)
    return read_flows(books, frame)


def balance_days(books: Opened) -> list[date]:
    """All days on which a report states a balance: the histories', the period's edges, the previous period's end."""
    days = history_days(books.period, books.context.months, books.context.today, books.span.newest)
    days.append(books.period.last)
    if books.previous:
        days.append(books.previous.last)
    return days


def left_out(books: Opened, flows: Flows, balances: Balances) -> dict[str, tuple[int, int]]:
    """Currency -> (minor units, count) of what no rate could convert: its lines, else its balances."""
    found = dict(flows.left_out)
    foreign = books.accounts[~books.accounts["native"]]
    for account_id, currency in zip(foreign["id"].tolist(), foreign["currency"].tolist(), strict=True):
        balance = balances.on(account_id, books.period.last)
        if balance and currency not in flows.left_out:
            amount, count = found.get(currency, (0, 0))
            found[currency] = (amount + balance, count + 1)
    return found


def summary(books: Opened, flows: Flows, balances: Balances) -> FinancialSummary:
    """The summary from what was read; shared with the whole dashboard."""
    now = flows.totals()
    figures = _figures(books, now, balances, books.period.last)
    previous = None
    if books.previous is not None:
        previous = _figures(books, flows.totals(current=False), balances, books.previous.last)
    return FinancialSummary.model_construct(
        **key_figures(books, figures).__dict__,
        uncategorised=Uncategorised(
            income=books.money(now.uncategorised_income),
            expenses=books.money(now.uncategorised_expenses),
            count=now.uncategorised_count,
        ),
        unmatched_transfers=_unmatched(books, now),
        previous=key_figures(books, previous) if previous else None,
        change=key_figures(books, _change(figures, previous)) if previous else None,
        net_worth_history=_history(books, balances),
        health=None,
    )


Figures = dict[str, int | Fraction | None]


def _figures(books: Opened, totals: FlowTotals, balances: Balances, day: date) -> Figures:
    """The key figures in minor units, the savings rate exact; None where a filter makes a figure undefined."""
    worth = None if books.query.flows_only else balances.net_worth(day)
    net = totals.income - totals.expenses
    return {
        "net_worth": worth.net_worth if worth else None,
        "assets": worth.assets if worth else None,
        "liabilities": worth.liabilities if worth else None,
        "income": totals.income,
        "expenses": totals.expenses,
        "net_cash_flow": net,
        "savings_rate": Fraction(net, totals.income) if totals.income > 0 and not books.query.flows_only else None,
        "saved": totals.saved,
    }


def _change(now: Figures, before: Figures) -> Figures:
    def minus(name: str) -> int | Fraction | None:
        left, right = now[name], before[name]
        return None if left is None or right is None else left - right

    return {name: minus(name) for name in now}


def key_figures(books: Opened, figures: Figures) -> KeyFigures:
    """As texts: money in the report's currency, the rate with 4 decimals."""
    rate = figures["savings_rate"]
    return KeyFigures(
        savings_rate=None if rate is None or books.incomparable else ratio4(Fraction(rate)),
        **{
            name: None if value is None else books.money(int(value))
            for name, value in figures.items()
            if name != "savings_rate"
        },
    )


def _history(books: Opened, balances: Balances) -> list[NetWorthPoint] | None:
    if books.query.flows_only or books.incomparable:
        return None
    days = history_days(books.period, books.context.months, books.context.today, books.span.newest)
    return [_point(day, balances.net_worth(day), books.currency) for day in days]


def _point(day: date, worth: NetWorth, currency: str) -> NetWorthPoint:
    return NetWorthPoint.model_construct(
        date=day,
        net_worth=format_amount(worth.net_worth, currency),
        assets=format_amount(worth.assets, currency),
        liabilities=format_amount(worth.liabilities, currency),
    )


def _unmatched(books: Opened, totals: FlowTotals) -> UnmatchedTransfers:
    items = []
    if totals.unmatched_count:
        frame = unmatched_frame(books.session, books.scope, books.period, _MOST_LEGS)
        items = [
            TransferLeg(
                transaction_id=str(row["transaction_id"]),
                account_id=str(row["account_id"]),
                booked_on=row["booked_on"],
                amount=format_amount(row["amount"], row["currency"]),
                currency=row["currency"],
                payee=row["payee"],
            )
            for row in frame.to_dict("records")
        ]
    return UnmatchedTransfers(count=totals.unmatched_count, amount=books.money(totals.unmatched), items=items)
