"""`/financial/forecast`: the balances of the next 90 days (`semantics.md`, Recurring payments and forecast)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from core import forecast as arithmetic
from core.money import checked, format_amount
from core.period import FIRST_DAY, PeriodQuery
from core.query import Query
from core.recurring import FEWEST, outlook
from data.context import TenantContext
from data.frames.days import day_frame
from data.frames.recurring import StoredSeries, stored_series
from data.reports.opening import LeftOut, Opened, opened
from data.reports.stocks import Balances
from data.schemas.dashboard import Envelope
from data.schemas.recurring import Forecast, ForecastError, ForecastPoint

EVERYDAY_TYPES: Final = frozenset({"cash", "checking", "savings", "credit_card"})
"""What is forecast when no account is named: what is paid from day by day."""
_DAY = timedelta(days=1)
_HISTORY: Final = 365
_TESTS: Final = 6
_TEST_DAYS: Final = 30


def forecast_report(context: TenantContext, account_ids: tuple[int, ...], currency: str | None) -> Envelope[Forecast]:
    """The forecast of these accounts together, by default of all open everyday ones."""
    span = PeriodQuery(None, context.today + _DAY, context.today + arithmetic.HORIZON * _DAY)
    query = Query(period=span, account_ids=account_ids, currency=currency)
    with opened(context, query) as books:
        accounts = _accounts(books)
        balances = Balances.read(books, [context.today])
        balance, left_out = _balance(books, balances, accounts)
        kept = [account for account in accounts if books.convert.currency_of(account) not in left_out]
        if not kept:
            reason = "no_rates" if accounts else "no_accounts"
            empty = Forecast(account_ids=[], balance=None, points=None, error=None, reason=reason)
            return books.envelope(empty, left_out)
        return books.envelope(_forecast(books, kept, balance), left_out)


def _accounts(books: Opened) -> list[int]:
    """The open accounts that are asked for."""
    names = ("id", "type", "closed_on")
    return [
        account_id
        for account_id, kind, closed_on in zip(*(books.accounts[name].tolist() for name in names), strict=True)
        if (closed_on is None or closed_on > books.context.today)
        and (books.query.account_ids or kind in EVERYDAY_TYPES)
    ]


def _balance(books: Opened, balances: Balances, accounts: Sequence[int]) -> tuple[int, LeftOut]:
    """Today's balance of the accounts together, and those that no rate converts."""
    today, balance = books.context.today, 0
    left_out: LeftOut = {}
    for account in accounts:
        own, currency = balances.on(account, today), books.convert.currency_of(account)
        # Also an empty account needs a rate: its bookings will be converted.
        if books.convert.rate(currency, today) is None:
            amount, count = left_out.get(currency, (0, 0))
            left_out[currency] = (checked(amount + own), count + 1)
        else:
            balance = checked(balance + (books.convert.amount(own, currency, today) or 0))
    return balance, left_out


def _forecast(books: Opened, accounts: Sequence[int], balance: int) -> Forecast:
    today = books.context.today
    past = _Past(books, accounts)
    ids = [str(account) for account in accounts]
    if past.days_before(today) < arithmetic.LEAST_HISTORY:
        return Forecast(account_ids=ids, balance=books.money(balance), points=None, error=None, reason="short_history")
    seed = f"{books.context.tenant.key}/{today.isoformat()}/{','.join(ids)}"
    points = arithmetic.forecast(balance, past.rest(today), past.due(today, with_booked=True), seed)
    return Forecast(
        account_ids=ids,
        balance=books.money(balance),
        points=[
            ForecastPoint.model_construct(
                date=today + day * _DAY,
                expected=format_amount(checked(point.expected), books.currency),
                low=format_amount(checked(point.low), books.currency),
                high=format_amount(checked(point.high), books.currency),
                recurring=format_amount(checked(point.recurring), books.currency),
            )
            for day, point in enumerate(points, start=1)
        ],
        error=_error(books, past, seed),
        reason=None,
    )


