"""Payments into loans and mortgages, and what is known of their interest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from core.period import Period
from data.frames.base import Scope, big_sum, fetch
from data.frames.findings import Doubt
from data.frames.lines import is_expense, lines
from data.models.account import Account
from data.models.category import Category
from data.models.rollup import Flow
from data.models.transaction import Split, Transaction

DEBT_TYPES: Final = ("loan", "mortgage")


def _payments(period: Period) -> Select[Any]:
    """The loans' legs of matched payments in the period."""
    return (
        select(Transaction.transfer_id)
        .join(Account, Account.id == Transaction.account_id)
        .where(
            Account.type.in_(DEBT_TYPES),
            Transaction.transfer_id.is_not(None),
            Transaction.amount > 0,
            Transaction.booked_on >= period.start,
            Transaction.booked_on < period.end,
        )
    )


def interest_frame(session: Session, period: Period) -> pd.DataFrame:
    """Interest and fees that were paid along with a loan: the parts of kind expense of payments that are split, one
    of whose parts went to a loan. account_id, booked_on, amount (signed), by conversion group."""
    part, paid, kind = aliased(Split), aliased(Transaction), aliased(Category)
    into_loans = _payments(period).scalar_subquery()
    with_loan = select(Split.transaction_id).where(Split.transfer_id.in_(into_loans)).scalar_subquery()
    sign = func.sign(part.amount)
    statement = (
        select(paid.account_id, paid.booked_on, big_sum(part.amount))
        .select_from(paid)
        .join(part, and_(part.tenant_id == paid.tenant_id, part.transaction_id == paid.id))
        .outerjoin(kind, kind.id == part.category_id)
        .where(
            paid.id.in_(with_loan),
            part.transfer_id.is_(None),
            or_(kind.kind == "expense", and_(part.category_id.is_(None), part.amount < 0)),
        )
        .group_by(paid.account_id, paid.booked_on, part.category_id, sign)
    )
    return fetch(session, statement, {"account_id": "int64", "booked_on": "object", "amount": "int64"})


def undivided(session: Session, scope: Scope, period: Period, debts: Sequence[int]) -> list[Doubt]:
    """Payments into loans whose interest is not told: the `debts`' legs of pairs with a whole transaction, but not of
    loans that are charged in their own account (lines of kind expense within `scope`). The account is the loan."""
    leg, payment, kind = aliased(Transaction), aliased(Transaction), aliased(Category)
    line = lines(scope)
    charged = (
        select(line.c.account_id)
        .outerjoin(kind, kind.id == line.c.category_id)
        .where(
            line.c.account_id.in_(debts),
            line.c.flow == Flow.ORDINARY,
            line.c.booked_on >= period.start,
            line.c.booked_on < period.end,
            is_expense(line.c.category_id, kind.kind, line.c.sign),
        )
    )
    statement = (
        select(leg.account_id, leg.booked_on, big_sum(leg.amount), func.count())
        .join(
            payment,
            and_(
                payment.tenant_id == leg.tenant_id,
                payment.transfer_id == leg.transfer_id,
                payment.id != leg.id,
                payment.amount < 0,
            ),
        )
        .where(
            leg.account_id.in_(debts),
            leg.amount > 0,
            leg.booked_on >= period.start,
            leg.booked_on < period.end,
            leg.account_id.not_in(charged),
        )
        .group_by(leg.account_id, leg.booked_on)
    )
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(statement)]
