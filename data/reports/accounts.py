"""`/financial/dashboard/accounts`: every account's balance, what moved it, and its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from core.money import format_amount
from core.query import Query
from data.context import TenantContext
from data.frames.accounts import AccountRow, turnovers
from data.frames.base import total
from data.models.rollup import Flow
from data.reports.flows import Flows
from data.reports.opening import LeftOut, Opened, opened
from data.reports.stocks import Balances, history_days
from data.reports.summary import balance_days, sums_of
from data.schemas.dashboard import AccountSummary, BalancePoint, Envelope

_DAY = timedelta(days=1)


@dataclass(slots=True)
class _Movement:
    inflow: int = 0
    outflow: int = 0
    lines: int = 0


def accounts_report(context: TenantContext, query: Query) -> Envelope[list[AccountSummary]]:
    """The accounts in scope by name, for the query's period."""
    with opened(context, query) as books:
        flows = sums_of(books)
        balances = Balances.read(books, balance_days(books))
        rows = account_summaries(books, flows, balances, with_history=True)
        return books.envelope(rows, unconverted_balances(books, balances))


def unconverted_balances(books: Opened, balances: Balances) -> LeftOut:
    """The closing balances that no rate converts, by currency; the other amounts are in the accounts' own."""
    if books.query.flows_only:
        return {}
    return balances.left_out(books.account_ids, books.period.last)


def account_summaries(books: Opened, flows: Flows, balances: Balances, *, with_history: bool) -> list[AccountSummary]:
    """The accounts from what was read; shared with the whole dashboard, which leaves long histories out."""
    moved = _movements(books, flows)
    days = []
    if with_history and not books.query.flows_only:
        days = history_days(books.period, books.context.months, books.context.today, books.span.newest)
    return [_account(books, row, moved.get(row.id, _Movement()), balances, days) for row in books.account_rows]


def _movements(books: Opened, flows: Flows) -> dict[int, _Movement]:
    """Account id -> what was booked in the period, transfers and adjustments included."""
    if books.scope.tag_ids is None:
        found = turnovers(books.session, books.scope, books.period, books.context.months)
        return {account_id: _Movement(*row) for account_id, row in found.items()}
    moved: dict[int, _Movement] = {}
    booked = flows.frame[flows.frame["current"] & (flows.frame["flow"] != Flow.PENDING)]
    for account_id, amount, count in zip(
        booked["account_id"].tolist(), booked["amount"].tolist(), booked["count"].tolist(), strict=True
    ):
        movement = moved.setdefault(account_id, _Movement())
        movement.inflow = total((movement.inflow, max(0, amount)))
        movement.outflow = total((movement.outflow, max(0, -amount)))
        movement.lines += count
    return moved


def _account(
    books: Opened, row: AccountRow, movement: _Movement, balances: Balances, days: list[date]
) -> AccountSummary:
    currency = row.currency
    balance = converted = change = None
    if not books.query.flows_only:
        closing = balances.on(row.id, books.period.last)
        balance = format_amount(closing, currency)
        converted = books.money(balances.converted(row.id, books.period.last))
        change = format_amount(closing - balances.on(row.id, books.period.start - _DAY), currency)
    return AccountSummary.made(
        id=str(row.id),
        name=row.name,
        type=row.type,
        institution=row.institution,
        currency=currency,
        balance=balance,
        balance_converted=converted,
        pending=format_amount(row.pending, currency),
        inflow=format_amount(movement.inflow, currency),
        outflow=format_amount(movement.outflow, currency),
        change=change,
        transaction_count=movement.lines,
        last_booked_on=row.last_booked_on,
        closed_on=row.closed_on,
        balance_history=[
            BalancePoint.made(date=day, balance=format_amount(balances.on(row.id, day), currency)) for day in days
        ],
    )