def _error(books: Opened, past: _Past, seed: str) -> ForecastError | None:
    """The same forecast made 30, 60 .. 180 days ago, against what came 30 days later; None without enough history."""
    errors = []
    for test in range(1, _TESTS + 1):
        day = books.context.today - test * _TEST_DAYS * _DAY
        if past.days_before(day) >= arithmetic.LEAST_HISTORY:
            change = arithmetic.expected_change(past.rest(day), past.due(day), _TEST_DAYS, seed)
            errors.append(change - past.change(day, _TEST_DAYS))
    if not errors:
        return None
    error = books.money(checked(arithmetic.median_error(errors)))
    return ForecastError.model_validate({"median": error, "days": _TEST_DAYS, "tests": len(errors)})


class _Past:
    """What the accounts' days brought, in the report's currency at today's rate; as it was known on any day.

    A series counts as known from its third payment on.
    """

    def __init__(self, books: Opened, accounts: Sequence[int]) -> None:
        self._books = books
        today = books.context.today
        since = today - (_HISTORY + _TESTS * _TEST_DAYS) * _DAY
        frame = day_frame(books.session, accounts, since)
        self._totals: dict[date, int] = {}
        for account, day, amount in zip(*(frame[name].tolist() for name in frame), strict=True):
            self._totals[day] = self._totals.get(day, 0) + self._worth(amount, books.convert.currency_of(account))
        wanted = books.accounts["id"].isin(accounts)
        first = [day for day in books.accounts.loc[wanted, "first_booked_on"].tolist() if day is not None]
        self._first = min(first, default=None)
        self._series = [
            (series, self._payments(series)) for series in stored_series(books.session, FIRST_DAY, account_ids=accounts)
        ]

    def days_before(self, day: date) -> int:
        """How many days of history there are up to `day`."""
        return 0 if self._first is None else max(0, (day - self._first).days + 1)

    def rest(self, day: date) -> list[int]:
        """What each of the days up to `day` brought besides what recurs, a year at most, oldest first."""
        days = min(_HISTORY, self.days_before(day))
        start = day - (days - 1) * _DAY
        amounts = [self._totals.get(start + place * _DAY, 0) for place in range(days)]
        for _, payments in self._series:
            known = [payment for payment in payments if payment[0] <= day]
            if len(known) >= FEWEST:
                for paid_on, amount in known:
                    if paid_on >= start:
                        amounts[(paid_on - start).days] -= amount
        return amounts

    def due(self, day: date, *, with_booked: bool = False) -> dict[int, int]:
        """What recurs after `day`, by days from it; what is overdue is expected on the next one. `with_booked`:
        and what is booked ahead."""
        found: dict[int, int] = {}
        for series, payments in self._series:
            known = payments if with_booked else [payment for payment in payments if payment[0] <= day]
            if len(known) >= FEWEST:
                schedule, amount = outlook(series.schedule.interval, known)
                for due_on in schedule.expected(day, day + arithmetic.HORIZON * _DAY):
                    place = max(1, (due_on - day).days)
                    found[place] = found.get(place, 0) + amount
        if with_booked:
            for booked_on, amount in self._totals.items():
                if booked_on > day:
                    place = (booked_on - day).days
                    found[place] = found.get(place, 0) + amount
        return found

    def change(self, day: date, days: int) -> int:
        """What the days after `day` really brought."""
        return sum(self._totals.get(day + place * _DAY, 0) for place in range(1, days + 1))

    def _payments(self, series: StoredSeries) -> list[tuple[date, int]]:
        """The payments by day, in order."""
        days: dict[date, int] = {}
        for payment in series.payments:
            days[payment.day] = days.get(payment.day, 0) + self._worth(payment.amount, series.currency)
        return sorted(days.items())

    def _worth(self, minor: int, currency: str) -> int:
        return self._books.convert.amount(minor, currency, self._books.context.today) or 0
