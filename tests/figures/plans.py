"""Reference: budgets in all their periods (`semantics.md`, Budgets)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import count
from typing import Any

from tests.figures.currencies import LeftOut, valued
from tests.figures.ledger import Asked, Budget, Ledger, Line
from tests.figures.pairs import put_aside
from tests.figures.reference import Books, ratio
from tests.figures.reference_recurring import Due, already_paid, still_to_come
from tests.figures.spans import ONE, Span, asked_span, shift

Answer = dict[str, Any]


def budgets(ledger: Ledger, asked: Asked) -> dict[str, Answer]:
    """One row for each budget that the filter intersects: its period that holds min(to, today)."""
    day = min(asked_span(ledger, asked)[1], ledger.today)
    rows: dict[str, Answer] = {}
    for budget in ledger.budgets.values():
        if _intersects(ledger, budget, asked):
            rows.update((budget.key, row.shown) for row in history(ledger, budget) if row.span[0] <= day <= row.span[1])
    return rows


def left_out(ledger: Ledger, asked: Asked) -> LeftOut:
    """What no rate converts into the currencies of the listed budgets, in all periods they rest on."""
    day = min(asked_span(ledger, asked)[1], ledger.today)
    found: LeftOut = {}
    for budget in ledger.budgets.values():
        spans = [span for span in _until(budget, day) if span[0] <= day]
        if not _intersects(ledger, budget, asked) or not spans or spans[-1][1] < day:
            continue
        books = Books(ledger, Asked(currency=budget.currency))
        for span in spans if budget.policy != "reset" else spans[-1:]:
            lines = _counted(books, budget, span)
            # Of an expense the negative of what it takes away, of a saving leg what it puts aside.
            lost = [line for line in lines if books.converted[line.key] is None]
            for line in lost:
                currency = ledger.currency_of(line.account)
                amount, count = found.get(currency, (0, 0))
                found[currency] = amount - _own_net(books, line), count + 1
        if spans[-1][0] <= ledger.today <= spans[-1][1]:
            for currency, due, due_amount in still_to_come(books, _covered(ledger, budget), budget.accounts, spans[-1]):
                if valued(ledger, due_amount, currency, books.currency, due) is None:
                    amount, count = found.get(currency, (0, 0))
                    found[currency] = amount - due_amount, count + 1
    return found


def _until(budget: Budget, day: date) -> Iterator[Span]:
    """The periods that have begun by `day`."""
    for span in periods(budget):
        if span[0] > day:
            return
        yield span


def _own_net(books: Books, line: Line) -> int:
    return -line.amount if books.kind(line) == "expense" else put_aside(books.ledger, line)


def _intersects(ledger: Ledger, budget: Budget, asked: Asked) -> bool:
    wanted = {key for name in asked.categories if name != "none" for key in ledger.below(name)}
    return (not asked.accounts or not budget.accounts or bool(set(asked.accounts) & set(budget.accounts))) and (
        not asked.categories or bool(wanted & _covered(ledger, budget))
    )


def _covered(ledger: Ledger, budget: Budget) -> set[str]:
    return {key for name in budget.categories for key in ledger.below(name)}


@dataclass(frozen=True)
class Row:
    span: Span
    shown: Answer


def history(ledger: Ledger, budget: Budget) -> list[Row]:
    """All periods that have begun by today, oldest first."""
    books = Books(ledger, Asked(currency=budget.currency))
    rows, rollover = [], 0
    for span in periods(budget):
        if span[0] > ledger.today:
            break
        amount = planned(budget, span)
        net = net_spent(books, budget, span)
        rows.append(Row(span, _row(books, budget, span, amount, rollover, net)))
        rollover = carried(budget, amount + rollover - net)
    return rows


def _row(books: Books, budget: Budget, span: Span, amount: int, rollover: int, net: int) -> Answer:
    limit, spent, today = amount + rollover, max(0, net), books.ledger.today
    days, gone = (span[1] - span[0]).days + 1, (today - span[0]).days + 1
    elapsed = Fraction(min(days, gone), days)
    used = Fraction(spent, limit) if limit > 0 else None
    past = today > span[1]
    committed, projected, per_day = 0, spent, None
    if not past:
        covered = _covered(books.ledger, budget)
        committed = _worth(books, still_to_come(books, covered, budget.accounts, span))
        paid = _worth(books, already_paid(books, covered, budget.accounts, span))
        pace = Fraction(max(0, spent - paid), max(7, gone))
        projected = round(spent + committed + pace * (days - gone))
        per_day = max(0, limit - spent - committed) // (days - gone + 1)
    money = books.money
    heading = not past and elapsed >= Fraction(2, 10) and projected > Fraction(105, 100) * limit
    return {
        "period": {"from": span[0].isoformat(), "to": span[1].isoformat()},
        "amount": money(amount),
        "rollover": money(rollover),
        "limit": money(limit),
        "spent": money(spent),
        "committed": money(committed),
        "remaining": money(limit - spent),
        "used": ratio(used),
        "elapsed": ratio(elapsed),
        "projected": money(projected),
        "status": _status(amount, rollover, spent, used, elapsed, heading=heading),
        "left_per_day": money(per_day),
    }


def _worth(books: Books, payments: list[Due]) -> int:
    """Payments in the budget's currency, each at its own day's rate; without those that no rate converts."""
    values = [valued(books.ledger, amount, currency, books.currency, day) for currency, day, amount in payments]
    return sum(value or 0 for value in values)


def _status(amount: int, rollover: int, spent: int, used: Fraction | None, elapsed: Fraction, *, heading: bool) -> str:
    if amount == 0 and rollover <= 0 and spent > 0:
        return "unbudgeted"
    if spent > amount + rollover:
        return "over"
    if heading:
        return "projected_over"
    if used is not None and (used >= Fraction(9, 10) or used - elapsed >= Fraction(15, 100)):
        return "warning"
    return "no_activity" if spent == 0 else "on_track"


def net_spent(books: Books, budget: Budget, span: Span) -> int:
    """Signed net expense of the span, and what was put aside in saving categories; converted at the booking date."""
    net = 0
    for line in _counted(books, budget, span):
        if books.kind(line) == "expense":
            net -= books.converted[line.key] or 0
        else:
            net += books.aside(line) or 0
    return net


def _counted(books: Books, budget: Budget, span: Span) -> list[Line]:
    """The lines of the span that the budget counts."""
    covered = _covered(books.ledger, budget)
    return [
        line
        for line in books.lines(span)
        if line.category in covered
        and (not budget.accounts or line.account in budget.accounts)
        and (books.kind(line) in ("expense", "saving") or line.key in books.saved_legs)
    ]


def carried(budget: Budget, left: int) -> int:
    if budget.policy == "reset" or budget.rule == "fixed":
        return 0
    lowest = 0
    if budget.policy == "carry_all":
        lowest = left if budget.cap is None else -budget.cap
    kept = max(lowest, left)
    return kept if budget.cap is None else min(budget.cap, kept)


def planned(budget: Budget, span: Span) -> int:
    """The newest amount whose first day is in the period or before it."""
    known = [each for each in budget.amounts if each[0] <= span[1]]
    return max(known)[1] if known else 0


def periods(budget: Budget) -> Iterator[Span]:
    """All periods from the one that holds `starts_on`, without end unless the rule has one."""
    if budget.rule == "fixed":
        assert budget.ends_on is not None
        yield budget.starts_on, budget.ends_on
        return
    edges = _edges(budget)
    begin = next(edges)
    for end in edges:
        if end > budget.starts_on:
            if budget.ends_on is not None and begin > budget.ends_on:
                return
            yield begin, end - ONE
        begin = end


def _edges(budget: Budget) -> Iterator[date]:
    """First days of periods, from before `starts_on`."""
    start = budget.starts_on
    if budget.rule == "weekly":
        first = next(day for n in range(7) if (day := start - n * ONE).isoweekday() == budget.weekday)
        yield from (first + timedelta(weeks=n) for n in count())
    months = {"monthly": 1, "quarterly": 3, "yearly": 12}[budget.rule]
    before = -1 if budget.rule == "monthly" else 0
    wanted = (budget.day or 31) if budget.rule == "monthly" else start.day
    for n in count(before):
        year, month = shift((start.year, start.month), n * months)
        yield date(year, month, min(wanted, monthrange(year, month)[1]))
