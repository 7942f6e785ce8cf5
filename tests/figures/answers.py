"""Reference: the answers of the reports, shaped as the JSON says, with keys instead of ids.

Where the text leaves an order open, a set or a dict stands for the list. `recent` needs the ids the program gave.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from tests.figures.currencies import LeftOut, known
from tests.figures.currencies import shown as shown_in
from tests.figures.ledger import Account, Line
from tests.figures.reference import Books, ratio
from tests.figures.reference_health import health
from tests.figures.spans import ONE, Span, history_days, month_of, months_in, previous_span

Answer = dict[str, Any]


def shown(books: Books, figures: dict[str, Any]) -> Answer:
    return {name: ratio(v) if name == "savings_rate" else books.money(v) for name, v in figures.items()}


def summary(books: Books) -> Answer:
    now = books.key_figures(books.span)
    previous = change = None
    blank = is_blank(books)
    if blank:
        now = dict.fromkeys(now)
    if books.asked.period != "all":
        before = books.key_figures(previous_span(books.span, books.ledger.month_start))
        before = dict.fromkeys(before) if blank else before
        previous = shown(books, before)
        pairs = {name: (now[name], before[name]) for name in now}
        change = shown(books, {n: None if a is None or b is None else a - b for n, (a, b) in pairs.items()})
    plain = [line for line in books.flows(books.span) if line.category is None]
    return {
        **shown(books, now),
        "uncategorised": {
            "income": None if blank else books.money(books.total("income", plain)),
            "expenses": None if blank else books.money(books.total("expense", plain)),
            "count": len(plain),
        },
        "unmatched_transfers": unmatched(books, blank),
        "previous": previous,
        "change": change,
        "net_worth_history": [] if books.flows_only or blank else worth_history(books),
        "health": health(books),
    }


def spans_of(books: Books) -> list[Span]:
    """The period, and the previous one where there is one."""
    if books.asked.period == "all":
        return [books.span]
    return [books.span, previous_span(books.span, books.ledger.month_start)]


def worth_days(books: Books) -> list[date]:
    """The days on which the summary states net worth, newest first."""
    days = {*history_days(books.ledger, books.span), *(span[1] for span in spans_of(books))}
    return [] if books.flows_only else sorted(days, reverse=True)


def is_blank(books: Books) -> bool:
    """Whether money was left out of the summary and there is no other in it."""
    values = [books.converted[line.key] for span in spans_of(books) for line in books.counted(span)]
    values += [books.value(account, day) for day in worth_days(books) for account in books.held(day)]
    return None in values and not any(values)


def left_out(books: Books) -> LeftOut:
    """Of each currency the first there is: lines of the period, of the previous one, balances on the newest day."""
    found: LeftOut = {}
    for span in spans_of(books):
        found = books.lost(books.counted(span)) | found
    for day in worth_days(books):
        found = books.unvalued(books.held(day), day) | found
    return found


def unmatched(books: Books, blank: bool) -> Answer:
    legs = [line for line in books.lines(books.span) if books.kind(line) == "transfer"]
    amount = None if blank else known(books.converted[leg.key] for leg in legs)
    items = [(leg.booking.key, leg.account, leg.day.isoformat(), own(books, leg.account, leg.amount)) for leg in legs]
    return {"count": len(legs), "amount": books.money(amount), "items": sorted(items)}


def own(books: Books, account: str, minor: int) -> str | None:
    """Money in the account's currency."""
    return shown_in(minor, books.ledger.currency_of(account))


def worth_history(books: Books) -> list[Answer]:
    rows = []
    for day in history_days(books.ledger, books.span):
        net, assets, liabilities = (books.money(value) for value in books.worth(day))
        rows.append({"date": day.isoformat(), "net_worth": net, "assets": assets, "liabilities": liabilities})
    return rows


def accounts(books: Books) -> dict[str, Answer]:
    return {account.key: _account(books, account) for account in books.accounts()}


