"""Rules and their runs, in pages and one by one."""

from __future__ import annotations

from sqlalchemy import select

from core.errors import NotFound
from data.context import TenantContext
from data.frames.resources import paged, tenant_version
from data.frames.rules import rule_records, rule_rows
from data.models.rule import Rule, RuleRun
from data.schemas import rules as schemas
from data.schemas.pages import DEFAULT_LIMIT, Page, read_cursor


def list_rules(
    context: TenantContext, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[schemas.CategorisationRule]:
    """The rules in the order in which they are asked."""
    resource = context.list_name("rules")
    after = 0 if cursor is None else int(read_cursor(resource, cursor, int)[0])
    with context.db.reading() as session:
        rows = rule_rows(session, after, limit + 1)
        records = rule_records(session, rows)
        return paged(resource, records, limit, tenant_version(session), lambda place: (rows[place].position,))


def get_rule(context: TenantContext, rule_id: int) -> tuple[schemas.CategorisationRule, int]:
    """One rule and the version at which it last changed; `NotFound` when it is not the tenant's."""
    with context.db.reading() as session:
        row = session.scalars(select(Rule).where(Rule.id == rule_id)).first()
        if row is None:
            raise NotFound(f"There is no rule {rule_id}")
        return rule_records(session, [row])[0], row.updated_version


def list_runs(context: TenantContext, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page[schemas.RuleRun]:
    """The runs that can be taken back, the newest first."""
    resource = context.list_name("rule_runs")
    statement = select(RuleRun).order_by(RuleRun.id.desc()).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(RuleRun.id < read_cursor(resource, cursor, int)[0])
    with context.db.reading() as session:
        rows = session.scalars(statement).all()
        records = [run_record(row) for row in rows]
        return paged(resource, records, limit, tenant_version(session), lambda place: (rows[place].id,))


def get_run(context: TenantContext, run_id: int) -> tuple[schemas.RuleRun, int]:
    """One run and the version at which it was made; `NotFound` when it is not the tenant's, or not kept any more."""
    with context.db.reading() as session:
        row = session.scalars(select(RuleRun).where(RuleRun.id == run_id)).first()
        if row is None:
            raise NotFound(f"There is no run {run_id}")
        return run_record(row), row.updated_version


def run_record(row: RuleRun) -> schemas.RuleRun:
    values = {"id": str(row.id), **row.scope, "changed": row.changed, "created_at": row.created_at}
    return schemas.RuleRun.model_validate(values)
