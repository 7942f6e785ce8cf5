"""Flow lines: what the figures are summed from, either already summed by day or one by one from the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    Subquery,
    and_,
    bindparam,
    cast,
    extract,
    false,
    func,
    literal,
    null,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import aliased

from data.frames.base import Column, Scope, SomeSelect
from data.models.recurring import PAYEE_KEY
from data.models.rollup import DailyRollup
from data.models.tag import Tagging
from data.models.transaction import Split, Transaction

EVERYTHING: Final = Scope()
_KEY_OF: Final = PAYEE_KEY.replace("payee", "CAST(:payee AS text)")
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

    Summed by day from the rollup; only a tag or a payee needs the ledger itself. It takes some lines of a conversion
    group and leaves others: `before` is then what the group's earlier lines add up to (in `foreign` accounts only).
    """
    if scope.line_by_line:
        return _single_lines(scope, foreign)
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
    if scope.weekday is not None:
        statement = statement.where(extract("isodow", rollup.booked_on) == scope.weekday)
    return within(statement, scope, rollup.account_id, rollup.category_id).subquery("lines")


def _single_lines(scope: Scope, foreign: Sequence[int]) -> Subquery:
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
    whole_groups = replace(scope, tag_ids=None, payee=None)
    every = ledger_lines(whole_groups, Transaction.account_id.in_(accounts), *where, wanted=scope)
    row = every.c
    before = func.sum(row.amount).over(
        partition_by=[row.account_id, row.booked_on, row.category_id, row.flow, func.sign(row.amount)],
        order_by=[row.amount, row.fingerprint, row.occurrence, row.position],
        rows=(None, -1),
    )
    shared = select(every, cast(func.coalesce(before, 0), BigInteger).label("before")).subquery("shared")
    return select(shared).where(shared.c.wanted).subquery("shared_lines")


def ledger_lines(scope: Scope, *where: ColumnElement[bool], wanted: Scope = EVERYTHING) -> Subquery:
    """The lines in `scope` one by one: like `lines`, with transaction_id, position, payee, fingerprint and
    occurrence, without sign, count and before.

    `where` are conditions on `Transaction` that both arms get. The column `wanted` says whether a line has one of the
    tags and the payee of that scope.
    """
    if scope.weekday is not None:
        where = (*where, extract("isodow", Transaction.booked_on) == scope.weekday)
    whole = select(
        *_OF_TRANSACTION,
        literal(0).label("position"),
        func.coalesce(Transaction.category_id, 0).label("category_id"),
        Transaction.flow,
        Transaction.amount,
        _chosen(wanted).label("wanted"),
    ).where(~Transaction.is_split, *where)
    parts = (
        select(
            *_OF_TRANSACTION,
            Split.position,
            func.coalesce(Split.category_id, 0).label("category_id"),
            Split.flow,
            Split.amount,
            _chosen(wanted, part=True).label("wanted"),
        )
        .join(Transaction, and_(Transaction.tenant_id == Split.tenant_id, Transaction.id == Split.transaction_id))
        .where(Transaction.is_split, *where)  # which only says to the planner that these are few
    )
    whole = within(whole, scope, Transaction.account_id, func.coalesce(Transaction.category_id, 0))
    parts = within(parts, scope, Transaction.account_id, func.coalesce(Split.category_id, 0))
    if scope.line_by_line:
        whole, parts = whole.where(_chosen(scope)), parts.where(_chosen(scope, part=True))
    return union_all(whole, parts).subquery("lines")


def within(statement: SomeSelect, scope: Scope, account_id: Column, category_id: Column) -> SomeSelect:
    """`statement` narrowed to the scope's accounts and categories."""
    if scope.account_ids is not None:
        statement = statement.where(account_id.in_(scope.account_ids) if scope.account_ids else false())
    if scope.category_ids is not None:
        statement = statement.where(category_id.in_(scope.category_ids) if scope.category_ids else false())
    return statement


def _chosen(scope: Scope, *, part: bool = False) -> ColumnElement[bool]:
    """Whether a line has one of the scope's tags, a part of a split those of its transaction too, and its payee."""
    found: list[ColumnElement[bool]] = []
    if scope.tag_ids is not None:
        own = _bears(scope.tag_ids)
        found.append(or_(own, _bears(scope.tag_ids, part=True)) if part else own)
    if scope.payee is not None:
        # The first finds them by an index, the second is what is meant.
        key = text(_KEY_OF).bindparams(bindparam("payee", scope.payee, String, unique=True))
        found += [Transaction.payee_key == key, Transaction.payee == scope.payee]
    return and_(literal(True), *found)


def _bears(tag_ids: tuple[int, ...], *, part: bool = False) -> ColumnElement[bool]:
    """Whether the transaction, or the split's part, bears one of the tags."""
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
