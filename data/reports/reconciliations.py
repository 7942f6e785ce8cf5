"""Statements and how far the ledger agrees with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import accumulate, islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid, NotFound
from core.money import format_amount
from core.period import Months
from data.context import TenantContext
from data.frames.accounts import movements
from data.frames.findings import Doubt
from data.frames.reconciliations import Standing, cleared_sums, entry_ids, held_counts, stated_rows
from data.frames.resources import paged, tenant_version
from data.frames.transactions import transactions
from data.models.account import Account
from data.models.reconciliation import Reconciliation as Row
from data.reports.opening import Opened
from data.reports.stocks import Balances
from data.schemas.ledger import Transaction
from data.schemas.pages import Page, read_cursor, write_cursor
from data.schemas.reconciliations import Reconciliation, StatedBalance, StatedBalances

_LIST = "reconciliations"
_ENTRIES = "reconciliation entries"


def record(session: Session, row: Row, account: Account, held: int | None = None) -> Reconciliation:
    """A statement as the API shows it; `held` is how many entries a closed one has, if that is known."""
    balance = difference = None
    cleared, uncleared = held or 0, 0
    if row.closed_at is None:
        amount, cleared, uncleared = cleared_sums(session, account, row.statement_on)
        balance = format_amount(amount, account.currency)
        difference = format_amount(row.balance - amount, account.currency)
    elif held is None:
        cleared = held_counts(session, [row.id]).get(row.id, 0)
    return Reconciliation(
        id=str(row.id),
        account_id=str(row.account_id),
        statement_on=row.statement_on,
        balance=format_amount(row.balance, account.currency),
        currency=account.currency,
        state="open" if row.closed_at is None else "closed",
        cleared_balance=balance,
        difference=difference,
        cleared_count=cleared,
        uncleared_count=uncleared,
        closed_at=row.closed_at,
        adjustment_id=None if row.adjustment_id is None else str(row.adjustment_id),
        disturbed=row.disturbed,
    )


def list_reconciliations(
    context: TenantContext, account_id: int, limit: int, cursor: str | None = None
) -> Page[Reconciliation]:
    """An account's statements, the newest first."""
    statement = select(Row).where(Row.account_id == account_id)
    statement = statement.order_by(Row.statement_on.desc(), Row.id.desc()).limit(limit + 1)
    if cursor is not None:
        day, last = _place(f"{_LIST}:{account_id}", cursor)
        statement = statement.where((Row.statement_on < day) | ((Row.statement_on == day) & (Row.id < last)))
    with context.db.reading() as session:
        account = _account(session, account_id)
        found = session.scalars(statement).all()
        held = held_counts(session, [row.id for row in found])
        records = [record(session, row, account, held.get(row.id, 0)) for row in found]
        return paged(
            f"{_LIST}:{account_id}",
            records,
            limit,
            tenant_version(session),
            lambda place: (found[place].statement_on.isoformat(), found[place].id),
        )


def get_reconciliation(context: TenantContext, own: int) -> tuple[Reconciliation, int]:
    """A statement and the version at which it last changed; `NotFound` when it is not the tenant's."""
    with context.db.reading() as session:
        row = _row(session, own)
        return record(session, row, _account(session, row.account_id)), row.updated_version


def list_entries(context: TenantContext, own: int, limit: int, cursor: str | None = None) -> Page[Transaction]:
    """The entries of a statement, the newest first: of an open one those that no closed one holds."""
    after = None if cursor is None else _place(f"{_ENTRIES}:{own}", cursor)
    with context.db.reading() as session:
        row = _row(session, own)
        found = entry_ids(session, row, _account(session, row.account_id), limit + 1, after)
        lines = transactions(session, [each[0] for each in found[:limit]])
        version = tenant_version(session)
    following = None
    if len(found) > limit:
        last_id, day = found[limit - 1]
        following = write_cursor(f"{_ENTRIES}:{own}", day.isoformat(), last_id)
    return Page[Transaction].model_construct(
        data=[lines[each[0]] for each in found[:limit]], next_cursor=following, version=version
    )


