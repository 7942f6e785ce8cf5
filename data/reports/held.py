"""What some accounts held together in the days before today, for the line that a forecast continues."""

from __future__ import annotations

from datetime import date, timedelta

from core.money import checked, format_amount
from core.query import Query
from data.context import TenantContext
from data.frames.days import day_frame
from data.reports.opening import opened
from data.reports.stocks import Balances
from data.schemas.cash_flow import BalanceDay

_DAY = timedelta(days=1)


def held_before(context: TenantContext, account_ids: tuple[int, ...], currency: str, days: int) -> list[BalanceDay]:
    """Their balance at the end of each of the last `days` days and of today, oldest first, all at today's rate as the
    forecast has it; none before the first booking, and none of an account without a rate."""
    query, today = Query(account_ids=account_ids, currency=currency), context.today
    with opened(context, query) as books:
        balances = Balances.read(books, [today])
        since = today - (days - 1) * _DAY
        frame = day_frame(books.session, account_ids, since)
        held = 0
        changes: dict[date, int] = {}
        for account in account_ids:
            own = books.convert.currency_of(account)
            held = checked(held + (books.convert.amount(balances.on(account, today), own, today) or 0))
        for account, day, amount in zip(*(frame[name].tolist() for name in frame), strict=True):
            worth = books.convert.amount(amount, books.convert.currency_of(account), today) or 0
            changes[day] = changes.get(day, 0) + worth
        wanted = books.accounts["id"].isin(account_ids)
        known = [day for day in books.accounts.loc[wanted, "first_booked_on"].tolist() if day is not None]
        first = min(known, default=today)
        found, day = [], today
        while day >= max(first, since - _DAY):
            found.append(BalanceDay.model_construct(date=day, balance=format_amount(held, currency)))
            held = checked(held - changes.get(day, 0))
            day -= _DAY
        return found[::-1]
