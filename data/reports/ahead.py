"""What the whole dashboard reads, asked for in two messages to the database: what depends on nothing but the tenant
with the opening of the books, everything else as soon as the period is known.

Each statement is the one that its reader would run (`data.frames.driver.rows`); one that is missing here is run later,
for itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from core.query import Query
from data.frames.accounts import movements_select, turnovers_select
from data.frames.budgets import PLANS, Covered, open_alerts_select, period_alerts_select
from data.frames.driver import Select, ahead
from data.frames.extremes import extremes_select
from data.frames.findings import duplicates_select, suggestions_select
from data.frames.flows import native_payees
from data.frames.imports import REVIEW
from data.frames.reconciliations import STANDING
from data.frames.spending import spending_select
from data.frames.transactions import newest_select
from data.frames.unmatched import unmatched_select
from data.reports.committed import current_budgets, series_wanted
from data.reports.flows import sums_asked
from data.reports.health import health_period
from data.reports.opening import Opened
from data.reports.summary import MOST_LEGS
from data.reports.transactions import MOST_PAYEES, MOST_RECENT, account_lines_asked

MOST_ALERTS: Final = 50


def with_opening(query: Query) -> list[Select]:
    """What depends on the tenant alone."""
    return [PLANS, REVIEW] if query.lock is not None else [PLANS, REVIEW, STANDING, open_alerts_select(MOST_ALERTS)]


def read_ahead(
    books: Opened, days: Sequence[date], covered: Sequence[Covered], ended: Sequence[Covered], *, health: bool
) -> None:
    """What the period, the filters and the budgets ask for."""
    found = [*_of_budgets(books, covered, ended), *_of_lines(books)]
    found += [
        movements_select(books.scope.account_ids, sorted(set(days)), books.context.months),
        suggestions_select(books.scope.account_ids, books.period),
        duplicates_select(books.scope.account_ids, books.period),
    ]
    if health and not books.query.account_ids:
        found += _some(sums_asked(books, health_period(books), whole=False))
    ahead(books.session, found)


def _of_budgets(books: Opened, covered: Sequence[Covered], ended: Sequence[Covered]) -> Iterator[Select]:
    yield from _some(spending_select([*covered, *ended]))
    current = current_budgets(covered, books.context.today)
    if current:
        yield series_wanted(current)
    yield period_alerts_select({each.plan.budget.id: each.periods[-1].start for each in covered})


def _of_lines(books: Opened) -> Iterator[Select]:
    """Nothing under a tag, whose lines are found in the ledger."""
    scope, period, months = books.scope, books.period, books.context.months
    if scope.tag_ids is None:
        yield from _some(sums_asked(books, period, books.previous))
        of_accounts = account_lines_asked(books)
        if of_accounts is None:
            yield from _some(native_payees(scope, period, months, books.foreign, books.currency, MOST_PAYEES))
            yield extremes_select(scope, period, books.foreign)
        else:
            yield of_accounts
        yield newest_select(scope, period, MOST_RECENT)
        yield unmatched_select(scope, period, MOST_LEGS)
        yield turnovers_select(scope, period, months)


def _some(select: Select | None) -> list[Select]:
    return [] if select is None else [select]
