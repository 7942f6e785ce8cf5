"""Income and expenses by payee or by tag, converted line by line."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd
from sqlalchemy import BigInteger, Select, and_, case, cast, func, null, or_, select
from sqlalchemy.orm import Session, aliased

from core.period import Period
from data.frames.base import Scope, fetch
from data.frames.converted import AtRates, converted_lines
from data.models.category import Category
from data.models.rollup import Flow
from data.models.tag import Tag, Tagging
from data.models.transaction import Split, Transaction


def group_frame(
    session: Session, scope: Scope, period: Period, at: AtRates, of: Literal["payee", "tag"]
) -> pd.DataFrame:
    """What each payee, or tag, brought and took in the period: id (of a tag, else None), name, kind, amount (signed),
    count. Lines without a payee or tag, and those that no rate converts, are left out; a line with two tags is in both,
    and a part of a split has its transaction's tags too."""
    found = converted_lines(scope, at, Transaction.booked_on >= period.start, Transaction.booked_on < period.end)
    category = aliased(Category)
    kind = func.coalesce(category.kind, case((found.c.amount > 0, "income"), else_="expense"))
    lines = (
        select(found, kind.label("kind"))
        .outerjoin(category, category.id == found.c.category_id)
        .where(found.c.flow == Flow.ORDINARY, kind.in_(("income", "expense")))
        .subquery("flows")
    )
    statement = _of_payees(lines.c) if of == "payee" else _of_tags(lines.c)
    dtypes = {"id": "object", "name": "object", "kind": "object", "amount": "int64", "count": "int64"}
    return fetch(session, statement, dtypes)


def _of_payees(line: Any) -> Select[Any]:
    return (
        select(null(), line.payee, line.kind, cast(func.sum(line.converted), BigInteger), func.count())
        .where(func.btrim(line.payee) != "")
        .group_by(line.payee, line.kind)
    )


def _of_tags(line: Any) -> Select[Any]:
    borne = (
        select(Tagging.object_id)
        .outerjoin(Split, and_(Tagging.kind == "split", Split.id == Tagging.object_id))
        .where(
            Tagging.tag_id == Tag.id,
            or_(
                and_(Tagging.kind == "transaction", Tagging.object_id == line.transaction_id),
                and_(Split.transaction_id == line.transaction_id, Split.position == line.position),
            ),
        )
        .correlate(Tag, line.transaction_id.table)
        .exists()
    )
    return (
        select(Tag.id, Tag.name, line.kind, cast(func.sum(line.converted), BigInteger), func.count())
        .join(line.transaction_id.table, borne)
        .group_by(Tag.id, Tag.name, line.kind)
    )
