"""Beancount's example books as ledgers of ours: every account that holds money, every flow with its category.

Only what those files hold is read: complete postings, `balance` and `custom "budget"`. Two of their units are no
money and are booked as currencies that nothing else here is in: contribution room (IRAUSD) as CAD, hours of vacation
(VACHR) as JPY. Shares are no accounts here: what is paid for them is saving, at its cost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from core.money import minor_units
from tests.conftest import NOW
from tests.figures.ledger import Account, Booking, Budget, Category, Ledger, Part

CURRENCIES = {"USD": "USD", "IRAUSD": "CAD", "VACHR": "JPY"}
KINDS = {
    "Income": "income",
    "Expenses": "expense",
    "Equity": "transfer",
    "Assets": "transfer",
    "Liabilities": "transfer",
}
SHARES = "Shares at cost"
_POSTING = re.compile(r"^  ([A-Z]\S+) +(-?[\d.]+) ([A-Z]+)(?: \{([\d.]+) USD)?")
_BALANCE = re.compile(r"^(\S+) balance (\S+) +(-?[\d.]+) ([A-Z]+)")
_BUDGET = re.compile(r'^(\S+) custom "budget" (\S+) +"monthly" +([\d.]+) USD')
Line = tuple[str, int]
"""A category's or an account's name, and minor units."""


@dataclass
class Read:
    """`postings` of a transaction by its currency; `balances` are at the start of their day."""

    transactions: list[tuple[date, dict[str, list[Line]]]] = field(default_factory=list)
    balances: dict[tuple[str, str, date], int] = field(default_factory=dict)
    budgets: list[Budget] = field(default_factory=list)


def minor(number: str, unit: str) -> int:
    return minor_units(Decimal(number), CURRENCIES[unit])


def read(path: Path) -> Read:
    found = Read()
    for line in path.read_text(encoding="utf-8").splitlines():
        if re.match(r"^\d{4}-\d\d-\d\d [*!] ", line):
            found.transactions.append((date.fromisoformat(line[:10]), {}))
        elif posting := _POSTING.match(line):
            name, number, unit, cost = posting.groups()
            if cost is not None:
                name, number, unit = SHARES, f"{round(Decimal(number) * Decimal(cost), 2)}", "USD"
            found.transactions[-1][1].setdefault(unit, []).append((name, minor(number, unit)))
        elif balance := _BALANCE.match(line):
            day, name, number, unit = balance.groups()
            found.balances[name, unit, date.fromisoformat(day)] = minor(number, unit)
        elif budget := _BUDGET.match(line):
            first, name, number = date.fromisoformat(budget[1]), budget[2], minor(budget[3], "USD")
            found.budgets.append(Budget(name, (name,), "monthly", first, ((first, number),), day=1))
    return found


def is_account(name: str) -> bool:
    return name.startswith(("Assets:", "Liabilities:"))


def ledger_of(found: Read) -> Ledger:
    """Accounts are named `<name> <unit>`, categories by their whole names."""
    accounts: dict[str, Account] = {}
    names: set[str] = set()
    bookings: dict[str, Booking] = {}
    for day, units in found.transactions:
        for unit, lines in units.items():
            names |= {name for name, _ in lines}
            for booking in bookings_of(day, unit, lines):
                key = f"t{len(bookings)}"
                owed = "other_liability" if booking.account.startswith("Liabilities:") else "other_asset"
                accounts[booking.account] = Account(booking.account, owed, currency=CURRENCIES[unit])
                bookings[key] = replace(booking, key=key)
    categories = {name: Category(name, KINDS.get(name.split(":")[0], "saving")) for name in sorted(names)}
    return Ledger(
        NOW,
        currency="USD",
        match_by_amount=False,
        accounts=accounts,
        categories=categories,
        bookings=bookings,
        budgets={budget.key: budget for budget in found.budgets},
    )


def bookings_of(day: date, unit: str, lines: list[Line]) -> Iterator[Booking]:
    """A transaction with one account is one booking, split into its other lines. With several, the first bears the
    flows and a part for each of the others, which have the same from their side."""
    held = [line for line in lines if is_account(line[0])]
    if not held:
        return
    (name, amount), *others = held
    flows = [Part(-size, category) for category, size in lines if not is_account(category)]
    parts = [*flows, *(Part(-size, other) for other, size in others)]
    rounding = amount - sum(part.amount for part in parts)
    if rounding:
        # Shares are priced finer than cents: the cost that was rounded here bears the difference.
        parts = [Part(p.amount + rounding, p.category) if p.category == SHARES else p for p in parts]
    whole = len(parts) == 1
    yield Booking("", f"{name} {unit}", day, amount, category=parts[0].category if whole else None,
                  parts=() if whole else tuple(parts))  # fmt: skip
    for other, size in others:
        yield Booking("", f"{other} {unit}", day, size, category=name)
