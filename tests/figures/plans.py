"""Reference: budgets in all their periods (`semantics.md`, Budgets), without what recurring payments add."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import count
from typing import Any

from tests.figures.ledger import Asked, Budget, Ledger
from tests.figures.pairs import put_aside
from tests.figures.reference import Books, ratio
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
    books = Books(ledger, Asked())
    rows, rollover = [], 0
    for span in _periods(budget):
        if span[0] > ledger.today:
            break
        amount = _amount(budget, span)
        net = _net(books, budget, span)
        rows.append(Row(span, _row(books, span, amount, rollover, net)))
        rollover = _carried(budget, amount + rollover - net)
    return rows


def _row(books: Books, span: Span, amount: int, rollover: int, net: int) -> Answer:
    limit, spent, today = amount + rollover, max(0, net), books.ledger.today
    days = (span[1] - span[0]).days + 1
    elapsed = Fraction(min(days, (today - span[0]).days + 1), days)
    used = Fraction(spent, limit) if limit > 0 else None
    past = today > span[1]
    money = books.money
    return {
        "period": {"from": span[0].isoformat(), "to": span[1].isoformat()},
        "amount": money(amount),
        "rollover": money(rollover),
        "limit": money(limit),
        "spent": money(spent),
        "committed": money(0) if past else None,
        "remaining": money(limit - spent),
        "used": ratio(used),
        "elapsed": ratio(elapsed),
        "projected": money(spent) if past else None,
        "status": _status(amount, rollover, spent, used, elapsed),
        "left_per_day": None,
    }


def _status(amount: int, rollover: int, spent: int, used: Fraction | None, elapsed: Fraction) -> str:
    if amount == 0 and rollover <= 0 and spent > 0:
        return "unbudgeted"
    if spent > amount + rollover:
        return "over"
    if used is not None and (used >= Fraction(9, 10) or used - elapsed >= Fraction(15, 100)):
        return "warning"
    return "no_activity" if spent == 0 else "on_track"


def _net(books: Books, budget: Budget, span: Span) -> int:
    """Signed net expense of the span, and what was put aside in saving categories."""
    covered, net = _covered(books.ledger, budget), 0
    for line in books.lines(span):
        if line.category not in covered or (budget.accounts and line.account not in budget.accounts):
            continue
        if books.kind(line) == "expense":
            net -= line.amount
        elif books.kind(line) == "saving" or line.key in books.saved_legs:
            net += put_aside(books.ledger, line)
    return net


def _carried(budget: Budget, left: int) -> int:
    if budget.policy == "reset" or budget.rule == "fixed":
        return 0
    lowest = 0
    if budget.policy == "carry_all":
        lowest = left if budget.cap is None else -budget.cap
    kept = max(lowest, left)
    return kept if budget.cap is None else min(budget.cap, kept)


def _amount(budget: Budget, span: Span) -> int:
    """The newest amount whose first day is in the period or before it."""
    known = [each for each in budget.amounts if each[0] <= span[1]]
    return max(known)[1] if known else 0


def _periods(budget: Budget) -> Iterator[Span]:
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
