"""Reference: the answers of the reports, shaped as the JSON says, with keys instead of ids.

Where the text leaves an order open, a set or a dict stands for the list. `recent` needs the ids the program gave.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tests.figures.ledger import Account, Line
from tests.figures.reference import Books, ratio
from tests.figures.spans import ONE, history_days, month_of, months_in, previous_span

Answer = dict[str, Any]


def shown(books: Books, figures: dict[str, Any]) -> Answer:
    return {name: ratio(v) if name == "savings_rate" else books.money(v) for name, v in figures.items()}


def summary(books: Books) -> Answer:
    now = books.key_figures(books.span)
    previous = change = None
    if books.asked.period != "all":
        before = books.key_figures(previous_span(books.span, books.ledger.month_start))
        previous = shown(books, before)
        pairs = {name: (now[name], before[name]) for name in now}
        change = shown(books, {n: None if a is None or b is None else a - b for n, (a, b) in pairs.items()})
    plain = [line for line in books.flows(books.span) if line.category is None]
    return {
        **shown(books, now),
        "uncategorised": {
            "income": books.money(books.total("income", plain)),
            "expenses": books.money(books.total("expense", plain)),
            "count": len(plain),
        },
        "unmatched_transfers": unmatched(books),
        "previous": previous,
        "change": change,
        "net_worth_history": None if books.flows_only else worth_history(books),
        "health": None,
    }


def unmatched(books: Books) -> Answer:
    legs = [line for line in books.lines(books.span) if books.kind(line) == "transfer"]
    items = [(leg.booking.key, leg.account, leg.day.isoformat(), books.money(leg.amount)) for leg in legs]
    return {"count": len(legs), "amount": books.money(sum(leg.amount for leg in legs)), "items": sorted(items)}


def worth_history(books: Books) -> list[Answer]:
    rows = []
    for day in history_days(books.ledger, books.span):
        net, assets, liabilities = (books.money(value) for value in books.worth(day))
        rows.append({"date": day.isoformat(), "net_worth": net, "assets": assets, "liabilities": liabilities})
    return rows


def accounts(books: Books) -> dict[str, Answer]:
    return {account.key: _account(books, account) for account in books.accounts()}


def _account(books: Books, account: Account) -> Answer:
    own = [line for line in books.lines(books.span) if line.account == account.key]
    balance, before = books.balance(account, books.span[1]), books.balance(account, books.span[0] - ONE)
    waiting = [b.amount for b in books.ledger.bookings.values() if b.pending and b.account == account.key]
    days = [b.booked_on for b in books.ledger.booked_in[account.key]]
    history = [] if books.flows_only else history_days(books.ledger, books.span)
    return {
        "type": account.type,
        "balance": None if books.flows_only else books.money(balance),
        "balance_converted": None if books.flows_only else books.money(balance),
        "pending": books.money(sum(waiting)),
        "inflow": books.money(sum(line.amount for line in own if line.amount > 0)),
        "outflow": books.money(-sum(line.amount for line in own if line.amount < 0)),
        "change": None if books.flows_only else books.money(balance - before),
        "transaction_count": len(own),
        "last_booked_on": max(days).isoformat() if days else None,
        "closed_on": account.closed_on and account.closed_on.isoformat(),
        "balance_history": [
            {"date": day.isoformat(), "balance": books.money(books.balance(account, day))} for day in history
        ],
    }


def transactions(books: Books) -> Answer:
    lines = books.flows(books.span)
    inflow = sum(line.amount for line in lines if line.amount > 0)
    outflow = -sum(line.amount for line in lines if line.amount < 0)
    weekdays = {day: [line for line in lines if line.day.isoweekday() == day] for day in range(1, 8)}
    return {
        "count": len(lines),
        "inflow": books.money(inflow),
        "outflow": books.money(outflow),
        # Python rounds a Fraction half to even.
        "average": books.money(round(Fraction(inflow + outflow, len(lines)))) if lines else None,
        "largest_inflow": _largest([line for line in lines if line.amount > 0]),
        "largest_outflow": _largest([line for line in lines if line.amount < 0]),
        "by_month": _by_month(books, lines),
        "by_category": _by_category(books, lines),
        "by_payee": _by_payee(books, lines),
        "by_weekday": [
            {"weekday": day, "expenses": books.money(books.total("expense", found))} for day, found in weekdays.items()
        ],
        "recent": _recent(books),
    }


def _largest(lines: list[Line]) -> set[str]:
    """The bookings that may be named: all with a line of the largest amount."""
    top = max((abs(line.amount) for line in lines), default=0)
    return {line.booking.key for line in lines if abs(line.amount) == top}


def _by_month(books: Books, lines: list[Line]) -> list[Answer]:
    start = books.ledger.month_start
    rows = []
    for month in months_in(books.span, start):
        found = [line for line in lines if month_of(line.day, start) == month]
        income, expenses = books.total("income", found), books.total("expense", found)
        rows.append(
            {
                "month": f"{month[0]:04}-{month[1]:02}",
                "income": books.money(income),
                "expenses": books.money(expenses),
                "net": books.money(income - expenses),
                "count": len(found),
            }
        )
    return rows


def _by_category(books: Books, lines: list[Line]) -> dict[tuple[str | None, str], Answer]:
    rows = {}
    for kind in ("income", "expense"):
        whole = books.total(kind, lines)
        of_kind = [line for line in lines if books.kind(line) == kind]
        for category in {line.category for line in of_kind}:
            found = [line for line in of_kind if line.category == category]
            amount = books.total(kind, found)
            share = ratio(Fraction(amount, whole)) if whole > 0 else None
            rows[category, kind] = {"amount": books.money(amount), "count": len(found), "share": share}
    return rows


def _by_payee(books: Books, lines: list[Line]) -> list[Answer]:
    spent = [line for line in lines if books.kind(line) == "expense" and (line.booking.payee or "").strip()]
    totals = {
        payee: [line for line in spent if line.booking.payee == payee]
        for payee in {e.booking.payee or "" for e in spent}
    }
    ranked = sorted(totals, key=lambda payee: (-books.total("expense", totals[payee]), payee))
    return [
        {"payee": payee, "amount": books.money(books.total("expense", totals[payee])), "count": len(totals[payee])}
        for payee in ranked[:10]
    ]


def _recent(books: Books) -> list[str]:
    """Newest 10 of the period, pending ones too, as far as the filters let a line of them through."""
    first, last = books.span
    found = {
        line.booking.key: line.booking
        for line in books.ledger.lines
        if first <= line.day <= last and books.in_scope(line)
    }
    newest = sorted(found.values(), key=lambda booking: (booking.booked_on, booking.arrival), reverse=True)
    return [booking.key for booking in newest[:10]]
