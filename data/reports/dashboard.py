"""`/financial/dashboard`: the four reports in one, read once at one moment."""

from __future__ import annotations

from core.query import Query
from data.context import TenantContext
from data.frames.budgets import open_alerts
from data.frames.reconciliations import standings
from data.frames.spending import spending_rows
from data.reports.accounts import account_summaries, unconverted_balances
from data.reports.ahead import MOST_ALERTS, read_ahead, with_opening
from data.reports.budgets import alert_record, budget_statuses, budgets_covered, spending_of
from data.reports.doubts import doubts_of
from data.reports.health import ended_budgets, has_health, health_period, read_health
from data.reports.opening import opened
from data.reports.quality import data_quality, entries_in_review
from data.reports.reconciliations import stated_days, unreconciled
from data.reports.stocks import Balances
from data.reports.summary import balance_days, left_out, summary, sums_of
from data.reports.transactions import transaction_summary
from data.schemas.dashboard import DashboardData, Envelope

HISTORIES_UP_TO = 50
"""Of more accounts no histories are told here: they would be most of the answer."""


def dashboard_report(context: TenantContext, query: Query) -> Envelope[DashboardData]:
    """Everything the overview shows; the same figures as the four single reports."""
    with opened(context, query, with_opening(query)) as books:
        locked = query.lock is not None
        standing = [] if locked else standings(books.session)
        days = [*balance_days(books), health_period(books).last, *stated_days(standing)]
        covered, ended = budgets_covered(books), ended_budgets(books) if has_health(query) else []
        read_ahead(books, days, covered, ended, health=has_health(query))
        flows, balances = sums_of(books), Balances.read(books, days)
        # Everything that will be converted is read before anything is: one statement then reads all rates.
        spent = spending_rows(books.session, [*covered, *ended])
        health = read_health(books, balances, ended, spent)
        review, doubts = entries_in_review(books), doubts_of(books)
        statuses, of_budgets = budget_statuses(books, spending_of(books, covered, spent))
        missing = of_budgets | unconverted_balances(books, balances) | left_out(books, flows, balances)
        differing = unreconciled(books, balances, standing)
        # A lock shows of budgets' alerts and of what is to be mended nothing that lies outside of it.
        alerts = [] if locked else open_alerts(books.session, MOST_ALERTS)
        with_history = len(books.account_rows) <= HISTORIES_UP_TO
        data = DashboardData.model_construct(
            summary=summary(books, flows, balances, health),
            accounts=account_summaries(books, flows, balances, with_history=with_history),
            transactions=transaction_summary(books, flows),
            budgets=statuses,
            alerts=[alert_record(row) for row in alerts],
            data_quality=[] if locked else data_quality(books, flows, missing, review, doubts, differing),
        )
        return books.envelope(data, missing)
