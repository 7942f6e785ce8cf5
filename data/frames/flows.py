"""Flows: what came in and went out, by account, category and month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import pandas as pd
from sqlalchemy import (
    BigInteger,
    ColumnElement,
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

from core.period import Months, Period
from data.frames.base import Scope, big_sum, empty, fetch, month_index
from data.frames.converted import AtRates, converted_lines
from data.frames.driver import Select, rows
from data.frames.lines import is_expense, lines
from data.frames.payees import filtered_payees, largest_payees, payee_sums
from data.frames.pieces import Pieces
from data.models.category import Category
from data.models.rollup import Flow
from data.models.transaction import Transaction

_FLOW_TYPES: Final = {
    **dict.fromkeys(("account_id", "category_id", "flow", "sign", "month"), "int64"),
    "current": "bool",
    "amount": "int64",
    "count": "int64",
    "day": "object",
    "before": "int64",
}


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
    return fetch(session, statement, _FLOW_TYPES)


def empty_flows() -> pd.DataFrame:
    """A `flow_frame` without rows, the same each time."""
    return empty(tuple(_FLOW_TYPES.items()))


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


def payees(
    session: Session, scope: Scope, period: Period, months: Months, at: AtRates, currency: str, most: int
) -> list[tuple[str, int, int]]:
    """The payees with the largest net expenses, converted: payee, amount (positive = spent), count.

    Bookings without a name and those that no rate converts are left out; ties are in the same order on every server.
    Whole months of accounts in the report's currency come from `payee_years`, everything else is summed line by line.
    """
    native = native_payees(scope, period, months, at.foreign, currency, most)
    if native is not None:
        return rows(session, *native)
    arms: list[Any] = []
    pieces = Pieces.of(months, period)
    if scope == Scope() and not pieces.days:
        arms.append(payee_sums(session.info["tenant_id"], currency, pieces.first, pieces.end))
        scope = Scope(account_ids=at.foreign)
    if scope.account_ids != ():
        arms.append(_spent_lines(scope, period, at))
    every = union_all(*(select(arm.c.payee, arm.c.spent, arm.c.lines) for arm in arms)).subquery("spent")
    spent = func.sum(every.c.spent)
    statement = (
        select(every.c.payee, cast(spent, BigInteger), cast(func.sum(every.c.lines), BigInteger))
        .group_by(every.c.payee)
        .having(func.sum(every.c.lines) > 0)
        .order_by(spent.desc(), every.c.payee.collate("C"))
        .limit(most)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(statement)]


def native_payees(
    scope: Scope, period: Period, months: Months, foreign: Sequence[int], currency: str, most: int
) -> Select | None:
    """What `payees` reads where all money is in the report's currency and no tag is asked for, else None."""
    if foreign or scope.tag_ids is not None:
        return None
    pieces = Pieces.of(months, period)
    if scope == Scope() and pieces.first < pieces.end:
        return largest_payees(currency, pieces, most)
    return filtered_payees(scope, period, most)


def _spent_lines(scope: Scope, period: Period, at: AtRates) -> Any:
    """Lines of kind expense one by one: payee, spent, lines."""
    found = converted_lines(scope, at, *_booked(period))
    category = aliased(Category)
    return (
        select(found.c.payee, (-found.c.converted).label("spent"), literal(1).label("lines"))
        .outerjoin(category, category.id == found.c.category_id)
        .where(
            found.c.flow == Flow.ORDINARY,
            func.btrim(found.c.payee) != "",
            is_expense(found.c.category_id, category.kind, found.c.amount),
        )
        .subquery("spent_lines")
    )


def extreme_lines(session: Session, scope: Scope, period: Period, at: AtRates) -> list[tuple[int, int, date, int]]:
    """(sign, amount, booked_on, transaction id), converted, of the largest line each way that is income or expense,
    in the `foreign` accounts of `at`."""
    statement = union_all(_extreme(scope, period, at, inflow=True), _extreme(scope, period, at, inflow=False))
    return [(row[0], int(row[1]), row[2], row[3]) for row in session.execute(statement)]


def _extreme(scope: Scope, period: Period, at: AtRates, *, inflow: bool) -> Any:
    found = converted_lines(scope, at, *_booked(period))
    category = aliased(Category)
    order = found.c.converted.desc() if inflow else found.c.converted.asc()
    best = (
        select(literal(1 if inflow else -1).label("sign"), found.c.converted, found.c.booked_on, found.c.transaction_id)
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
    return select(best.c.sign, best.c.converted, best.c.booked_on, best.c.transaction_id)


def _in_period(found: Any, period: Period) -> tuple[ColumnElement[bool], ...]:
    return (found.c.flow == Flow.ORDINARY, found.c.booked_on >= period.start, found.c.booked_on < period.end)


def _booked(period: Period) -> tuple[ColumnElement[bool], ...]:
    return (Transaction.booked_on >= period.start, Transaction.booked_on < period.end)
