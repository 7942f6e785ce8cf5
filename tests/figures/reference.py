"""Reference: lines, stocks and key figures, written from `semantics.md` alone, plain and slow."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from tests.figures.currencies import LeftOut, known, listed, shares, shown, valued
from tests.figures.ledger import LIABILITIES, Account, Asked, Ledger, Line
from tests.figures.pairs import pairs_of, put_aside, saved_leg
from tests.figures.spans import Span, asked_span

KEY_FIGURES = ("net_worth", "assets", "liabilities", "income", "expenses", "net_cash_flow", "savings_rate", "saved")


def ratio(value: Fraction | None) -> float | None:
    """A ratio as JSON shows it: 4 places."""
    return None if value is None else float(round(value, 4))


class Books:
    """A ledger, a query, and all the definitions between them."""

    def __init__(self, ledger: Ledger, asked: Asked) -> None:
        self.ledger, self.asked = ledger, asked
        self.pairs = pairs_of(ledger)
        self.matched = {leg.key for pair in self.pairs for leg in pair}
        self.saved_legs = {leg.key for pair in self.pairs if (leg := saved_leg(ledger, pair))}
        self.currency = asked.currency or ledger.currency
        self.converted = shares(ledger, {line.key: self.role(line) for line in ledger.lines}, self.currency)
        self.span = asked_span(ledger, asked)
        self.flows_only = bool(asked.categories or asked.tags)
        self.wanted: set[str | None] = {
            key for name in asked.categories for key in (ledger.below(name) if name != "none" else [])
        }
        if "none" in asked.categories:
            self.wanted.add(None)

    def money(self, minor: int | None) -> str | None:
        return shown(minor, self.currency)

    # Lines

    def in_scope(self, line: Line) -> bool:
        """Whether the filters let a line through: or within a parameter, and between them."""
        asked = self.asked
        return (
            (not asked.accounts or line.account in asked.accounts)
            and (not asked.categories or line.category in self.wanted)
            and (not asked.tags or bool(line.tags & set(asked.tags)))
        )

    def lines(self, span: Span) -> list[Line]:
        """Booked lines of the span that the filters let through."""
        return [
            line
            for line in self.ledger.lines
            if not line.booking.pending and span[0] <= line.day <= span[1] and self.in_scope(line)
        ]

    def role(self, line: Line) -> str:
        """What sets lines of one account, day, category and sign apart before anything is summed."""
        if line.booking.pending:
            return "pending"
        if line.booking.type == "adjustment":
            return "adjustment"
        return "saved" if line.key in self.saved_legs else "matched" if line.key in self.matched else "ordinary"

    def kind(self, line: Line) -> str:
        """What a line counts as: a kind, `matched` or `adjustment`."""
        if line.booking.type == "adjustment":
            return "adjustment"
        if line.key in self.matched:
            return "matched"
        return self.ledger.kind(line.category) or ("income" if line.amount > 0 else "expense")

    def flows(self, span: Span) -> list[Line]:
        """The lines that are income or expense."""
        return [line for line in self.lines(span) if self.kind(line) in ("income", "expense")]

    def kept(self, lines: Iterable[Line]) -> list[Line]:
        """The lines that a rate converts."""
        return [line for line in lines if self.converted[line.key] is not None]

    def total(self, kind: str, lines: Iterable[Line]) -> int | None:
        """Income, or expenses, of lines; positive in the kind's usual direction."""
        found = known(self.converted[line.key] for line in lines if self.kind(line) == kind)
        return found if kind == "income" or found is None else -found

    def savings(self, span: Span) -> list[Line]:
        return [line for line in self.lines(span) if self.kind(line) == "saving" or line.key in self.saved_legs]

    def saved(self, span: Span) -> int | None:
        return known(self.aside(line) for line in self.savings(span))

    def aside(self, line: Line) -> int | None:
        """What a leg adds to `saved`."""
        amount = self.converted[line.key]
        return None if amount is None else amount * (1 if put_aside(self.ledger, line) == line.amount else -1)

    def counted(self, span: Span) -> list[Line]:
        """The lines that are part of some converted total."""
        aside = self.savings(span)
        return aside + [line for line in self.lines(span) if self.kind(line) in ("income", "expense", "transfer")]

    def lost(self, lines: Iterable[Line]) -> LeftOut:
        """What no rate converts of these lines."""
        left = [line for line in lines if self.converted[line.key] is None]
        return listed((self.ledger.currency_of(line.account), line.amount) for line in left)

    # Stocks

    def accounts(self) -> list[Account]:
        return [a for a in self.ledger.accounts.values() if not self.asked.accounts or a.key in self.asked.accounts]

    def balance(self, account: Account, day: date) -> int:
        bookings = self.ledger.booked_in[account.key]
        if account.opening_on is None or account.opening_balance is None:
            return sum(b.amount for b in bookings if b.booked_on <= day)
        if day >= account.opening_on:
            return account.opening_balance + sum(b.amount for b in bookings if account.opening_on <= b.booked_on <= day)
        return account.opening_balance - sum(b.amount for b in bookings if day < b.booked_on < account.opening_on)

    def enters_on(self, account: Account) -> date | None:
        """The first day in net worth; None when there is none."""
        first = min((b.booked_on for b in self.ledger.booked_in[account.key]), default=None)
        return account.opened_on or min((day for day in (account.opening_on, first) if day), default=None)

    def counts(self, account: Account, day: date) -> bool:
        """Whether the account is in net worth on that day."""
        enters = self.enters_on(account)
        gone = account.closed_on is not None and day > account.closed_on
        return account.in_net_worth and enters is not None and enters <= day and not gone

    def value(self, account: Account, day: date) -> int | None:
        """The balance in the report's currency."""
        source = account.currency or self.ledger.currency
        return valued(self.ledger, self.balance(account, day), source, self.currency, day)

    def held(self, day: date) -> list[Account]:
        return [account for account in self.accounts() if self.counts(account, day)]

    def worth(self, day: date) -> tuple[int | None, int | None, int | None]:
        """Net worth, assets, liabilities."""
        values = [(account.type in LIABILITIES, self.value(account, day)) for account in self.held(day)]
        owed = known(value for liability, value in values if liability)
        owned = known(value for liability, value in values if not liability)
        return None if owned is None or owed is None else owned + owed, owned, owed

    def unvalued(self, accounts: Iterable[Account], day: date) -> LeftOut:
        """The balances that no rate converts."""
        left = [account for account in accounts if self.value(account, day) is None]
        return listed((self.ledger.currency_of(account.key), self.balance(account, day)) for account in left)

    # Key figures

    def key_figures(self, span: Span) -> dict[str, int | Fraction | None]:
        lines = self.flows(span)
        income, expenses = self.total("income", lines), self.total("expense", lines)
        net = None if income is None or expenses is None else income - expenses
        rate = Fraction(net, income) if net is not None and income and income > 0 and not self.flows_only else None
        stocks = (None, None, None) if self.flows_only else self.worth(span[1])
        values = (*stocks, income, expenses, net, rate, self.saved(span))
        return dict(zip(KEY_FIGURES, values, strict=True))
