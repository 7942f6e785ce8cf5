"""Accounts and their balances, without scanning the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, Date, ScalarSelect, and_, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from data.frames.base import big_sum, fetch
from data.models.account import Account
from data.models.rollup import DailyRollup, Flow


def account_frame(session: Session) -> pd.DataFrame:
    """All accounts by name: id, name, type, institution, currency, opening_balance, opening_on, opened_on, closed_on,
    in_net_worth, first_booked_on, last_booked_on (dates or None), pending (int64, minor units)."""

    statement = select(
        Account.id,
        Account.name,
        Account.type,
        Account.institution,
        Account.currency,
        Account.opening_balance,
        Account.opening_on,
        Account.opened_on,
        Account.closed_on,
        Account.in_net_worth,
        _probe(func.min(DailyRollup.booked_on), DailyRollup.flow != Flow.PENDING),
        _probe(func.max(DailyRollup.booked_on), DailyRollup.flow != Flow.PENDING),
        _probe(big_sum(DailyRollup.amount), DailyRollup.flow == Flow.PENDING),
    ).order_by(func.lower(Account.name), Account.id)
    return fetch(
        session,
        statement,
        {
            "id": "int64",
            "name": "object",
            "type": "object",
            "institution": "object",
            "currency": "object",
            "opening_balance": "object",
            "opening_on": "object",
            "opened_on": "object",
            "closed_on": "object",
            "in_net_worth": "bool",
            "first_booked_on": "object",
            "last_booked_on": "object",
            "pending": "int64",
        },
    )


def _probe(measure: ColumnElement[Any], where: ColumnElement[bool]) -> ScalarSelect[Any]:
    """A look-up in the account's part of the rollup: an index probe for each account, not a scan."""
    return (
        select(measure)
        .where(DailyRollup.tenant_id == Account.tenant_id, DailyRollup.account_id == Account.id, where)
        .correlate(Account)
        .scalar_subquery()
    )


def movement_frame(session: Session, account_ids: Sequence[int] | None, days: Sequence[date]) -> pd.DataFrame:
    """What was booked up to and between `days` (ascending): account_id, step, amount, before_opening (all int64).

    `step` k holds the bookings after `days[k - 1]` up to and including `days[k]`; `before_opening` is the part of it
    that lies before the account's opening day. Pending lines are in nothing.
    """
    # width_bucket counts the thresholds that are <= its operand: the days before it, given as their next days.
    edges = cast(literal([day + timedelta(days=1) for day in days], ARRAY(Date)), ARRAY(Date))
    step = func.width_bucket(DailyRollup.booked_on, edges)
    before = case((DailyRollup.booked_on < Account.opening_on, DailyRollup.amount), else_=0)
    statement = (
        select(
            DailyRollup.account_id,
            cast(step, BigInteger),
            big_sum(DailyRollup.amount),
            big_sum(before),
        )
        .join(Account, and_(Account.tenant_id == DailyRollup.tenant_id, Account.id == DailyRollup.account_id))
        .where(DailyRollup.flow != Flow.PENDING)
        .group_by(DailyRollup.account_id, step)
    )
    if account_ids is not None:
        statement = statement.where(DailyRollup.account_id.in_(account_ids))
    return fetch(
        session, statement, {"account_id": "int64", "step": "int64", "amount": "int64", "before_opening": "int64"}
    )
