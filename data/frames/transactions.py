"""Transactions themselves: which ones a filter finds, and what they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, cast

from psycopg.rows import namedtuple_row, tuple_row
from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from core.money import format_amount
from core.period import Period
from data.frames.base import Scope
from data.frames.driver import Select, ahead, columns_of, rows
from data.models.tag import Tagging
from data.models.transaction import Split, Transaction
from data.schemas import ledger

Sort = Literal["-booked_on", "booked_on", "amount", "-amount"]


@dataclass(frozen=True, slots=True)
class TransactionFilter:
    """Which transactions: `first` and `end` are half-open days, amounts minor units, `text` is sought in all texts."""

    scope: Scope = Scope()
    first: date | None = None
    end: date | None = None
    text: str | None = None
    least: int | None = None
    most: int | None = None
    pending: bool | None = None
    import_id: int | None = None
    sort: Sort = "-booked_on"


def transaction_ids(
    session: Session, wanted: TransactionFilter, limit: int, after: tuple[Any, int] | None = None
) -> list[tuple[int, date, int]]:
    """(id, booked_on, amount) of the first `limit` transactions in `wanted.sort` order after (sort value, id)."""
    column = Transaction.amount if wanted.sort.endswith("amount") else Transaction.booked_on
    falling = wanted.sort.startswith("-")
    statement = select(Transaction.id, Transaction.booked_on, Transaction.amount).where(*conditions(wanted))
    if after is not None:
        place = tuple_(column, Transaction.id)
        statement = statement.where(place < after if falling else place > after)
    order = (column.desc(), Transaction.id.desc()) if falling else (column, Transaction.id)
    return [(row[0], row[1], row[2]) for row in session.execute(statement.order_by(*order).limit(limit))]


def conditions(wanted: TransactionFilter) -> list[ColumnElement[bool]]:
    """What a transaction must fulfil."""
    scope = wanted.scope
    row = Transaction
    conditions = (
        wanted.first is not None and row.booked_on >= wanted.first,
        wanted.end is not None and row.booked_on < wanted.end,
        wanted.least is not None and row.amount >= wanted.least,
        wanted.most is not None and row.amount <= wanted.most,
        wanted.pending is not None and row.pending.is_(wanted.pending),
        wanted.import_id is not None and row.import_id == wanted.import_id,
        scope.account_ids is not None and row.account_id.in_(scope.account_ids),
        scope.category_ids is not None and _in_categories(scope.category_ids),
        scope.tag_ids is not None and _has_tag(scope.tag_ids),
        wanted.text is not None and _mentions(wanted.text),
    )
    return [condition for condition in conditions if not isinstance(condition, bool)]


def _in_categories(category_ids: Sequence[int]) -> ColumnElement[bool]:
    part = (
        select(Split.id)
        .where(Split.transaction_id == Transaction.id, func.coalesce(Split.category_id, 0).in_(category_ids))
        .correlate(Transaction)
        .exists()
    )
    whole = and_(~Transaction.is_split, func.coalesce(Transaction.category_id, 0).in_(category_ids))
    return or_(whole, and_(Transaction.is_split, part))


def _has_tag(tag_ids: Sequence[int]) -> ColumnElement[bool]:
    own = (
        select(Tagging.object_id)
        .where(Tagging.kind == "transaction", Tagging.object_id == Transaction.id, Tagging.tag_id.in_(tag_ids))
        .correlate(Transaction)
        .exists()
    )
    part = (
        select(Split.id)
        .join(Tagging, and_(Tagging.kind == "split", Tagging.object_id == Split.id))
        .where(Split.transaction_id == Transaction.id, Tagging.tag_id.in_(tag_ids))
        .correlate(Transaction)
        .exists()
    )
    return or_(own, part)


def _mentions(text: str) -> ColumnElement[bool]:
    row = Transaction
    columns = (row.payee, row.purpose, row.note, row.reference, row.counterparty)
    return or_(*(column.icontains(text, autoescape=True) for column in columns))


_ROWS: Final = f"""
    SELECT {columns_of(Transaction, "t")}, a.currency
    FROM transactions t JOIN accounts a ON a.tenant_id = :tenant AND a.id = t.account_id
    WHERE t.tenant_id = :tenant AND t.id = ANY(CAST(:ids AS bigint[]))
"""  # noqa: S608 - the columns are constants of this program
_PARTS: Final = f"""
    SELECT {columns_of(Split, "s")}
    FROM splits s WHERE s.tenant_id = :tenant AND s.transaction_id = ANY(CAST(:ids AS bigint[])) ORDER BY s.position
"""  # noqa: S608 - as above
_TAGS: Final = """
    SELECT g.kind, g.object_id, t.name FROM taggings g JOIN tags t ON t.tenant_id = :tenant AND t.id = g.tag_id
    WHERE g.tenant_id = :tenant AND ((g.kind = 'transaction' AND g.object_id = ANY(CAST(:ids AS bigint[])))
                                     OR (g.kind = 'split' AND g.object_id = ANY(CAST(:parts AS bigint[]))))
    ORDER BY t.name
"""
_TAGS_OF: Final = """
    SELECT g.kind, g.object_id, t.name FROM taggings g JOIN tags t ON t.tenant_id = :tenant AND t.id = g.tag_id
    WHERE g.tenant_id = :tenant
      AND ((g.kind = 'transaction' AND g.object_id = ANY(CAST(:ids AS bigint[])))
           OR (g.kind = 'split' AND g.object_id = ANY(ARRAY(
               SELECT s.id FROM splits s
               WHERE s.tenant_id = :tenant AND s.transaction_id = ANY(CAST(:ids AS bigint[]))))))
    ORDER BY t.name
