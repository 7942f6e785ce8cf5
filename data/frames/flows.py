"""Flows: what came in and went out, by account, category and month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    case,
    cast,
    extract,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from core.period import Period
from data.frames.base import Scope, big_sum, fetch, month_index
from data.frames.converted import AtRates, converted_lines
from data.frames.lines import is_expense, ledger_lines, lines
from data.models.account import Account
from data.models.category import Category
from data.models.rollup import Flow
from data.models.transaction import Transaction


def flow_frame(
    session: Session,
    scope: Scope,
    period: Period,
    previous: Period | None,
    start_day: int,
    foreign: Sequence[int] = (),
) -> pd.DataFrame:
    """The lines of the period and of the previous one, summed: account_id, category_id (0 none), flow, sign, month,
    amount, count (int64), current (bool: inside the period), day and before. `month` is the index of the tenant's
    month. Only `foreign` accounts, whose rate differs by day, have a `day`, and a `before` other than 0 (`lines`)."""
    found = lines(scope, foreign)
    month = month_index(found.c.booked_on, start_day)
    current = found.c.booked_on >= period.start
    before = previous or period
    keys = [found.c.account_id, found.c.category_id, found.c.flow, found.c.sign, month, current]
    by_day = [case((found.c.account_id.in_(foreign), found.c.booked_on)), found.c.before] if foreign else []
    statement = (
        select(
            *keys,
            big_sum(found.c.amount),
            big_sum(found.c["count"]),
            *(by_day or [null(), literal(0)]),
        )
        .where(
            found.c.booked_on >= before.start,
            found.c.booked_on < period.end,
            # There may be days between the two: 1 to 7 March is compared with 1 to 7 February.
            or_(found.c.booked_on < before.end, current),
        )
        .group_by(*keys, *by_day)
    )
    dtypes = dict.fromkeys(("account_id", "category_id", "flow", "sign", "month"), "int64")
    dtypes |= {"current": "bool", "amount": "int64", "count": "int64", "day": "object", "before": "int64"}
    return fetch(session, statement, dtypes)


def weekday_frame(session: Session, scope: Scope, period: Period, foreign: Sequence[int]) -> pd.DataFrame:
    """Expenses by weekday, without those of `foreign` accounts: weekday (1 Monday .. 7), amount (negative =
    spent). A weekday has a row for what was spent and one for what came back."""
    found = lines(scope)
    category = aliased(Category)
    weekday = cast(extract("isodow", found.c.booked_on), BigInteger)
    statement = (
        select(weekday, big_sum(found.c.amount))
        .outerjoin(category, category.id == found.c.category_id)
        .where(
            *_in_period(found, period),
            *([found.c.account_id.not_in(foreign)] if foreign else []),
            is_expense(found.c.category_id, category.kind, found.c.sign),
        )
        .group_by(weekday, found.c.sign)
    )
    return fetch(session, statement, {"weekday": "int64", "amount": "int64"})


def payee_frame(session: Session, scope: Scope, period: Period, at: AtRates, most: int) -> pd.DataFrame:
    """The payees with the largest net expenses, converted: payee, amount (positive = spent), count.

    Bookings without a name and those that no rate converts are left out; ties are in the same order on every server.
    """
    found = converted_lines(scope, at, *_booked(period))
    category = aliased(Category)
    spent = -func.sum(found.c.converted)
    statement = (
        select(found.c.payee, cast(spent, BigInteger), func.count())
        .outerjoin(category, category.id == found.c.category_id)
        .where(
            found.c.flow == Flow.ORDINARY,
            func.btrim(found.c.payee) != "",
            is_expense(found.c.category_id, category.kind, found.c.amount),
        )
        .group_by(found.c.payee)
        .order_by(spent.desc(), found.c.payee.collate("C"))
        .limit(most)
    )
    return fetch(session, statement, {"payee": "object", "amount": "int64", "count": "int64"})


def extreme_frame(session: Session, scope: Scope, period: Period, at: AtRates) -> pd.DataFrame:
    """The largest inflow and outflow that is income or expense, converted: sign (1, -1), transaction_id (int64)."""
    statement = union_all(
        _extreme(scope, period, at, inflow=True), _extreme(scope, period, at, inflow=False)
    ).subquery()
    return fetch(
        session, select(statement.c.sign, statement.c.transaction_id), {"sign": "int64", "transaction_id": "int64"}
    )


def _extreme(scope: Scope, period: Period, at: AtRates, *, inflow: bool) -> Select[int, int]:
    found = converted_lines(scope, at, *_booked(period))
    category = aliased(Category)
    order = found.c.converted.desc() if inflow else found.c.converted.asc()
    best = (
        select(literal(1 if inflow else -1).label("sign"), found.c.transaction_id)
        .outerjoin(category, category.id == found.c.category_id)
        .where(
            found.c.flow == Flow.ORDINARY,
            found.c.amount > 0 if inflow else found.c.amount < 0,
            func.coalesce(category.kind, "expense").in_(("income", "expense")),
        )
        .order_by(order, found.c.booked_on, found.c.transaction_id)
        .limit(1)
        .subquery()
    )
    return select(best.c.sign, best.c.transaction_id)


def unmatched_frame(session: Session, scope: Scope, period: Period, most: int) -> pd.DataFrame:
    """The newest unmatched legs of kind transfer: transaction_id, account_id, booked_on, amount, currency, payee."""
    found = ledger_lines(scope, *_booked(period))
    category = aliased(Category)
    statement = (
        select(
            found.c.transaction_id,
            found.c.account_id,
            found.c.booked_on,
            found.c.amount,
            Account.currency,
            found.c.payee,
        )
        .join(Account, Account.id == found.c.account_id)
        .join(category, category.id == found.c.category_id)
        .where(found.c.flow == Flow.ORDINARY, category.kind == "transfer")
        .order_by(found.c.booked_on.desc(), found.c.transaction_id.desc(), found.c.position)
        .limit(most)
    )
    return fetch(
        session,
        statement,
        {
            "transaction_id": "int64",
            "account_id": "int64",
            "booked_on": "object",
            "amount": "int64",
            "currency": "object",
            "payee": "object",
        },
    )


def _in_period(found: Any, period: Period) -> tuple[ColumnElement[bool], ...]:
    return (found.c.flow == Flow.ORDINARY, found.c.booked_on >= period.start, found.c.booked_on < period.end)


def _booked(period: Period) -> tuple[ColumnElement[bool], ...]:
    return (Transaction.booked_on >= period.start, Transaction.booked_on < period.end)
