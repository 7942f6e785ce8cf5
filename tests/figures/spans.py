"""Reference: the days that a query means (`semantics.md`, Periods). Spans here include both ends."""

from __future__ import annotations

from datetime import date, timedelta

from tests.figures.ledger import Asked, Ledger

Span = tuple[date, date]
Month = tuple[int, int]
ONE = timedelta(days=1)


def month_of(day: date, start: int) -> Month:
    """The calendar month after which the month that holds `day` is named."""
    year, month = day.year, day.month
    return (year, month) if day.day >= start else shift((year, month), -1)


def shift(month: Month, by: int) -> Month:
    count = month[0] * 12 + month[1] - 1 + by
    return count // 12, count % 12 + 1


def month_span(month: Month, start: int, count: int = 1) -> Span:
    """The days of `count` months from `month` on."""
    return date(*month, start), date(*shift(month, count), start) - ONE


def asked_span(ledger: Ledger, asked: Asked) -> Span:
    if asked.first and asked.last:
        return asked.first, asked.last
    today, start = ledger.today, ledger.month_start
    this = month_of(today, start)
    newest = newest_booking(ledger)
    latest = month_of(newest or today, start)
    year = this[0]
    spans = {
        "this_month": lambda: month_span(this, start),
        "last_month": lambda: month_span(shift(this, -1), start),
        "last_3_months": lambda: month_span(shift(this, -2), start, 3),
        "last_12_months": lambda: month_span(shift(this, -11), start, 12),
        "this_year": lambda: month_span((year, 1), start, 12),
        "last_year": lambda: month_span((year - 1, 1), start, 12),
        "last_30_days": lambda: (today - 29 * ONE, today),
        "latest_12_months": lambda: month_span(shift(latest, -11), start, 12),
        "all": lambda: _all(ledger, newest),
    }
    return spans[asked.period or "latest_12_months"]()


def newest_booking(ledger: Ledger) -> date | None:
    return max((booking.booked_on for booking in ledger.booked), default=None)


def _all(ledger: Ledger, newest: date | None) -> Span:
    days = [account.opening_on for account in ledger.accounts.values() if account.opening_on]
    first = min([*days, *(booking.booked_on for booking in ledger.booked)], default=ledger.today)
    return first, max(first, ledger.today, newest or ledger.today)


def previous_span(span: Span, start: int) -> Span:
    first, last = span
    month = month_of(first, start)
    whole = next((n for n in range(1, 13 * 100) if month_span(month, start, n)[1] >= last), 0)
    starts_a_month = first == month_span(month, start)[0]
    if starts_a_month and month_span(month, start, whole) == span:
        return month_span(shift(month, -whole), start, whole)
    length = last - first
    if starts_a_month and whole == 1:
        before = month_span(shift(month, -1), start)
        return before[0], min(before[0] + length, before[1])
    return first - length - ONE, first - ONE


def months_in(span: Span, start: int) -> list[Month]:
    """Every month that shares a day with the span."""
    months = [month_of(span[0], start)]
    while months[-1] != month_of(span[1], start):
        months.append(shift(months[-1], 1))
    return months


def history_days(ledger: Ledger, span: Span) -> list[date]:
    """The day before the first, then each day up to 92 of them, else each month's last day, and the last day."""
    first, last = span
    stop = min(last, max(ledger.today, newest_booking(ledger) or ledger.today))
    days = {first - ONE}
    if (last - first).days < 92:
        days |= {first + n * ONE for n in range(92)}
    else:
        days |= {month_span(month, ledger.month_start)[1] for month in months_in(span, ledger.month_start)}
    return sorted({day for day in days if day <= stop} | {first - ONE, max(stop, first - ONE)})
