"""What somebody should look at: transfers that nobody confirmed, lines that came twice, loans without interest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.frames.base import total
from data.frames.debts import DEBT_TYPES, undivided
from data.frames.findings import Doubt, duplicates, suggestions
from data.reports.opening import Opened


@dataclass(frozen=True, slots=True)
class Doubts:
    """What there is to look at."""

    suggestions: list[Doubt]
    duplicates: list[Doubt]
    undivided: list[Doubt]


def doubts_of(books: Opened) -> Doubts:
    """What there is in the report's period and accounts; its money will be converted."""
    accounts = books.scope.account_ids
    doubts = Doubts(
        suggestions=suggestions(books.session, accounts, books.period),
        duplicates=duplicates(books.session, accounts, books.period),
        undivided=_undivided(books),
    )
    for found in (doubts.suggestions, doubts.duplicates, doubts.undivided):
        need(books, found)
    return doubts


def need(books: Opened, found: Sequence[Doubt]) -> None:
    """Say that this money will be converted."""
    for account_id, day, _, _ in found:
        currency = books.convert.currency_of(account_id)
        if currency != books.currency:
            books.convert.need([currency], [day])


def worth(books: Opened, found: Sequence[Doubt]) -> int | None:
    """The sum of the amounts; None where no rate is known for any of it."""
    parts = [
        books.convert.amount(amount, books.convert.currency_of(account_id), day) for account_id, day, amount, _ in found
    ]
    known = [part for part in parts if part is not None]
    return total(known) if known else None


def _undivided(books: Opened) -> list[Doubt]:
    """Unsplit payments into loans, but not into those that are charged their interest in the loan's own account."""
    debts = tuple(row.id for row in books.account_rows if row.type in DEBT_TYPES)
    return undivided(books.session, books.scope, books.period, debts) if debts else []
