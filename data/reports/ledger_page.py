"""The transactions page: what it offers, what a filter finds in all, and the story of one transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.money import format_amount
from core.period import Horizon, PeriodQuery
from core.query import Query
from data.context import TenantContext
from data.frames.books import category_frame, read_span
from data.frames.driver import replan_all
from data.frames.records import category_record
from data.frames.story import Told, partners_of, told_of
from data.frames.totals import totals
from data.frames.transactions import TransactionFilter
from data.models.account import Account
from data.models.category import Category
from data.models.tag import Tag
from data.reports.categories import CategoryTree
from data.reports.listing import check_accounts
from data.reports.opening import scope_of
from data.schemas.bulk import CurrencyTotal, Partner, Source, Totals, TransactionDetails
from data.schemas.ledger_page import AccountName, LedgerPage


def ledger_page(context: TenantContext, period: PeriodQuery | None) -> LedgerPage:
    """What the page offers, and the days of `period` (None: all time)."""
    with context.db.reading() as session:
        span = read_span(session)
        days = None
        if period is not None and period.preset != "all":
            days = period.resolve(Horizon(context.today, context.months, span.first, span.newest))
        accounts = session.scalars(select(Account).order_by(Account.name, Account.id))
        return LedgerPage(
            first=days.start if days else None,
            last=days.last if days else None,
            today=context.today,
            accounts=[
                AccountName(id=str(row.id), name=row.name, currency=row.currency, closed_on=row.closed_on)
                for row in accounts
            ],
            categories=[
                category_record(row) for row in session.scalars(select(Category).order_by(Category.name, Category.id))
            ],
            tags=list(session.scalars(select(Tag.name).order_by(Tag.name))),
            version=span.version,
        )


def totals_of(context: TenantContext, query: Query, wanted: TransactionFilter) -> Totals:
    """How many transactions the filters find, and their sums by currency; the query's period is not used."""
    with context.db.reading() as session:
        replan_all(session)
        version = read_span(session).version
        check_accounts(session, query, wanted.import_id)
        scope = scope_of(session, query, CategoryTree.of(category_frame(session)))
        rows = totals(session, replace(wanted, scope=scope))
    return Totals(
        count=sum(row[1] for row in rows),
        totals=[
            CurrencyTotal(
                currency=currency,
                count=lines,
                inflow=format_amount(inflow, currency),
                outflow=format_amount(outflow, currency),
                net=format_amount(inflow + outflow, currency),
            )
            for currency, lines, inflow, outflow in rows
        ],
        version=version,
    )


def transaction_details(context: TenantContext, transaction_id: int) -> TransactionDetails:
    """What a transaction's own fields do not say; `NotFound` when it is not the tenant's."""
    with context.db.reading() as session:
        told = told_of(session, transaction_id)
        if told is None:
            raise NotFound(f"There is no transaction {transaction_id}")
        return TransactionDetails(
            partners=_partners(session, transaction_id),
            source=_source(told),
            statement_category=told.statement_category,
            mcc=told.mcc,
        )


def _partners(session: Session, transaction_id: int) -> list[Partner]:
    rows: Any = partners_of(session, transaction_id)
    return [
        Partner(
            id=str(row.id),
            account_id=str(row.account_id),
            booked_on=row.booked_on,
            amount=format_amount(row.amount, row.currency),
            currency=row.currency,
            payee=row.payee,
        )
        for row in rows
    ]


def _source(told: Told) -> Source | None:
    if told.import_id is None or told.imported_at is None or told.format is None:
        return None
    return Source(
        id=str(told.import_id),
        filename=told.filename,
        format=told.format,
        imported_at=told.imported_at,
        line=told.import_line,
    )
