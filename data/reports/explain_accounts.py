"""The figures of an account explained, in the account's own currency."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Context, Decimal
from typing import Final

from core.errors import NotFound
from core.money import exponent, format_amount
from core.period import FIRST_DAY, Period
from data.frames.base import Scope
from data.frames.explained import KINDS, Members
from data.frames.flows import flow_frame
from data.models.rollup import Flow
from data.reports.accounts import account_summaries, unconverted_balances
from data.reports.conversion import Converter
from data.reports.explain_summary import flow_exclusions
from data.reports.explained import Explained, Lines, excluded, given
from data.reports.flows import read_flows
from data.reports.opening import Opened
from data.reports.stocks import Balances
from data.reports.summary import flows_of
from data.schemas.dashboard import AccountSummary
from data.schemas.figures import Adjustment, Excluded

_DAY: Final = timedelta(days=1)
_BOOKED: Final = frozenset((flow, kind) for flow in Flow if flow != Flow.PENDING for kind in KINDS)
_PENDING: Final = frozenset((Flow.PENDING, kind) for kind in KINDS)
_SUMS: Final[dict[str, Members]] = {
    "balance": Members(_BOOKED, "in"),
    "pending": Members(_PENDING, "in"),
    "inflow": Members(_BOOKED, "in", sign=1),
    "outflow": Members(_BOOKED, "out", sign=-1),
    "change": Members(_BOOKED, "in"),
    "transaction_count": Members(_BOOKED, "one"),
}
_RATE: Final = Context(prec=30)


def explain_account(books: Opened, account_id: int, name: str) -> Explained:
    """The figure `account.<id>.<name>`; `NotFound` when the account is not the tenant's, or not in the query."""
    books = _of_account(books, account_id)
    edges = [books.period.start - _DAY, books.period.last]
    lock = books.query.lock
    if lock is not None and lock.first is not None:
        edges.append(lock.first - _DAY)
    balances = Balances.read(books, edges)
    (row,) = account_summaries(books, flows_of(books), balances, with_history=False)
    if name == "balance_converted":
        return _converted(books, row, balances)
    own = replace(books, currency=row.currency, convert=_in_own_currency(books, row))
    total = getattr(row, name)
    found = Explained(books.period, total, None if name == "transaction_count" else row.currency, subject=row.name)
    if total is None:
        return found
    if name == "balance":
        _balance(found, own, balances)
    elif name == "pending":
        # An account's pending lines are all of them, whatever is asked for.
        found.lines = Lines(replace(own, scope=Scope((account_id,))), _SUMS[name], (None, None))
    else:
        found.lines = Lines(own, _SUMS[name], (books.period.start, books.period.end))
        # Other accounts are not filtered out: the figure is of this one.
        every = replace(own, scope=Scope((account_id,))) if books.query.flows_only else own
        found.excluded = flow_exclusions(own, _SUMS[name], flows_of(own), ("pending", "filtered"), every)
    return found


def _of_account(books: Opened, account_id: int) -> Opened:
    """The books of one account in scope."""
    accounts = [row for row in books.account_rows if row.id == account_id]
    if not accounts:
        raise NotFound(f"There is no account {account_id}")
    query = replace(books.query, account_ids=(account_id,))
    scope = replace(books.scope, account_ids=(account_id,))
    return replace(books, account_rows=accounts, query=query, scope=scope)


def _in_own_currency(books: Opened, row: AccountSummary) -> Converter:
    """There is nothing to convert."""
    return Converter(books.session, row.currency, books.context.today, {int(row.id): row.currency})


def _balance(found: Explained, own: Opened, balances: Balances) -> None:
    """The opening balance and all bookings since; before the opening day, less those in between."""
    (row,) = own.accounts.to_dict("records")
    last, members = own.period.last, _SUMS["balance"]
    first, end, opening, on = None, last + _DAY, row["opening_balance"], row["opening_on"]
    lock = own.query.lock
    if lock is not None and lock.first is not None:
        # Under an embed's lock what was booked before its first day is told in one sum only.
        first, opening = lock.first, balances.on(row["id"], lock.first - _DAY)
    elif opening is not None and on <= last:
        first = on
    elif opening is not None:
        first, end, members = last + _DAY, on, replace(members, effect="out")
    if opening is not None:
        found.adjustments = [Adjustment(name="opening_balance", amount=format_amount(int(opening), own.currency))]
    if first is None or first < end:
        found.lines = Lines(own, members, (first, end))
        found.excluded = _pending(own, members, Period(first or FIRST_DAY, end))


def _pending(own: Opened, members: Members, days: Period) -> list[Excluded]:
    frame = flow_frame(own.session, own.scope, days, None, own.context.tenant.month_start)
    return excluded(own, members, read_flows(own, frame), of=("pending",))


def _converted(books: Opened, row: AccountSummary, balances: Balances) -> Explained:
    found = Explained(books.period, row.balance_converted, books.currency, subject=row.name)
    found.left_out = unconverted_balances(books, balances)
    if row.balance is None:
        return found
    rate = books.convert.rate(row.currency, books.period.last)
    shown = None
    if rate is not None:
        whole = rate * 10 ** exponent(row.currency) / 10 ** exponent(books.currency)
        shown = f"{_RATE.divide(Decimal(whole.numerator), Decimal(whole.denominator)).normalize(_RATE):f}"
    found.inputs = [
        given("balance", row.balance, "money", row.currency, f"account.{row.id}.balance"),
        given("rate", shown, "rate"),
    ]
    return found
