"""Flow lines: what the figures are summed from, either already summed by day or one by one from the ledger."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Subquery, and_, false, func, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from data.frames.base import Column, Scope, SomeSelect
from data.models.rollup import DailyRollup
from data.models.tag import Tagging
from data.models.transaction import Split, Transaction


def lines(scope: Scope) -> Subquery:
    """The lines in `scope` with columns account_id, booked_on, category_id (0 none), flow, sign, amount, count.

    Summed by day from the rollup; only a tag filter needs the ledger itself.
    """
    if scope.tag_ids is not None:
        single = ledger_lines(scope)
        return select(
            single.c.account_id,
            single.c.booked_on,
            single.c.category_id,
            single.c.flow,
            func.sign(single.c.amount).label("sign"),
            single.c.amount,
            literal(1).label("count"),
        ).subquery("lines")
    rollup = DailyRollup
    statement = select(
        rollup.account_id,
        rollup.booked_on,
        rollup.category_id,
        rollup.flow,
        rollup.sign,
        rollup.amount,
        rollup.count,
    )
    return within(statement, scope, rollup.account_id, rollup.category_id).subquery("lines")


def ledger_lines(scope: Scope, *where: ColumnElement[bool]) -> Subquery:
    """The lines in `scope` one by one: like `lines`, with transaction_id, position and payee, without sign and count.

    `where` are conditions on `Transaction` that both arms get.
    """
    whole = select(
        Transaction.id.label("transaction_id"),
        literal(0).label("position"),
        Transaction.account_id,
        Transaction.booked_on,
        func.coalesce(Transaction.category_id, 0).label("category_id"),
        Transaction.flow,
        Transaction.amount,
        Transaction.payee,
    ).where(~Transaction.is_split, *where)
    parts = (
        select(
            Transaction.id.label("transaction_id"),
            Split.position,
            Transaction.account_id,
            Transaction.booked_on,
            func.coalesce(Split.category_id, 0).label("category_id"),
            Split.flow,
            Split.amount,
            Transaction.payee,
        )
        .join(Transaction, and_(Transaction.tenant_id == Split.tenant_id, Transaction.id == Split.transaction_id))
        .where(*where)
    )
    whole = within(whole, scope, Transaction.account_id, func.coalesce(Transaction.category_id, 0))
    parts = within(parts, scope, Transaction.account_id, func.coalesce(Split.category_id, 0))
    if scope.tag_ids is not None:
        tagged = _tagged(scope.tag_ids, "transaction", Transaction.id)
        whole = whole.where(tagged)
        parts = parts.where(or_(tagged, _tagged(scope.tag_ids, "split", Split.id)))
    return union_all(whole, parts).subquery("lines")


def within(statement: SomeSelect, scope: Scope, account_id: Column, category_id: Column) -> SomeSelect:
    """`statement` narrowed to the scope's accounts and categories."""
    if scope.account_ids is not None:
        statement = statement.where(account_id.in_(scope.account_ids) if scope.account_ids else false())
    if scope.category_ids is not None:
        statement = statement.where(category_id.in_(scope.category_ids) if scope.category_ids else false())
    return statement


def _tagged(tag_ids: tuple[int, ...], kind: str, object_id: Column) -> ColumnElement[bool]:
    tagging = aliased(Tagging)
    return (
        select(null())
        .where(tagging.kind == kind, tagging.object_id == object_id, tagging.tag_id.in_(tag_ids))
        .correlate(Transaction, Split)
        .exists()
    )


def is_expense(category_id: Column, kind: Column, amount: Column) -> ColumnElement[bool]:
    """Whether a line is expense: by its category's kind, by its sign when it has no category."""
    return or_(kind == "expense", and_(category_id == 0, amount <= 0))
