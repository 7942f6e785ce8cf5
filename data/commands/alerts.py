"""Budget alerts: evaluated by every command, for the periods that hold today (`core.budget_alerts`)."""

from __future__ import annotations

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from core.budget_alerts import AlertOutcome, Trigger, next_alerts
from data.context import TenantContext
from data.frames.books import category_rows
from data.frames.budgets import budget_plans, trigger_rows
from data.models.budget import BudgetAlert, BudgetTrigger
from data.reports.budgeting import BudgetPeriod, budget_periods, marks_of, read_spending
from data.reports.categories import CategoryTree
from data.reports.conversion import Converter


def evaluate(session: Session, context: TenantContext, version: int) -> None:
    """Fire and re-arm what the ledger, as it stands at `version`, gives reason to."""
    plans = budget_plans(session)
    if not plans:
        return
    tree = CategoryTree.of_rows(category_rows(session))
    convert = Converter(session, context.tenant.currency, context.today, {})
    current = budget_periods(read_spending(session, plans, tree, context.today, convert, context.today))
    stored: dict[tuple[int, object], list[Trigger]] = {}
    for row in trigger_rows(session, [each.period.start for each in current]):
        stored.setdefault((row.budget_id, row.period_start), []).append(Trigger(row.level, row.occurrence, row.armed))
    for each in current:
        known = stored.get((each.plan.budget.id, each.period.start), [])
        outcome = next_alerts(known, each.figures, marks_of(each.plan))
        if set(outcome.triggers) != set(known) and (known or outcome.fired):
            _store(session, context.tenant.id, version, each, outcome)


def _store(session: Session, tenant_id: int, version: int, each: BudgetPeriod, outcome: AlertOutcome) -> None:
    key = {"tenant_id": tenant_id, "budget_id": each.plan.budget.id, "period_start": each.period.start}
    rows = [
        {**key, "level": trigger.level, "occurrence": trigger.occurrence, "armed": trigger.armed}
        for trigger in outcome.triggers
    ]
    statement = upsert(BudgetTrigger).values(rows)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "budget_id", "period_start", "level"],
            set_={"occurrence": statement.excluded.occurrence, "armed": statement.excluded.armed},
        )
    )
    if outcome.fired:
        session.execute(
            insert(BudgetAlert).values(
                **key,
                period_end=each.period.last,
                level=outcome.fired.level,
                occurrence=outcome.fired.occurrence,
                created_version=version,
                updated_version=version,
            )
        )
