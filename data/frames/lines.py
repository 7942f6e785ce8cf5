"""Flow lines: what the figures are summed from, either already summed by day or one by one from the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Subquery,
    and_,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from data.frames.base import Column, Scope, SomeSelect
from data.models.rollup import DailyRollup
from data.models.tag import Tagging
from data.models.transaction import Split, Transaction

_OF_TRANSACTION = (
    Transaction.id.label("transaction_id"),
    Transaction.account_id,
    Transaction.booked_on,
    Transaction.payee,
    Transaction.fingerprint,
    Transaction.occurrence,
)
"""What a line has of its transaction, a split's part too."""


def lines(scope: Scope, foreign: Sequence[int] = ()) -> Subquery:
    """The lines in `scope`: account_id, booked_on, category_id (0 none), flow, sign, amount, count, before.

    Summed by day from the rollup; only a tag filter needs the ledger itself. A tag takes some lines of a conversion
    group and leaves others: `before` is then what the group's earlier lines add up to (in `foreign` accounts only).
    """
    if scope.tag_ids is not None:
        return _tagged_lines(scope, foreign)
    rollup = DailyRollup
    statement = select(
        rollup.account_id,
        rollup.booked_on,
        rollup.category_id,
        rollup.flow,
        rollup.sign,
        rollup.amount,
        rollup.count,
        literal(0).label("before"),
    )
    return within(statement, scope, rollup.account_id, rollup.category_id).subquery("lines")


def _tagged_lines(scope: Scope, foreign: Sequence[int]) -> Subquery:
    native = ledger_lines(scope, Transaction.account_id.not_in(foreign)) if foreign else ledger_lines(scope)
    arms: list[tuple[Subquery, ColumnElement[int]]] = [(native, cast(literal(0), BigInteger))]
    if foreign:
        shared = shared_lines(scope, foreign)
        arms.append((shared, shared.c.before))
    return union_all(
        *(
            select(
                single.c.account_id,
                single.c.booked_on,
                single.c.category_id,
                single.c.flow,
                func.sign(single.c.amount).label("sign"),
                single.c.amount,
                literal(1).label("count"),
                before.label("before"),
            )
            for single, before in arms
        )
    ).subquery("lines")


def shared_lines(scope: Scope, accounts: Sequence[int], *where: ColumnElement[bool]) -> Subquery:
    """The lines of `accounts` in `scope` one by one: the columns of `ledger_lines` and `before`, what the earlier
    lines of the same conversion group (account, category, flow, sign, day) add up to (`semantics.md`, Currency).

    The order within a group is (amount, fingerprint, occurrence), and the position of a split's part.
    """
    every = ledger_lines(replace(scope, tag_ids=None), Transaction.account_id.in_(accounts), *where, tags=scope.tag_ids)
    row = every.c
    before = func.sum(row.amount).over(
        partition_by=[row.account_id, row.booked_on, row.category_id, row.flow, func.sign(row.amount)],
        order_by=[row.amount, row.fingerprint, row.occurrence, row.position],
        rows=(None, -1),
    )
    shared = select(every, cast(func.coalesce(before, 0), BigInteger).label("before")).subquery("shared")
    return select(shared).where(shared.c.wanted).subquery("shared_lines")


def ledger_lines(scope: Scope, *where: ColumnElement[bool], tags: tuple[int, ...] | None = None) -> Subquery:
    """The lines in `scope` one by one: like `lines`, with transaction_id, position, payee, fingerprint and
    occurrence, without sign, count and before.

    `where` are conditions on `Transaction` that both arms get. `wanted` says whether a line bears one of `tags`.
    """
    whole = select(
        *_OF_TRANSACTION,
        literal(0).label("position"),
        func.coalesce(Transaction.category_id, 0).label("category_id"),
        Transaction.flow,
        Transaction.amount,
        _bears(tags).label("wanted"),
    ).where(~Transaction.is_split, *where)
    parts = (
        select(
            *_OF_TRANSACTION,
            Split.position,
            func.coalesce(Split.category_id, 0).label("category_id"),
            Split.flow,
            Split.amount,
            or_(_bears(tags), _bears(tags, part=True)).label("wanted"),
        )
        .join(Transaction, and_(Transaction.tenant_id == Split.tenant_id, Transaction.id == Split.transaction_id))
        .where(*where)
    )
    whole = within(whole, scope, Transaction.account_id, func.coalesce(Transaction.category_id, 0))
    parts = within(parts, scope, Transaction.account_id, func.coalesce(Split.category_id, 0))
    if scope.tag_ids is not None:
        whole = whole.where(_bears(scope.tag_ids))
        parts = parts.where(or_(_bears(scope.tag_ids), _bears(scope.tag_ids, part=True)))
    return union_all(whole, parts).subquery("lines")


def within(statement: SomeSelect, scope: Scope, account_id: Column, category_id: Column) -> SomeSelect:
    """`statement` narrowed to the scope's accounts and categories."""
    if scope.account_ids is not None:
        statement = statement.where(account_id.in_(scope.account_ids) if scope.account_ids else false())
    if scope.category_ids is not None:
        statement = statement.where(category_id.in_(scope.category_ids) if scope.category_ids else false())
    return statement


def _bears(tag_ids: tuple[int, ...] | None, *, part: bool = False) -> ColumnElement[bool]:
    """Whether the transaction, or the split's part, bears one of the tags; without tags to look for, yes."""
    if tag_ids is None:
        return literal(True)
    tagging = aliased(Tagging)
    kind, object_id = ("split", Split.id) if part else ("transaction", Transaction.id)
    return (
        select(null())
        .where(tagging.kind == kind, tagging.object_id == object_id, tagging.tag_id.in_(tag_ids))
        .correlate(Transaction, Split)
        .exists()
    )


def is_expense(category_id: Column, kind: Column, amount: Column) -> ColumnElement[bool]:
    """Whether a line is expense: by its category's kind, by its sign when it has no category."""
    return or_(kind == "expense", and_(category_id == 0, amount <= 0))
