"""`/financial/recurring`: the payments that come back, the next due first."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import blake2b

from core.money import format_amount
from core.query import Query
from data.context import TenantContext
from data.frames.books import category_frame
from data.frames.recurring import StoredSeries, stored_series
from data.frames.resources import paged, tenant_version
from data.models.rollup import Flow
from data.reports.categories import CategoryTree
from data.reports.listing import check_accounts
from data.reports.opening import scope_of
from data.schemas.common import CategoryKind
from data.schemas.pages import DEFAULT_LIMIT, Page, read_cursor
from data.schemas.recurring import PriceChange, Recurring

_AHEAD = timedelta(days=90)


def list_recurring(
    context: TenantContext, query: Query, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[Recurring]:
    """The series of the query's accounts and categories, in pages; ended ones last."""
    resource = context.list_name("recurring")
    after = None if cursor is None else tuple(read_cursor(resource, cursor, str, str))
    with context.db.reading() as session:
        categories = CategoryTree.of(category_frame(session))
        check_accounts(session, query)
        scope = scope_of(session, query, categories)
        found = [
            recurring_record(series, categories, context.today)
            for series in stored_series(session, None, account_ids=scope.account_ids)
            if scope.category_ids is None or series.category_id in scope.category_ids
        ]
        ordered = sorted(found, key=_place)
        rows = [row for row in ordered if after is None or _place(row) > after][: limit + 1]
        return paged(resource, rows, limit, tenant_version(session), lambda place: _place(rows[place]))


def _place(row: Recurring) -> tuple[str, str]:
    """Due ones by their next day, then ended ones, the last of them first."""
    if row.next_on is not None:
        return f"0 {row.next_on.isoformat()}", row.id
    return f"1 {date.max.toordinal() - row.last_on.toordinal():07d}", row.id


def recurring_record(series: StoredSeries, categories: CategoryTree, today: date) -> Recurring:
    """A series as the API shows it."""
    ended = series.schedule.ended(today)

    def money(minor: int) -> str:
        return format_amount(minor, series.currency)

    return Recurring.model_construct(
        id=series_id(series),
        payee=series.payee,
        account_id=str(series.account_id),
        category_id=str(series.category_id) if series.category_id else None,
        kind=kind_of(series, categories),
        currency=series.currency,
        interval=series.schedule.interval,
        amount=money(series.amount),
        next_on=None if ended else series.schedule.next_on,
        first_on=series.first_on,
        last_on=series.schedule.last_on,
        confidence=series.confidence / 100,
        price_changes=[
            PriceChange(date=date.fromisoformat(day), before=money(before), after=money(later))
            for day, before, later in series.price_changes
        ],
        ended=ended,
        upcoming=series.schedule.expected(today, today + _AHEAD),
    )


def series_id(series: StoredSeries) -> str:
    """The id of a series: what it is of, so that it stays the same when the series is found anew."""
    return blake2b("\x1f".join(map(str, series.key)).encode(), digest_size=10).hexdigest()


def kind_of(series: StoredSeries, categories: CategoryTree) -> CategoryKind:
    """What the last payment was for the figures."""
    if series.flow == Flow.MATCHED:
        return "transfer"
    return "saving" if series.flow == Flow.SAVED else categories.kind(series.category_id, series.amount)
