"""Reference: the terms that net worth changes by (`semantics.md`, Stocks: Identity), each by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from tests.figures.currencies import in_minor
from tests.figures.ledger import Account, Asked, Ledger, Line
from tests.figures.reference import Books
from tests.figures.spans import ONE

Term = int | Fraction


def other_terms(ledger: Ledger, asked: Asked) -> dict[str, Term]:
    """The terms besides income and expenses. Lines have their shares of their conversion groups' amounts."""
    books = Books(ledger, asked)
    lines = books.lines(books.span)
    days = [books.span[0] + n * ONE for n in range((books.span[1] - books.span[0]).days + 1)]
    moves = [(account, day) for account in books.accounts() for day in days]
    entered, left = (
        [
            (account, day)
            for account, day in moves
            if books.counts(account, day) is now is not before(books, account, day)
        ]
        for now in (True, False)
    )
    by_key = {account.key: account for account in books.accounts()}
    return {
        "transfers_and_saving": worth(books, (line for line in lines if books.kind(line) in AWAY)),
        "adjustments": worth(books, (line for line in lines if books.kind(line) == "adjustment")),
        "opened": sum(at_rate(books, account, day, day) for account, day in entered),
        "closed": -sum(at_rate(books, account, day, day - ONE) for account, day in left),
        "flows_outside": -worth(books, (each for each in lines if not books.counts(by_key[each.account], each.day))),
        "revaluation": sum(
            at_rate(books, account, day, day) - at_rate(books, account, day, day - ONE)
            for account, day in moves
            if books.counts(account, day) and before(books, account, day)
        ),
    }


AWAY = ("matched", "transfer", "saving")


def before(books: Books, account: Account, day: date) -> bool:
    """Whether the account was in net worth the day before."""
    return books.counts(account, day - ONE)


def worth(books: Books, lines: Iterable[Line]) -> int:
    return sum(books.converted[line.key] or 0 for line in lines)


def at_rate(books: Books, account: Account, day: date, rated: date) -> Fraction:
    """The balance of the day before `day`, exact, at the rate of `rated`."""
    balance = books.balance(account, day - ONE)
    source = books.ledger.currency_of(account.key)
    if not balance:
        return Fraction(0)
    found = in_minor(books.ledger, source, books.currency, min(rated, books.ledger.today))
    assert found is not None
    return balance * found


def most_rounding(ledger: Ledger, asked: Asked) -> Fraction:
    """Half a minor unit for each conversion group in another currency, and for each such balance at both ends."""
    books = Books(ledger, asked)
    foreign = {each.key for each in books.accounts() if ledger.currency_of(each.key) != books.currency}
    groups = {
        (line.account, line.category, books.role(line), line.amount > 0, line.day)
        for line in books.lines(books.span)
        if line.account in foreign
    }
    return Fraction(len(groups) + 2 * len(foreign), 2)
