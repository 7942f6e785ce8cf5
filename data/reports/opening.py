"""Opens a tenant's books for one report: one transaction, the query resolved against what is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import pandas as pd
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.money import format_amount
from core.period import Horizon, Months, Period
from core.query import Query
from data.context import TenantContext
from data.frames.accounts import ACCOUNTS, AccountRow, account_rows, account_table
from data.frames.base import Scope
from data.frames.books import CATEGORIES, SPAN, Span, category_rows, read_span, tag_ids
from data.frames.budgets import BudgetPlan
from data.frames.driver import Select, ahead, replan_all
from data.reports.categories import CategoryTree
from data.reports.conversion import Converter
from data.schemas.dashboard import Envelope, ReportPeriod, Unconverted

T = TypeVar("T")
_ENVELOPE: Final = Envelope[Any]
"""Made once: a model with a type argument takes longer to make than most SELECTs."""
LeftOut = dict[str, tuple[int, int]]
"""What no rate could convert: currency -> (minor units of it, how many lines or balances)."""


@dataclass(slots=True)
class Opened:
    """Books open for a report. `account_rows` are the accounts in scope. `previous` is None where there is nothing to
    compare with. `convert` brings money of any account into the report's currency. `plans` are the budgets, once they
    were asked for (`data.reports.budgets.plans_of`)."""

    context: TenantContext
    session: Session
    query: Query
    span: Span
    period: Period
    previous: Period | None
    currency: str
    account_rows: list[AccountRow]
    categories: CategoryTree
    scope: Scope
    convert: Converter
    plans: list[BudgetPlan] | None = None
    _accounts: pd.DataFrame | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def accounts(self) -> pd.DataFrame:
        """The accounts in scope as a frame (`data.frames.accounts.account_table`)."""
        if self._accounts is None:
            self._accounts = account_table(self.account_rows)
        return self._accounts

    @property
    def account_ids(self) -> list[int]:
        """The accounts in scope."""
        return [row.id for row in self.account_rows]

    @property
    def foreign(self) -> tuple[int, ...]:
        """The accounts in scope that are not in the report's currency."""
        return self.convert.foreign(self.account_ids)

    def money(self, minor: int | None) -> str | None:
        """The decimal string in the report's currency; None where nothing could be converted."""
        return None if minor is None else format_amount(minor, self.currency)

    def envelope(self, data: T, left_out: LeftOut) -> Envelope[T]:
        """`data` with what every answer says of itself."""
        envelope = _ENVELOPE(
            tenant=self.context.tenant.key,
            period=ReportPeriod.model_validate(
                {"from": self.period.start, "to": self.period.last, "timezone": self.context.tenant.timezone}
            ),
            currency=self.currency,
            as_of=self.context.today,
            version=self.span.version,
            complete=not left_out,
            unconverted=[
                Unconverted(currency=currency, amount=format_amount(amount, currency), count=count)
                for currency, (amount, count) in sorted(left_out.items())
            ],
            data=data,
        )
        envelope.note_rates(self.span.rates_version)
        return envelope


@contextmanager
def opened(context: TenantContext, query: Query, also: Iterable[Select] = ()) -> Iterator[Opened]:
    """Books open at one moment; `NotFound` for an account, category or tag of the query that is not there.
    `also`: what will be read besides, asked for at once."""
    with context.db.reading() as session:
        ahead(session, (SPAN, CATEGORIES, ACCOUNTS, *also))
        span = read_span(session)
        horizon = Horizon(context.today, context.months, span.first, span.newest)
        period = _period(query, horizon)
        categories = CategoryTree.of_rows(category_rows(session))
        accounts = account_rows(session)
        currency = query.currency or context.tenant.currency
        currencies = {row.id: row.currency for row in accounts}
        yield Opened(
            context=context,
            session=session,
            query=query,
            span=span,
            period=period,
            previous=_previous(query, context.months, period),
            currency=currency,
            account_rows=_in_scope(accounts, query),
            categories=categories,
            scope=scope_of(session, query, categories),
            convert=Converter(session, currency, context.today, currencies),
        )


def _period(query: Query, horizon: Horizon) -> Period:
    """The days asked for, inside those that a lock leaves."""
    period = query.period.resolve(horizon)
    return period if query.lock is None else query.lock.clamp(period, asked=query.period.preset is None)


def _previous(query: Query, months: Months, period: Period) -> Period | None:
    if query.period.preset == "all":
        return None
    previous = months.previous(period)
    return previous if query.lock is None or query.lock.covers(previous) else None


def _in_scope(accounts: list[AccountRow], query: Query) -> list[AccountRow]:
    if not query.account_ids:
        return accounts
    wanted = set(query.account_ids)
    missing = wanted - {row.id for row in accounts}
    if missing:
        raise NotFound(f"There is no account {min(missing)}")
    return [row for row in accounts if row.id in wanted]


def scope_of(session: Session, query: Query, categories: CategoryTree) -> Scope:
    """The query's filters looked up; `NotFound` for a category or tag that is not there."""
    tags = tag_ids(session, query.tags) if query.tags else {}
    if tags:  # what is read next scans the ledger, and one plan for all tags and days takes many times as long
        replan_all(session)
    missing = set(query.tags) - set(tags)
    if missing:
        raise NotFound(f"There is no tag {min(missing)!r}")
    return Scope(
        account_ids=query.account_ids or None,
        category_ids=_categories(query, categories),
        tag_ids=tuple(sorted(tags.values())) if query.tags else None,
    )


def _categories(query: Query, categories: CategoryTree) -> tuple[int, ...] | None:
    """The categories asked for with their children, None for all. One outside of the lock does not exist."""
    asked = categories.with_children(query.category_ids)
    if query.lock is not None and query.lock.category_ids:
        allowed = categories.with_children(query.lock.category_ids)
        if not asked <= allowed:
            raise NotFound(f"There is no category {min(set(query.category_ids) - allowed)}")
        asked = asked or allowed
    return tuple(sorted(asked)) or None
