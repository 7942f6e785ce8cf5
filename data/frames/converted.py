"""Lines one by one with their amount in the report's currency, shared out in the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    FromClause,
    Numeric,
    String,
    Subquery,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    union_all,
)

from data.frames.base import Column, Scope, unnest
from data.frames.lines import ledger_lines, shared_lines
from data.models.account import Account
from data.models.transaction import Transaction


@dataclass(frozen=True, slots=True)
class AtRates:
    """What converts lines: the accounts in other currencies, and (currency, day) -> the exact rate between minor
    units. A line of such an account on a day without a rate is left out, unless it is 0."""

    foreign: tuple[int, ...] = ()
    rates: dict[tuple[str, date], Fraction] = field(default_factory=dict)


def converted_lines(scope: Scope, at: AtRates, *where: ColumnElement[bool]) -> Subquery:
    """The columns of `ledger_lines` and `converted`: a line's share of its conversion group's converted amount.

    `where` are conditions on `Transaction` that keep or drop whole days.
    """
    if not at.foreign:
        native = ledger_lines(scope, *where)
        return select(native, native.c.amount.label("converted")).subquery("converted_lines")
    native = ledger_lines(scope, Transaction.account_id.not_in(at.foreign), *where)
    shared = shared_lines(scope, at.foreign, *where)
    rows = [(*place, Decimal(rate.numerator), Decimal(rate.denominator)) for place, rate in at.rates.items()]
    rate = unnest("rate", {"currency": String, "day": Date, "top": Numeric, "bottom": Numeric}, rows)
    share = _rounded(shared.c.before + shared.c.amount, rate) - _rounded(shared.c.before, rate)
    columns = [native.c[name] for name in native.c.keys()]  # noqa: SIM118 - a collection of columns, not a dict
    return union_all(
        select(*columns, native.c.amount.label("converted")),
        select(*(shared.c[column.name] for column in columns), cast(func.coalesce(share, 0), BigInteger))
        .join(Account, Account.id == shared.c.account_id)
        .outerjoin(rate, and_(rate.c.currency == Account.currency, rate.c.day == shared.c.booked_on))
        .where(or_(rate.c.day.is_not(None), shared.c.amount == 0)),
    ).subquery("converted_lines")


def _rounded(minor: Column, rate: FromClause) -> ColumnElement[int]:
    """`core.rates.at_rate` in SQL: whole-number arithmetic on numeric, rounded half to even."""
    size = func.abs(cast(minor, Numeric)) * rate.c.top
    whole = func.div(size, rate.c.bottom)
    twice = 2 * (size - whole * rate.c.bottom)
    up = case((twice > rate.c.bottom, 1), (twice == rate.c.bottom, func.mod(whole, 2)), else_=0)
    return func.sign(minor) * (whole + up)
