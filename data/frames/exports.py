"""Transactions one after the other, however many: by a cursor of the database, with their parts and tags."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.money import format_amount
from data.frames.transactions import TransactionFilter, conditions, tag_names
from data.models.account import Account
from data.models.category import Category
from data.models.transaction import Split, Transaction

Money = tuple[int, str]
"""Minor units and their currency."""
Cell = str | date | bool | Money | None
CHUNK: Final = 1_000
COLUMNS: Final = (
    *("id", "booked_on", "value_on", "account", "account_id", "type", "amount", "currency", "payee", "counterparty"),
    *("purpose", "reference", "external_id", "category", "category_id", "tags", "note", "pending", "cleared", "splits"),
    *("transfer_id", "original_amount", "original_currency", "import_id", "created_at", "updated_at"),
)
_T = Transaction
_READ: Final = (
    *(_T.id, _T.booked_on, _T.value_on, _T.account_id, _T.type, _T.amount, _T.payee, _T.counterparty, _T.purpose),
    *(_T.reference, _T.external_id, _T.category_id, _T.note, _T.pending, _T.cleared, _T.is_split, _T.transfer_id),
    *(_T.original_amount, _T.original_currency, _T.import_id, _T.created_at, _T.updated_at),
)


@dataclass(frozen=True, slots=True)
class _Names:
    """What ids stand for: accounts with their currency, categories."""

    accounts: dict[int, tuple[str, str]]
    categories: dict[int, str]


def export_lines(session: Session, wanted: TransactionFilter) -> Iterator[list[list[Cell]]]:
    """All transactions of `wanted` as cells in the order of `COLUMNS`, a thousand at a time."""
    names = _Names(
        {
            row.id: (row.name, row.currency)
            for row in session.execute(select(Account.id, Account.name, Account.currency))
        },
        {row.id: row.name for row in session.execute(select(Category.id, Category.name))},
    )
    column = Transaction.amount if wanted.sort.endswith("amount") else Transaction.booked_on
    order = (column.desc(), Transaction.id.desc()) if wanted.sort.startswith("-") else (column, Transaction.id)
    statement = select(*_READ).where(*conditions(wanted)).order_by(*order)
    for rows in session.execute(statement, execution_options={"yield_per": CHUNK}).partitions():
        parts = _parts(session, [row.id for row in rows if row.is_split])
        tags = tag_names(session, [row.id for row in rows], [part.id for each in parts.values() for part in each])
        yield [_line(row, parts.get(row.id, ()), tags, names) for row in rows]


def _parts(session: Session, ids: list[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    if ids:
        read = (Split.id, Split.transaction_id, Split.amount, Split.category_id, Split.note, Split.transfer_id)
        for part in session.execute(select(*read).where(Split.transaction_id.in_(ids)).order_by(Split.position)):
            found.setdefault(part.transaction_id, []).append(part)
    return found


def _line(row: Any, parts: Sequence[Any], tags: dict[tuple[str, int], list[str]], names: _Names) -> list[Cell]:
    account, currency = names.accounts[row.account_id]
    original = None
    if row.original_amount is not None and row.original_currency is not None:
        original = (row.original_amount, row.original_currency)
    transfer_id = row.transfer_id or next((part.transfer_id for part in parts if part.transfer_id), None)
    return [
        *(str(row.id), row.booked_on, row.value_on, account, str(row.account_id), row.type),
        *((row.amount, currency), currency, row.payee, row.counterparty, row.purpose, row.reference, row.external_id),
        *(names.categories.get(row.category_id), _id(row.category_id)),
        *(", ".join(tags.get(("transaction", row.id), ())), row.note, row.pending, row.cleared),
        "; ".join(_part(part, currency, tags, names) for part in parts),
        *(_id(transfer_id), original, row.original_currency, _id(row.import_id)),
        *(_instant(row.created_at), _instant(row.updated_at)),
    ]


def _part(part: Any, currency: str, tags: dict[tuple[str, int], list[str]], names: _Names) -> str:
    """A part in words: amount, category, note in brackets, tags by their sign."""
    words = [format_amount(part.amount, currency), names.categories.get(part.category_id)]
    words += [f"({part.note})" if part.note else None, *(f"#{tag}" for tag in tags.get(("split", part.id), ()))]
    return " ".join(word for word in words if word)


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
