"""Lists in pages and single reads of the small resources: accounts, categories, tags, budgets, rates.

A single read answers the resource and the version at which it was last changed, which is its ETag.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import NotFound
from data.context import TenantContext
from data.frames.budgets import budget_plans
from data.frames.records import account_record, budget_record, category_record, rate_record, tag_record
from data.models.account import Account
from data.models.base import Resource
from data.models.category import Category
from data.models.rates import TenantRate
from data.models.state import TenantState
from data.models.tag import Tag
from data.schemas import budgets, ledger
from data.schemas.pages import DEFAULT_LIMIT, Page, read_cursor, write_cursor
from data.schemas.rates import Rate

Row = TypeVar("Row", bound=Resource)
T = TypeVar("T")


def list_accounts(
    context: TenantContext, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[ledger.Account]:
    return _page(context, "accounts", Account, account_record, limit, cursor)


def list_categories(
    context: TenantContext, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[ledger.Category]:
    return _page(context, "categories", Category, category_record, limit, cursor)


def list_tags(context: TenantContext, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page[ledger.Tag]:
    return _page(context, "tags", Tag, tag_record, limit, cursor)


def list_rates(context: TenantContext, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page[Rate]:
    return _page(context, "rates", TenantRate, rate_record, limit, cursor)


def list_budgets(context: TenantContext, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page[budgets.Budget]:
    resource = context.list_name("budgets")
    after = 0 if cursor is None else int(read_cursor(resource, cursor, int)[0])
    with context.db.reading() as session:
        plans = sorted(budget_plans(session), key=lambda plan: plan.budget.id)
        rows = [plan for plan in plans if plan.budget.id > after][: limit + 1]
        return paged(
            resource,
            [budget_record(plan, context.today) for plan in rows],
            limit,
            tenant_version(session),
            lambda place: (rows[place].budget.id,),
        )


def get_account(context: TenantContext, account_id: int) -> tuple[ledger.Account, int]:
    return _one(context, Account, account_id, "account", account_record)


def get_category(context: TenantContext, category_id: int) -> tuple[ledger.Category, int]:
    return _one(context, Category, category_id, "category", category_record)


def get_tag(context: TenantContext, tag_id: int) -> tuple[ledger.Tag, int]:
    return _one(context, Tag, tag_id, "tag", tag_record)


def get_rate(context: TenantContext, rate_id: int) -> tuple[Rate, int]:
    return _one(context, TenantRate, rate_id, "rate", rate_record)


def get_budget(context: TenantContext, budget_id: int) -> tuple[budgets.Budget, int]:
    with context.db.reading() as session:
        for plan in budget_plans(session):
            if plan.budget.id == budget_id:
                return budget_record(plan, context.today), plan.budget.updated_version
    raise NotFound(f"There is no budget {budget_id}")


def tenant_version(session: Session) -> int:
    """The tenant's version as this transaction sees it."""
    return session.scalars(select(TenantState.version)).one()


def paged(
    resource: str, records: Sequence[T], limit: int, version: int, key: Callable[[int], tuple[Any, ...]]
) -> Page[T]:
    """The page of the first `limit` records; `key(place)` is the sort key of the row at that place."""
    more = len(records) > limit
    next_cursor = write_cursor(resource, *key(limit - 1)) if more else None
    return Page[Any](data=list(records[:limit]), next_cursor=next_cursor, version=version)


def _one(
    context: TenantContext, model: type[Row], object_id: int, noun: str, record: Callable[[Row], T]
) -> tuple[T, int]:
    with context.db.reading() as session:
        row = session.scalars(select(model).where(model.id == object_id)).first()
        if row is None:
            raise NotFound(f"There is no {noun} {object_id}")
        return record(row), row.updated_version


def _page(
    context: TenantContext,
    resource: str,
    model: type[Row],
    record: Callable[[Row], T],
    limit: int,
    cursor: str | None,
) -> Page[T]:
    """One page by id, one row more than asked for telling whether there is a next one."""
    resource = context.list_name(resource)
    statement = select(model).order_by(model.id).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(model.id > read_cursor(resource, cursor, int)[0])
    with context.db.reading() as session:
        rows = session.scalars(statement).all()
        records = [record(row) for row in rows]
        return paged(resource, records, limit, tenant_version(session), lambda place: (rows[place].id,))
