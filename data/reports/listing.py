"""`/financial/transactions`: the ledger's bookings, filtered, sorted, in pages by key (never by offset)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.query import Query
from data.context import TenantContext
from data.frames.books import category_frame, read_span
from data.frames.driver import replan_all
from data.frames.transactions import TransactionFilter, transaction_ids, transactions
from data.models.account import Account
from data.models.imports import Import
from data.models.transaction import Transaction as Row
from data.reports.categories import CategoryTree
from data.reports.opening import scope_of
from data.schemas.ledger import Transaction
from data.schemas.pages import Page, read_cursor, write_cursor


def list_transactions(
    context: TenantContext, query: Query, wanted: TransactionFilter, limit: int, cursor: str | None
) -> Page[Transaction]:
    """A page of the transactions that the query's filters and `wanted` find; the query's period is not used."""
    resource = f"transactions:{context.tenant.key}:{wanted.sort}"
    after = None if cursor is None else _place(resource, cursor, wanted)
    with context.db.reading() as session:
        replan_all(session)
        version = read_span(session).version
        categories = CategoryTree.of(category_frame(session))
        check_accounts(session, query, wanted.import_id)
        scoped = replace(wanted, scope=scope_of(session, query, categories))
        keys = transaction_ids(session, scoped, limit + 1, after)
        found = transactions(session, [key[0] for key in keys[:limit]])
    following = None
    if len(keys) > limit:
        last_id, booked_on, amount = keys[limit - 1]
        sorted_by: Any = amount if wanted.sort.endswith("amount") else booked_on.isoformat()
        following = write_cursor(resource, sorted_by, last_id)
    return Page[Transaction].model_construct(
        data=[found[key[0]] for key in keys[:limit]], next_cursor=following, version=version
    )


def one_transaction(context: TenantContext, transaction_id: int) -> tuple[Transaction, int]:
    """A transaction and the version at which it last changed; `NotFound` when it is not the tenant's."""
    with context.db.reading() as session:
        version = session.execute(select(Row.updated_version).where(Row.id == transaction_id)).scalar_one_or_none()
        if version is None:
            raise NotFound(f"There is no transaction {transaction_id}")
        return transactions(session, [transaction_id])[transaction_id], version


def _place(resource: str, cursor: str, wanted: TransactionFilter) -> tuple[Any, int]:
    by_amount = wanted.sort.endswith("amount")
    value, last_id = read_cursor(resource, cursor, int if by_amount else str, int)
    return (value if by_amount else date.fromisoformat(str(value))), int(last_id)


def check_accounts(session: Session, query: Query, import_id: int | None = None) -> None:
    """`NotFound` for an account of the query, or an import, that is not there."""
    if import_id is not None and session.scalars(select(Import.id).where(Import.id == import_id)).first() is None:
        raise NotFound(f"There is no import {import_id}")
    if query.account_ids:
        found = set(session.scalars(select(Account.id).where(Account.id.in_(query.account_ids))))
        missing = set(query.account_ids) - found
        if missing:
            raise NotFound(f"There is no account {min(missing)}")
