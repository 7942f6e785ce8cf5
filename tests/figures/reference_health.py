"""Reference: the health index (`semantics.md`, Health index), from the text alone."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from tests.figures import plans
from tests.figures.currencies import shown, valued
from tests.figures.ledger import Asked, Line
from tests.figures.reference import Books, ratio
from tests.figures.spans import Span, month_of, month_span, shift

Answer = dict[str, Any]
EVERYDAY = ("cash", "checking", "savings")
DEBTS = ("loan", "mortgage")
WEIGHTS = {"savings": 30, "cushion": 30, "debt": 20, "adherence": 20}


def health(books: Books) -> Answer | None:
    """Null under a filter by category or tag; of all accounts otherwise."""
    if books.flows_only:
        return None
    start = books.ledger.month_start
    this = month_of(min(books.span[1], books.ledger.today), start)
    span = month_span(shift(this, -3), start, 3)
    whole = Books(books.ledger, replace(books.asked, accounts=())) if books.asked.accounts else books
    lines = whole.flows(span)
    income, expenses = whole.total("income", lines) or 0, whole.total("expense", lines) or 0
    cushion = sum(whole.value(account, span[1]) or 0 for account in whole.held(span[1]) if account.type in EVERYDAY)
    debts = debt_payments(whole, span)
    limits, overspent = adherence(whole, span)
    values: dict[str, Fraction | None] = dict.fromkeys(WEIGHTS)
    rate = None
    if income > 0:
        rate = Fraction(income - expenses, income)
        values["savings"] = rate / Fraction("0.20")
        values["debt"] = (Fraction("0.43") - Fraction(debts, income)) / (Fraction("0.43") - Fraction("0.15"))
    if expenses > 0:
        values["cushion"] = cushion / Fraction(expenses, 3) / 6
    if limits:
        values["adherence"] = 1 - Fraction(overspent, limits)
    clamped = {
        name: None if value is None else min(max(value, Fraction(0)), Fraction(1)) for name, value in values.items()
    }
    there = sum(WEIGHTS[name] for name, value in clamped.items() if value is not None)
    inputs: dict[str, Answer] = {
        "savings": {"income": income, "expenses": expenses},
        "cushion": {"balances": cushion, "monthly_expenses": round(Fraction(expenses, 3))},
        "debt": {"debt_payments": debts, "income": income},
        "adherence": {"overspent": overspent, "limits": limits},
    }
    texts: dict[str, Answer] = {
        name: {key: shown(minor, books.currency) for key, minor in found.items()} for name, found in inputs.items()
    }
    texts["savings"]["savings_rate"] = ratio(rate)
    index = None
    if there >= 50:
        index = round(
            100 * sum(Fraction(WEIGHTS[name], there) * value for name, value in clamped.items() if value is not None)
        )
    return {
        "index": index,
        "coverage": ratio(Fraction(there, 100)),
        "components": [
            {
                "id": name,
                "value": ratio(value),
                "weight": 0.0 if value is None else ratio(Fraction(WEIGHTS[name], there)),
                "inputs": texts[name],
            }
            for name, value in clamped.items()
        ],
    }


def debt_payments(books: Books, span: Span) -> int:
    """What reached loans and mortgages as transfers, and the interest that was paid along with it."""
    ledger = books.ledger
    reached = [
        line
        for line in books.lines(span)
        if ledger.accounts[line.account].type in DEBTS
        and line.amount > 0
        and (line.key in books.matched or books.kind(line) == "transfer")
    ]
    received = {line.key for line in reached}
    paying = {
        leg.booking.key
        for pair in books.pairs
        for leg in pair
        if leg.position and {other.key for other in pair if other.key != leg.key} & received
    }
    interest: dict[object, list[Line]] = {}
    for line in ledger.lines:
        whole_line = line.booking.key in paying and line.key not in books.matched
        if whole_line and (ledger.kind(line.category) or ("income" if line.amount > 0 else "expense")) == "expense":
            sign = line.amount > 0
            interest.setdefault((line.account, line.day, line.category, sign), []).append(line)
    total = sum(books.converted[line.key] or 0 for line in reached)
    for group in interest.values():
        amount = sum(line.amount for line in group)
        currency = ledger.currency_of(group[0].account)
        total -= valued(ledger, amount, currency, books.currency, group[0].day) or 0
    return total


def adherence(books: Books, span: Span) -> tuple[int, int]:
    """Sums of the limits and of what was spent above them, over the budget periods whose last day is in the span."""
    limits = overspent = 0
    for budget in books.ledger.budgets.values():
        currency = budget.currency or books.ledger.currency
        own = books if currency == books.currency else Books(books.ledger, Asked(currency=currency))
        rollover = 0
        for period in plans.periods(budget):
            if period[1] > span[1]:
                break
            if budget.policy == "reset" and period[1] < span[0]:
                continue
            net = plans.net_spent(own, budget, period)
            limit = plans.planned(budget, period) + rollover
            rollover = plans.carried(budget, limit - net)
            if period[1] >= span[0] and limit > 0:
                limits += _rated(books, limit, own.currency, period)
                overspent += _rated(books, max(0, max(0, net) - limit), own.currency, period)
    return limits, overspent


def _rated(books: Books, minor: int, currency: str, period: Span) -> int:
    return valued(books.ledger, minor, currency, books.currency, period[1]) or 0