def stated_balances(context: TenantContext, account_id: int) -> StatedBalances:
    """What imported statements say of an account, beside what the ledger says."""
    with context.db.reading() as session:
        account = _account(session, account_id)
        found = stated_rows(session, account_id)
        ledger = _balances(session, context.months, [account], sorted({row[0] for row in found}))[account_id]
        version = tenant_version(session)
    currency = account.currency
    return StatedBalances(
        data=[
            StatedBalance(
                statement_on=day,
                balance=format_amount(closing, currency),
                ledger_balance=format_amount(ledger[day], currency),
                difference=format_amount(closing - ledger[day], currency),
                currency=currency,
                import_id=str(import_id),
                filename=filename,
                reconciled=reconciled,
            )
            for day, closing, import_id, filename, reconciled in found
        ],
        version=version,
    )


def _balances(
    session: Session, months: Months, accounts: Sequence[Account], days: Sequence[date]
) -> dict[int, dict[date, int]]:
    """The balances of accounts at the end of each of these ascending days, in minor units, by account."""
    if not days:
        return {account.id: {} for account in accounts}
    moved = {account.id: [0] * (len(days) + 1) for account in accounts}
    before: dict[int, int] = {}
    for account_id, step, amount, earlier in movements(session, list(moved), days, months):
        before[account_id] = before.get(account_id, 0) + earlier
        moved[account_id][step] += amount
    found = {}
    for account in accounts:
        opening = account.opening_balance
        first = 0 if opening is None else opening - before.get(account.id, 0)
        running = accumulate(moved[account.id], initial=first)
        found[account.id] = dict(zip(days, islice(running, 1, None), strict=False))
    return found


def differing_ids(
    session: Session, months: Months, standings: Sequence[Standing], accounts: Sequence[Account]
) -> set[int]:
    """The accounts that differ from their statement, as `unreconciled` tells them."""
    days = sorted(set(stated_days(standings)))
    stated = {each.account_id for each in standings}
    known = _balances(session, months, [each for each in accounts if each.id in stated], days)
    return {
        each.account_id
        for each in standings
        if each.disturbed
        or _difference(each, None if each.stated_on is None else known[each.account_id][each.stated_on])
    }


def stated_days(standings: Sequence[Standing]) -> list[date]:
    """The days on which files stated a newest balance: what `unreconciled` needs the balances of."""
    return [each.stated_on for each in standings if each.stated_on is not None]


def unreconciled(books: Opened, balances: Balances, standings: Sequence[Standing]) -> list[Doubt]:
    """Accounts that differ from their statement, each with how much (positive).

    The newest stated closing balance is not the ledger's on that day, and no closed statement is as new; or an entry
    of the newest closed statement was changed or deleted since.
    """
    scope = set(books.account_ids)
    found: list[Doubt] = []
    for each in standings:
        if each.account_id in scope:
            day = each.stated_on
            difference = _difference(each, None if day is None else balances.on(each.account_id, day))
            known_on = day or each.reconciled_on
            if known_on is not None and (difference or each.disturbed):
                found.append((each.account_id, known_on, difference, 1))
    return found


def _difference(each: Standing, balance: int | None) -> int:
    """How far the ledger's balance is from the stated one; 0 where a closed statement is as new."""
    if balance is None or each.stated is None or each.stated_on is None:
        return 0
    if each.reconciled_on is not None and each.reconciled_on >= each.stated_on:
        return 0
    return abs(balance - each.stated)


def _place(resource: str, cursor: str) -> tuple[date, int]:
    day, last = read_cursor(resource, cursor, str, int)
    try:
        return date.fromisoformat(str(day)), int(last)
    except ValueError:
        raise Invalid.field("cursor", "is not a cursor of this list", code="bad_cursor") from None


def _row(session: Session, own: int) -> Row:
    row = session.scalars(select(Row).where(Row.id == own)).first()
    if row is None:
        raise NotFound(f"There is no reconciliation {own}")
    return row


def _account(session: Session, account_id: int) -> Account:
    row = session.scalars(select(Account).where(Account.id == account_id)).first()
    if row is None:
        raise NotFound(f"There is no account {account_id}")
    return row
