"""The lines that a figure is the sum of, one by one, and lines by day for what has no sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

import pandas as pd
from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from core.period import Period
from data.frames.base import Scope, fetch
from data.frames.converted import AtRates, converted_lines
from data.models.account import Account
from data.models.category import Category
from data.models.rollup import DailyRollup, Flow
from data.models.transaction import Transaction
from data.schemas.common import SAVING_TYPES, CategoryKind

Effect = Literal["in", "out", "aside", "budget", "one"]
"""What a line adds: its amount; the reverse; what it puts aside; what it takes from a budget; 1."""
Place = tuple[date, int, int]
"""Where a line stands in a list, newest first: its day, its transaction, its part."""
KINDS: Final[tuple[CategoryKind, ...]] = ("income", "expense", "transfer", "saving")


@dataclass(frozen=True, slots=True)
class Members:
    """Which lines a figure is the sum of: pairs of flow and kind; those of one sign (0: any); those of one category
    (None: any); those of one transaction, or its part at a position (None: any). `effect` says what each adds."""

    pairs: frozenset[tuple[Flow, CategoryKind]]
    effect: Effect
    sign: int = 0
    category: int | None = None
    transaction: int | None = None
    position: int | None = None


def explained_frame(
    session: Session,
    scope: Scope,
    at: AtRates,
    members: Members,
    days: tuple[date | None, date | None],
    limit: int,
    after: Place | None = None,
) -> pd.DataFrame:
    """The newest `limit` members after a place, of the days from the first up to but not with the second:
    transaction_id, position, account_id, booked_on, payee, category_id (0 none), amount, currency, added."""
    first, end = days
    row, category = Transaction, aliased(Category)
    where = [row.booked_on >= first] if first else []
    where += [row.booked_on < end] if end else []
    where += [row.booked_on <= after[0]] if after else []
    found = converted_lines(scope, at, *where).c
    kind = func.coalesce(category.kind, case((found.amount > 0, "income"), else_="expense"))
    place = (found.booked_on, found.transaction_id, found.position)
    statement = (
        select(
            found.transaction_id,
            found.position,
            found.account_id,
            found.booked_on,
            found.payee,
            found.category_id,
            found.amount,
            Account.currency,
            _added(members.effect, found.converted, kind),
        )
        .join(Account, Account.id == found.account_id)
        .outerjoin(category, category.id == found.category_id)
        .where(*_conditions(members, found, kind), *([tuple_(*place) < after] if after else []))
        .order_by(*(column.desc() for column in place))
        .limit(limit)
    )
    dtypes = dict.fromkeys(("transaction_id", "position", "account_id"), "int64") | {"booked_on": "object"}
    dtypes |= {"payee": "object", "category_id": "int64", "amount": "int64", "currency": "object", "added": "int64"}
    return fetch(session, statement, dtypes)


def _conditions(members: Members, found: Any, kind: ColumnElement[str]) -> list[ColumnElement[bool]]:
    by_flow: dict[Flow, list[str]] = {}
    for flow, name in sorted(members.pairs):
        by_flow.setdefault(flow, []).append(name)
    conditions = [or_(*(and_(found.flow == flow, kind.in_(names)) for flow, names in by_flow.items()))]
    if members.sign:
        conditions.append(found.amount > 0 if members.sign > 0 else found.amount < 0)
    if members.category is not None:
        conditions.append(found.category_id == members.category)
    if members.transaction is not None:
        conditions.append(found.transaction_id == members.transaction)
    if members.position is not None:
        conditions.append(found.position == members.position)
    return conditions


def _added(effect: Effect, amount: Any, kind: ColumnElement[str]) -> ColumnElement[int]:
    """`adds` in SQL."""
    if effect == "one":
        return literal(1)
    aside = case((Account.type.in_(sorted(SAVING_TYPES)), amount), else_=-amount)
    if effect == "budget":
        return case((kind == "saving", aside), else_=-amount)
    found: ColumnElement[int] = {"in": amount, "out": -amount, "aside": aside}[effect]
    return found


def day_group_frame(session: Session, account_ids: Sequence[int], period: Period) -> pd.DataFrame:
    """The booked conversion groups of these accounts: account_id, booked_on, amount (of the account's currency)."""
    row = DailyRollup
    statement = select(row.account_id, row.booked_on, row.amount).where(
        row.account_id.in_(account_ids),
        row.booked_on >= period.start,
        row.booked_on < period.end,
        row.flow != Flow.PENDING,
    )
    return fetch(session, statement, {"account_id": "int64", "booked_on": "object", "amount": "int64"})
