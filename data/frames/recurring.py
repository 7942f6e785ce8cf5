"""The stored series of payments that come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Date, func, literal, select
from sqlalchemy.orm import Session

from core.recurring import Interval, Schedule
from data.models.account import Account
from data.models.recurring import RecurringSeries


@dataclass(frozen=True, slots=True)
class Payment:
    """One line of a series; minor units of the account's currency, `category_id` 0 without one."""

    day: date
    amount: int
    category_id: int
    flow: int


@dataclass(frozen=True, slots=True)
class StoredSeries:
    """A series with its account's type and currency. `payments` are its lines from the day asked for on."""

    key: tuple[int, str, int, int, int]
    account_type: str
    currency: str
    payee: str
    category_id: int
    flow: int
    schedule: Schedule
    first_on: date
    amount: int
    confidence: int
    price_changes: list[list[Any]]
    payments: list[Payment]

    @property
    def account_id(self) -> int:
        return self.key[0]


def stored_series(
    session: Session,
    since: date | None,
    *,
    account_ids: Sequence[int] | None = None,
    category_ids: Sequence[int] | None = None,
) -> list[StoredSeries]:
    """The series of these accounts that have a line in these categories, each with its lines since that day (None:
    without its lines), in the order of their keys. One statement."""
    row = RecurringSeries
    lines = _since(since)
    statement = (
        select(
            row.account_id, row.payee_key, row.sign, row.part, row.place,
            Account.type, Account.currency, row.payee, row.category_id, row.flow, row.repeats, row.anchor,
            row.last_on, row.first_on, row.amount, row.confidence, row.price_changes, *lines,
        )
        .join(Account, Account.id == row.account_id)
        .order_by(row.account_id, row.payee_key.collate("C"), row.sign, row.part, row.place)
    )  # fmt: skip
    if account_ids is not None:
        statement = statement.where(row.account_id.in_(account_ids))
    if category_ids is not None:
        statement = statement.where(row.categories.overlap(list(category_ids)))
    return [_series(found) for found in session.execute(statement)]


def _since(since: date | None) -> list[ColumnElement[Any]]:
    """The lines' columns from that day on; they are stored in order of their days."""
    if since is None:
        return []
    row = RecurringSeries
    # How many of the ascending days come before it.
    before = func.width_bucket(literal(since - timedelta(days=1), Date), row.days)
    return [
        column[before + 1 : func.cardinality(row.days)] for column in (row.days, row.amounts, row.categories, row.flows)
    ]


def _series(found: Any) -> StoredSeries:
    key, rest, lines = found[:5], found[5:17], found[17:]
    account_type, currency, payee, category_id, flow, repeats, anchor, last_on, first_on, *figures = rest
    amount, confidence, price_changes = figures
    return StoredSeries(
        key=(key[0], key[1], key[2], key[3], key[4]),
        account_type=account_type,
        currency=currency,
        payee=payee,
        category_id=category_id,
        flow=flow,
        schedule=Schedule(cast(Interval, repeats), anchor, last_on),
        first_on=first_on,
        amount=amount,
        confidence=confidence,
        price_changes=price_changes,
        payments=[Payment(*line) for line in zip(*lines, strict=True)],
    )
