"""What in the ledger looks as if somebody should look at it: candidates for transfers, lines that came twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from core.period import Period
from data.frames.base import big_sum, fetch
from data.models.account import Account
from data.models.category import Category
from data.models.imports import Import
from data.models.rollup import Flow
from data.models.transaction import Transaction, TransferSeparation

_WINDOW = timedelta(days=4)
_DTYPES = {"account_id": "int64", "booked_on": "object", "amount": "int64", "count": "int64"}


def suggestion_frame(session: Session, account_ids: Sequence[int] | None, period: Period) -> pd.DataFrame:
    """Outflows of the period that may be transfers but for which nothing speaks except amount and date: account_id,
    booked_on, amount (positive), count. Whole transactions within one currency; the inflow is at most 4 days away."""
    out, into = aliased(Transaction), aliased(Transaction)
    own, other = aliased(Account), aliased(Account)
    near = and_(into.booked_on >= period.start - _WINDOW, into.booked_on < period.end + _WINDOW)
    pairs = (
        select(out.id, out.account_id, out.booked_on, (-out.amount).label("amount"))
        .distinct()
        .join(into, and_(into.amount == -out.amount, into.account_id != out.account_id, near))
        .join(own, own.id == out.account_id)
        .join(other, and_(other.id == into.account_id, other.currency == own.currency))
        .where(
            out.amount < 0,
            out.booked_on >= period.start,
            out.booked_on < period.end,
            func.abs(out.booked_on - into.booked_on) <= _WINDOW.days,
            _eligible(out),
            _eligible(into),
            ~_separated(out, into),
        )
    )
    if account_ids is not None:
        pairs = pairs.where(or_(out.account_id.in_(account_ids), into.account_id.in_(account_ids)))
    found = pairs.subquery()
    statement = select(found.c.account_id, found.c.booked_on, big_sum(found.c.amount), func.count()).group_by(
        found.c.account_id, found.c.booked_on
    )
    return fetch(session, statement, _DTYPES)


def _eligible(leg: Any) -> ColumnElement[bool]:
    """A booked line that is not matched and whose category does not say that it is income or expense."""
    kinds = select(Category.id).where(Category.kind.in_(("transfer", "saving")))
    return and_(leg.flow == Flow.ORDINARY, ~leg.is_split, or_(leg.category_id.is_(None), leg.category_id.in_(kinds)))


def _separated(one: Any, other: Any) -> ColumnElement[bool]:
    """Whether a person said that the two are no transfer."""
    row = TransferSeparation
    said = or_(
        and_(row.from_transaction_id == one.id, row.to_transaction_id == other.id),
        and_(row.from_transaction_id == other.id, row.to_transaction_id == one.id),
    )
    return select(row.from_position).where(said).correlate(one, other).exists()


def duplicate_frame(session: Session, account_ids: Sequence[int] | None, period: Period) -> pd.DataFrame:
    """Lines of the period that may have come twice: of one account, day, amount and payee, but from different files
    (or from a file and by hand). account_id, booked_on, amount (how much more it is than one file's share, positive),
    count. Equal lines of one file are two purchases."""
    row = Transaction
    origin = func.coalesce(row.import_id, 0)
    surplus = func.count(origin.distinct()) - 1
    groups = (
        select(row.account_id, row.booked_on, (func.abs(row.amount) * surplus).label("amount"), surplus.label("count"))
        .where(
            # Without imports there is nothing to compare, and nothing is read.
            select(Import.id).exists(),
            row.flow != Flow.PENDING,
            row.amount != 0,
            row.booked_on >= period.start,
            row.booked_on < period.end,
        )
        .group_by(row.account_id, row.booked_on, row.amount, row.payee_key)
        .having(surplus > 0)
    )
    if account_ids is not None:
        groups = groups.where(row.account_id.in_(account_ids))
    found = groups.subquery()
    statement = select(found.c.account_id, found.c.booked_on, big_sum(found.c.amount), big_sum(found.c["count"]))
    return fetch(session, statement.group_by(found.c.account_id, found.c.booked_on), _DTYPES)
