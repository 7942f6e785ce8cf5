"""Whether the balances of an account's statements go on from one to the next.

A statement's neighbours, in the same file or of earlier imports, end before it begins or begin after it ends. What
closed at one balance must open at it, but for what the ledger has booked between the two. Statements that overlap say
nothing of each other; one that is alone is held against the opening balance that the account has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.money import format_amount
from data.commands.import_accounts import Target
from data.imports.statement import ParsedFile, Statement
from data.models.account import Account
from data.models.imports import StatementBalance
from data.models.transaction import Transaction
from data.schemas.imports import BalanceCheck

_DAY = timedelta(days=1)
# What the file's entries will add to the booked ones: the new ones, and pending ones that they book.
_COMING = text(
    """
    SELECT CAST(coalesce(sum(s.amount), 0) AS bigint) FROM staging s
    LEFT JOIN transactions t ON t.tenant_id = :tenant AND t.id = s.transaction_id
    WHERE s.account_id = :account AND NOT s.pending AND s.booked_on BETWEEN :first AND :last
      AND (s.status = 'new' OR t.pending)
    """
)


@dataclass(frozen=True, slots=True, eq=False)
class _Stated:
    """The balances of one statement: at the start of `opening_on`, at the end of `closing_on`. `place` is its place in
    the file, None for one of an earlier import; `first` and `last` are the days it is about."""

    place: int | None
    first: date
    last: date
    opening: tuple[date, int] | None
    closing: tuple[date, int] | None


Junction = tuple[_Stated, tuple[date, int], tuple[date, int]]
"""A statement of the file, the balance at the end of a day, and the one at the start of a later day."""


def continue_balances(
    session: Session, tenant_id: int, parsed: ParsedFile, targets: list[Target], checks: list[BalanceCheck]
) -> tuple[list[BalanceCheck], list[str]]:
    """The checks with the gaps around each statement, and the gaps in words with the names of their accounts.

    `checks` are those of the statements with a balance, in order; the entries stand in the staging table.
    """
    pairs = zip(parsed.statements, targets, strict=True)
    stated = [pair for pair in pairs if pair[0].opening or pair[0].closing]
    lines: dict[Target, list[_Stated]] = {}
    for place, (statement, target) in enumerate(stated):
        lines.setdefault(target, []).append(_of_file(place, statement))
    gaps: dict[int, list[str]] = {}
    warnings: list[str] = []
    for target, line in lines.items():
        for place, gap in _gaps(_Books(session, tenant_id, target), line):
            gaps.setdefault(place, []).append(gap)
            warnings.append(f"{target.name}: {gap}.")
    found = [
        check.model_copy(update={"gap": "; ".join(gaps[place])}) if place in gaps else check
        for place, check in enumerate(checks)
    ]
    return found, warnings


def _of_file(place: int, statement: Statement) -> _Stated:
    opening = (statement.opening.day, statement.opening.amount) if statement.opening else None
    closing = (statement.closing.day, statement.closing.amount) if statement.closing else None
    return _stated(place, opening, closing)


def _stated(place: int | None, opening: tuple[date, int] | None, closing: tuple[date, int] | None) -> _Stated:
    days = [balance[0] for balance in (opening, closing) if balance]
    return _Stated(place, min(days), max(days), opening, closing)


def _gaps(books: _Books, own: list[_Stated]) -> Iterator[tuple[int, str]]:
    """(place, what is missing) for the statements of a file about one account."""
    others = books.statements()
    if len(own) == 1 and not others:
        gap = books.against_account(own[0])
        if gap and own[0].place is not None:
            yield own[0].place, gap
        return
    for each, closing, opening in (*_before(own + others), *_after(own + others)):
        gap = books.gap(closing, opening)
        if gap and each.place is not None:
            yield each.place, gap


def _before(line: list[_Stated]) -> Iterator[Junction]:
    """Where a statement of the file begins and no other one tells of that day: the last closing balance before it."""
    line = sorted(line, key=lambda each: (each.first, each.last))
    reach: date | None = None
    known: tuple[date, int] | None = None
    for number, each in enumerate(line):
        begins_too = number + 1 < len(line) and line[number + 1].first == each.first
        alone = (reach is None or reach < each.first) and not begins_too
        if alone and each.place is not None and each.opening and known:
            yield each, known, each.opening
        reach = max(reach or each.last, each.last)
        if each.closing and (known is None or each.closing > known):
            known = each.closing


def _after(line: list[_Stated]) -> Iterator[Junction]:
    """Where a statement of the file ends, the same towards the first opening balance after it, if an earlier import
    has that: the statements of the file itself look back."""
    line = sorted(line, key=lambda each: (each.last, each.first), reverse=True)
    reach: date | None = None
    known: tuple[tuple[date, int], bool] | None = None
    for number, each in enumerate(line):
        ends_too = number + 1 < len(line) and line[number + 1].last == each.last
        alone = (reach is None or reach > each.last) and not ends_too
        if alone and each.place is not None and each.closing and known and known[1]:
            yield each, each.closing, known[0]
        reach = min(reach or each.first, each.first)
        if each.opening and (known is None or each.opening < known[0]):
            known = each.opening, each.place is None


@dataclass(frozen=True, slots=True)
class _Books:
    """An account as it will be once the file has landed."""

    session: Session
    tenant_id: int
    target: Target

    def statements(self) -> list[_Stated]:
        """What earlier statements of the account said."""
        stored = select(StatementBalance).where(StatementBalance.account_id == self.target.account_id)
        return [
            _stated(
                None,
                None if row.opening_on is None or row.opening is None else (row.opening_on, row.opening),
                None if row.closing_on is None or row.closing is None else (row.closing_on, row.closing),
            )
            for row in self.session.scalars(stored)
        ]

    def against_account(self, each: _Stated) -> str | None:
        """How far the statement is from the opening balance that the account has, by what is booked between them."""
        row = self.session.execute(
            select(Account.opening_on, Account.opening_balance).where(Account.id == self.target.account_id)
        ).one()
        if row.opening_on is None or each.opening is None:
            return None
        day, opening = each.opening
        if row.opening_on <= day:
            expected = row.opening_balance + self._booked(row.opening_on, day - _DAY)
        else:
            expected = row.opening_balance - self._booked(day, row.opening_on - _DAY)
        if expected == opening:
            return None
        apart, stated, own = map(self._money, (abs(opening - expected), opening, expected))
        return f"{apart} apart: the statement begins on {day} at {stated}, the account stands at {own}"

    def gap(self, closing: tuple[date, int], opening: tuple[date, int]) -> str | None:
        """What is missing between two statements, None where one goes on from the other."""
        days = (opening[0] - closing[0]).days - 1
        apart = opening[1] - closing[1] - self._booked(closing[0] + _DAY, opening[0] - _DAY)
        if not apart:
            return None
        missing = f"{days} day{'s' * (days != 1)} missing, " if days else ""
        between = f"between the statement to {closing[0]} and the one from {opening[0]}"
        return f"{missing}{self._money(abs(apart))} apart {between}"

    def _booked(self, first: date, last: date) -> int:
        """What is booked in the account from `first` to `last`, with what the file adds."""
        if first > last:
            return 0
        own = select(func.coalesce(func.sum(Transaction.amount), 0)).where(
            Transaction.account_id == self.target.account_id,
            Transaction.booked_on.between(first, last),
            Transaction.pending.is_(False),
        )
        parameters = {"tenant": self.tenant_id, "account": self.target.account_id, "first": first, "last": last}
        coming = int(self.session.execute(_COMING, parameters).scalar_one())
        return int(self.session.execute(own).scalar_one()) + coming

    def _money(self, minor: int) -> str:
        return f"{format_amount(minor, self.target.currency)} {self.target.currency}"
