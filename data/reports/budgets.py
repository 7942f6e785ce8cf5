"""`/financial/dashboard/budgets`: each budget in its period that holds the report's last day (or today)."""

from __future__ import annotations

from collections.abc import Sequence

from core.budget_alerts import PROJECTED_OVER
from core.budget_status import ratio4
from core.money import format_amount
from core.query import UNCATEGORISED, Query
from data.context import TenantContext
from data.frames.budgets import BudgetPlan, Covered, budget_plans, period_alerts
from data.frames.spending import Spent
from data.models import budget as models
from data.reports.budgeting import BudgetPeriod, Spending, budget_periods, covered_on
from data.reports.opening import LeftOut, Opened, opened
from data.schemas.budgets import BudgetAlert, BudgetStatus, DaySpan, Level, StatusAlert
from data.schemas.dashboard import Envelope


def budgets_report(context: TenantContext, query: Query) -> Envelope[list[BudgetStatus]]:
    """One row per budget that exists on the day and that the filters touch."""
    with opened(context, query) as books:
        return books.envelope(*budget_statuses(books, spending_of(books, budgets_covered(books))))


def plans_of(books: Opened) -> list[BudgetPlan]:
    """All budgets, read once for a report."""
    if books.plans is None:
        books.plans = budget_plans(books.session)
    return books.plans


def budgets_covered(books: Opened) -> list[Covered]:
    """What is to be known of all budgets that exist on the period's last day, or today."""
    return covered_on(plans_of(books), books.categories, min(books.period.last, books.context.today))


def spending_of(books: Opened, wanted: Sequence[Covered], found: Sequence[Spent] | None = None) -> Spending:
    """The spending on what is covered; `found` as for `Spending`."""
    return Spending(books.session, wanted, books.categories, books.convert, books.context.today, found)


def budget_statuses(books: Opened, spending: Spending) -> tuple[list[BudgetStatus], LeftOut]:
    """The rows, and what no rate could convert for them; shared with the whole dashboard."""
    touched = _touched if books.query.lock is None else _inside
    shown = [row for row in budget_periods(spending) if touched(books, row)]
    alerts = period_alerts(books.session, {each.plan.budget.id: each.periods[-1].start for each in spending.wanted})
    rows = [status_record(row, alerts.get(row.plan.budget.id, [])) for row in shown]
    return rows, spending.left_out({row.plan.budget.id for row in shown})


def _touched(books: Opened, row: BudgetPeriod) -> bool:
    """Whether the budget and the filters have anything in common; a budget is then listed unchanged."""
    accounts, categories = books.scope.account_ids, books.scope.category_ids
    if accounts is not None and row.plan.account_ids and not set(accounts) & set(row.plan.account_ids):
        return False
    return categories is None or bool((set(categories) - {UNCATEGORISED}) & row.category_ids)


def _inside(books: Opened, row: BudgetPeriod) -> bool:
    """Whether an embed's lock lets the budget be seen: all it covers, and its days, must lie inside."""
    lock = books.query.lock
    if lock is None or not lock.covers(row.period):
        return False
    if lock.account_ids and not (row.plan.account_ids and set(row.plan.account_ids) <= set(lock.account_ids)):
        return False
    if lock.category_ids and not row.category_ids <= books.categories.with_children(lock.category_ids):
        return False
    return _touched(books, row)


def status_record(row: BudgetPeriod, alerts: list[models.BudgetAlert]) -> BudgetStatus:
    """A budget in one period as the API shows it."""
    budget, now = row.plan.budget, row.figures

    def money(minor: int) -> str:
        return format_amount(minor, budget.currency)

    return BudgetStatus.made(
        id=str(budget.id),
        name=budget.name,
        category_ids=[str(category_id) for category_id in row.plan.category_ids],
        currency=budget.currency,
        period=day_span(row.period.start, row.period.last),
        amount=money(now.result.amount),
        rollover=money(now.result.rollover),
        limit=money(now.result.limit),
        spent=money(now.result.spent),
        committed=None if now.committed is None else money(now.committed),
        remaining=money(now.result.remaining),
        used=ratio4(now.used),
        elapsed=ratio4(now.elapsed) or 0.0,
        projected=None if now.projected is None else money(now.projected),
        status=now.status,
        left_per_day=None if now.left_per_day is None else money(now.left_per_day),
        alerts=[
            StatusAlert(
                level=_level(alert.level), fired_at=alert.fired_at, acknowledged=alert.acknowledged_at is not None
            )
            for alert in alerts
        ],
    )


def alert_record(row: models.BudgetAlert) -> BudgetAlert:
    """An alert as the API shows it."""
    return BudgetAlert(
        id=str(row.id),
        budget_id=str(row.budget_id),
        period=day_span(row.period_start, row.period_end),
        level=_level(row.level),
        fired_at=row.fired_at,
        acknowledged_at=row.acknowledged_at,
    )


def _level(name: str) -> Level:
    """A stored level as the API shows it: ratios are numbers."""
    return PROJECTED_OVER if name == PROJECTED_OVER else float(name)


def day_span(first: object, last: object) -> DaySpan:
    """Two inclusive days."""
    return DaySpan.model_validate({"from": first, "to": last})