def _account(books: Books, account: Account) -> Answer:
    lines = [line for line in books.lines(books.span) if line.account == account.key]
    balance, before = books.balance(account, books.span[1]), books.balance(account, books.span[0] - ONE)
    waiting = [b.amount for b in books.ledger.bookings.values() if b.pending and b.account == account.key]
    days = [b.booked_on for b in books.ledger.booked_in[account.key]]

    def money(minor: int) -> str | None:
        return own(books, account.key, minor)

    history = [] if books.flows_only else history_days(books.ledger, books.span)
    return {
        "type": account.type,
        "balance": None if books.flows_only else money(balance),
        "balance_converted": None if books.flows_only else books.money(books.value(account, books.span[1])),
        "pending": money(sum(waiting)),
        "inflow": money(sum(line.amount for line in lines if line.amount > 0)),
        "outflow": money(-sum(line.amount for line in lines if line.amount < 0)),
        "change": None if books.flows_only else money(balance - before),
        "transaction_count": len(lines),
        "last_booked_on": max(days).isoformat() if days else None,
        "closed_on": account.closed_on and account.closed_on.isoformat(),
        "balance_history": [
            {"date": day.isoformat(), "balance": money(books.balance(account, day))} for day in history
        ],
    }


def transactions(books: Books) -> Answer:
    every = books.flows(books.span)
    worth = books.converted
    lines = books.kept(every)
    blank = len(lines) < len(every) and not any(worth[line.key] for line in lines)
    inflow = known(worth[line.key] for line in every if line.amount > 0)
    outflow = known(-(worth[line.key] or 0) if line in lines else None for line in every if line.amount < 0)
    moved = (inflow or 0) + (outflow or 0)
    weekdays = {day: [line for line in every if line.day.isoweekday() == day] for day in range(1, 8)}
    return {
        "count": len(lines),
        "inflow": None if blank else books.money(inflow),
        "outflow": None if blank else books.money(outflow),
        # Python rounds a Fraction half to even.
        "average": books.money(round(Fraction(moved, len(lines)))) if lines and not blank else None,
        "largest_inflow": _largest(books, [line for line in lines if line.amount > 0]),
        "largest_outflow": _largest(books, [line for line in lines if line.amount < 0]),
        "by_month": _by_month(books, every, blank),
        "by_category": _by_category(books, lines),
        "by_payee": _by_payee(books, lines),
        "by_weekday": [
            {"weekday": day, "expenses": None if blank else books.money(books.total("expense", found))}
            for day, found in weekdays.items()
        ],
        "recent": _recent(books),
    }


def _largest(books: Books, lines: list[Line]) -> set[str]:
    """The bookings that may be named: all with a line of the largest converted amount."""
    sizes = {line.key: abs(books.converted[line.key] or 0) for line in lines}
    top = max(sizes.values(), default=0)
    return {line.booking.key for line in lines if sizes[line.key] == top}


def _by_month(books: Books, lines: list[Line], blank: bool) -> list[Answer]:
    start = books.ledger.month_start
    rows = []
    for month in months_in(books.span, start):
        found = [line for line in lines if month_of(line.day, start) == month]
        income, expenses = books.total("income", found), books.total("expense", found)
        net = None if income is None or expenses is None else income - expenses
        income, expenses, net = (None, None, None) if blank else (income, expenses, net)
        rows.append(
            {
                "month": f"{month[0]:04}-{month[1]:02}",
                "income": books.money(income),
                "expenses": books.money(expenses),
                "net": books.money(net),
                "count": len(books.kept(found)),
            }
        )
    return rows


def _by_category(books: Books, lines: list[Line]) -> dict[tuple[str | None, str], Answer]:
    rows = {}
    for kind in ("income", "expense"):
        whole = books.total(kind, lines) or 0
        of_kind = [line for line in lines if books.kind(line) == kind]
        for category in {line.category for line in of_kind}:
            found = [line for line in of_kind if line.category == category]
            amount = books.total(kind, found) or 0
            share = ratio(Fraction(amount, whole)) if whole > 0 else None
            rows[category, kind] = {"amount": books.money(amount), "count": len(found), "share": share}
    return rows


def _by_payee(books: Books, lines: list[Line]) -> list[Answer]:
    spent = [line for line in lines if books.kind(line) == "expense" and (line.booking.payee or "").strip()]
    totals = {
        payee: [line for line in spent if line.booking.payee == payee]
        for payee in {e.booking.payee or "" for e in spent}
    }
    sums = {payee: books.total("expense", found) or 0 for payee, found in totals.items()}
    ranked = sorted(totals, key=lambda payee: (-sums[payee], payee))
    return [{"payee": payee, "amount": books.money(sums[payee]), "count": len(totals[payee])} for payee in ranked[:10]]


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