"""
_RECORDS: Final = ((_ROWS, namedtuple_row), (_PARTS, namedtuple_row), (_TAGS_OF, tuple_row))
_NEWEST: Final = """
    SELECT t.id FROM transactions t
    WHERE t.tenant_id = :tenant AND t.booked_on >= :start AND t.booked_on < :stop {where}
    ORDER BY t.booked_on DESC, t.id DESC LIMIT :most
"""
# For each category the newest from the index, and of those the newest; 0 is none.
_NEWEST_OF_CATEGORIES: Final = """
    SELECT id FROM (
        SELECT w.* FROM unnest(CAST(:categories AS bigint[])) AS wanted(id) CROSS JOIN LATERAL (
            SELECT t.id, t.booked_on FROM transactions t
            WHERE t.tenant_id = :tenant AND t.category_id = wanted.id AND NOT t.is_split
              AND t.booked_on >= :start AND t.booked_on < :stop {where}
            ORDER BY t.booked_on DESC, t.id DESC LIMIT :most) AS w
        UNION ALL
        (SELECT t.id, t.booked_on FROM transactions t
         WHERE 0 = ANY(CAST(:categories AS bigint[])) AND t.tenant_id = :tenant AND t.category_id IS NULL
           AND NOT t.is_split AND t.booked_on >= :start AND t.booked_on < :stop {where}
         ORDER BY t.booked_on DESC, t.id DESC LIMIT :most)
        UNION
        SELECT t.id, t.booked_on FROM splits s JOIN transactions t ON t.tenant_id = :tenant AND t.id = s.transaction_id
        WHERE s.tenant_id = :tenant AND coalesce(s.category_id, 0) = ANY(CAST(:categories AS bigint[]))
          AND t.booked_on >= :start AND t.booked_on < :stop {where}
    ) AS found ORDER BY booked_on DESC, id DESC LIMIT :most
"""


def newest_ids(session: Session, scope: Scope, period: Period, most: int) -> list[int]:
    """The newest transactions of a period, pending ones and transfers too."""
    if scope.tag_ids is not None:
        wanted = TransactionFilter(scope, period.start, period.end)
        return [row[0] for row in transaction_ids(session, wanted, most)]
    return [row[0] for row in rows(session, *newest_select(scope, period, most))]


def newest_select(scope: Scope, period: Period, most: int) -> Select:
    """What `newest_ids` reads in a scope without tags."""
    where = "" if scope.account_ids is None else "AND t.account_id = ANY(CAST(:accounts AS bigint[]))"
    parameters = {"start": period.start, "stop": period.end, "most": most, **scope.parameters}
    sql = _NEWEST if scope.category_ids is None else _NEWEST_OF_CATEGORIES
    return Select(sql.format(where=where), parameters)


def transactions(session: Session, ids: Iterable[int]) -> dict[int, ledger.Transaction]:
    """The transactions with these ids, with their splits and tags: three statements however many."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    own, parts, names = (Select(sql, {"ids": wanted}, made) for sql, made in _RECORDS)
    ahead(session, (own, parts, names))
    found = rows(session, *own)
    splits: dict[int, list[Any]] = {}
    for split in rows(session, *parts):
        splits.setdefault(split.transaction_id, []).append(split)
    tags: dict[tuple[str, int], list[str]] = {}
    for kind, object_id, name in rows(session, *names):
        tags.setdefault((kind, object_id), []).append(name)
    return {row.id: _record(row, row.currency, splits.get(row.id, []), tags) for row in found}


def tag_names(session: Session, ids: list[int], split_ids: list[int]) -> dict[tuple[str, int], list[str]]:
    """The names of the tags on these transactions and split parts, by ("transaction" or "split", id)."""
    found: dict[tuple[str, int], list[str]] = {}
    for kind, object_id, name in rows(session, _TAGS, {"ids": ids, "parts": split_ids}):
        found.setdefault((kind, object_id), []).append(name)
    return found


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)


def _record(row: Any, currency: str, splits: list[Any], tags: dict[tuple[str, int], list[str]]) -> ledger.Transaction:
    original = None
    if row.original_amount is not None and row.original_currency is not None:
        original = format_amount(row.original_amount, row.original_currency)
    return ledger.Transaction.made(
        id=str(row.id),
        account_id=str(row.account_id),
        type=cast(Literal["normal", "adjustment"], row.type),
        booked_on=row.booked_on,
        value_on=row.value_on,
        amount=format_amount(row.amount, currency),
        currency=currency,
        payee=row.payee,
        counterparty=row.counterparty,
        purpose=row.purpose,
        reference=row.reference,
        external_id=row.external_id,
        category_id=_id(row.category_id),
        tags=tags.get(("transaction", row.id), []),
        note=row.note,
        pending=row.pending,
        cleared=row.cleared,
        transfer_id=_id(row.transfer_id) or next((_id(part.transfer_id) for part in splits if part.transfer_id), None),
        splits=[
            ledger.Split(
                amount=format_amount(part.amount, currency),
                category_id=_id(part.category_id),
                note=part.note,
                tags=tags.get(("split", part.id), []),
            )
            for part in splits
        ],
        original_amount=original,
        original_currency=row.original_currency,
        import_id=_id(row.import_id),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
