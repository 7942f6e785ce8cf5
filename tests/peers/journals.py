"""A ledger as double-entry journals: the text that Beancount and hledger read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from core.money import exponent
from tests.figures.ledger import LIABILITIES, Account, Booking, Ledger, Line

LONG_AGO = date(1990, 1, 1)
ROOTS = {"income": "Income", "expense": "Expenses", "transfer": "Equity:Moves", "saving": "Equity:Saving"}


@dataclass(frozen=True)
class Money:
    minor: int
    currency: str

    def __str__(self) -> str:
        return f"{Decimal(self.minor).scaleb(-exponent(self.currency)):f} {self.currency}"

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)


@dataclass(frozen=True)
class Posting:
    account: str
    money: Money

    def __str__(self) -> str:
        return f"    {self.account}  {self.money}"


@dataclass(frozen=True)
class Entry:
    day: date
    text: str
    postings: tuple[Posting, ...]


def part_of_name(key: str) -> str:
    """A key as one component of an account's name: both programs are content with capitals, letters and digits."""
    return "".join(word.capitalize() for word in "".join(c if c.isalnum() else " " for c in key).split())


def account_name(account: Account) -> str:
    return ("Liabilities:" if account.type in LIABILITIES else "Assets:") + part_of_name(account.key)


def category_name(ledger: Ledger, key: str | None, amount: int) -> str:
    """The account of a category, below its parent's; of an uncategorised line that of its sign."""
    if key is None:
        return "Income:Uncategorised" if amount > 0 else "Expenses:Uncategorised"
    category = ledger.categories[key]
    above = category_name(ledger, category.parent, amount) if category.parent else ROOTS[category.kind]
    return f"{above}:{part_of_name(key)}"


def entries(ledger: Ledger, joined: dict[str, str]) -> list[Entry]:
    """Everything booked, in order of days. `joined` bookings are the two sides of one entry."""
    others = set(joined.values())
    found = [*_openings(ledger)]
    for key, lines in groupby(ledger.lines, key=lambda line: line.booking.key):
        if key not in others and not ledger.bookings[key].pending:
            found.append(_entry(ledger, [*lines], ledger.bookings.get(joined.get(key, ""))))
    return sorted(found, key=lambda entry: entry.day)


def _openings(ledger: Ledger) -> Iterator[Entry]:
    """What each account held before its first booking."""
    for account in ledger.accounts.values():
        if account.opening_on is not None and account.opening_balance is not None:
            before = sum(b.amount for b in ledger.booked_in[account.key] if b.booked_on < account.opening_on)
            money = Money(account.opening_balance - before, ledger.currency_of(account.key))
            yield Entry(LONG_AGO, "Opening", (Posting(account_name(account), money), Posting("Equity:Opening", -money)))


def _entry(ledger: Ledger, lines: list[Line], other: Booking | None) -> Entry:
    booking = lines[0].booking
    currency = ledger.currency_of(booking.account)
    postings = [Posting(account_name(ledger.accounts[booking.account]), Money(booking.amount, currency))]
    if other is not None:
        # The line of kind transfer or saving is what the other account has got.
        (moved,) = [line for line in lines if ledger.kind(line.category) in ("transfer", "saving")]
        got, sent = Money(other.amount, ledger.currency_of(other.account)), Money(-moved.amount, currency)
        postings.append(Posting(account_name(ledger.accounts[other.account]), got))
        if got != sent:
            # Each currency is balanced by itself: `@@` would be divided into a price a unit, which need not end.
            postings += [Posting("Equity:Exchange", sent), Posting("Equity:Exchange", -got)]
        lines.remove(moved)
    postings += [Posting(_counter(ledger, line), Money(-line.amount, currency)) for line in lines]
    return Entry(booking.booked_on, booking.key, tuple(postings))


def _counter(ledger: Ledger, line: Line) -> str:
    adjusts = line.booking.type == "adjustment"
    return "Equity:Adjustments" if adjusts else category_name(ledger, line.category, line.amount)


def beancount_text(ledger: Ledger, found: list[Entry], balances: dict[tuple[str, date], Money]) -> str:
    """The journal for Beancount. `balances` (account and day -> at the day's end) become assertions, which it checks
    at the start of the next day and here without its tolerance of a cent."""
    names = {posting.account for entry in found for posting in entry.postings} | {name for name, _ in balances}
    lines = [f'option "operating_currency" "{ledger.currency}"']
    lines += [f"{LONG_AGO} open {name}" for name in sorted(names)]
    lines += [f"{day} price {base} {rate:f} {quote}" for (base, quote, day), rate in ledger.rates.items()]
    for entry in found:
        lines += ["", f'{entry.day} * "{entry.text}"', *map(str, entry.postings)]
    for (name, day), money in balances.items():
        amount, currency = str(money).split()
        lines.append(f"{date.fromordinal(day.toordinal() + 1)} balance {name}  {amount} ~ 0 {currency}")
    return "\n".join([*lines, ""])


def hledger_text(ledger: Ledger, found: list[Entry]) -> str:
    """The journal for hledger, with its monthly goals for the budgets."""
    currencies = sorted({ledger.currency, *map(ledger.currency_of, ledger.accounts)})
    lines = ["decimal-mark ."]
    lines += [f"commodity 1000.{'0' * exponent(currency)} {currency}" for currency in currencies]
    lines += [f"P {day} {base} {rate:f} {quote}" for (base, quote, day), rate in ledger.rates.items()]
    for budget in ledger.budgets.values():
        ends = [day for day, _ in budget.amounts[1:]] + [None]
        for (first, amount), end in zip(budget.amounts, ends, strict=True):
            goal = Money(amount, budget.currency or ledger.currency)
            lines += ["", f"~ monthly from {first}" + (f" to {end}" if end else "")]
            lines += [f"    {category_name(ledger, key, -1)}  {goal}" for key in budget.categories[:1]]
            lines.append("    Budget")
    for entry in found:
        lines += ["", f"{entry.day} {entry.text}", *map(str, entry.postings)]
    return "\n".join([*lines, ""])
