"""Move all that is in one category to another, and follow what a category's meaning reaches."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import text

from data.commands import resources, rule_references
from data.commands.unit import Write
from data.models.category import Category

_DAYS = text(
    """
    SELECT DISTINCT account_id, booked_on FROM daily_rollup
    WHERE tenant_id = :tenant AND category_id = ANY(CAST(:categories AS bigint[]))
    """
)
_BUDGETED = (
    "SELECT 1 FROM budget_categories WHERE tenant_id = :tenant AND category_id = ANY(CAST(:categories AS bigint[]))"
)
_MOVE = (
    """
    UPDATE transactions SET updated_version = :version, updated_at = now()
    WHERE tenant_id = :tenant
      AND id IN (SELECT transaction_id FROM splits WHERE tenant_id = :tenant AND category_id = :category)
    """,
    "UPDATE splits SET category_id = :target WHERE tenant_id = :tenant AND category_id = :category",
    """
    UPDATE transactions SET category_id = :target, updated_version = :version, updated_at = now()
    WHERE tenant_id = :tenant AND category_id = :category
    """,
    """
    UPDATE budgets SET updated_version = :version, updated_at = now()
    WHERE tenant_id = :tenant
      AND id IN (SELECT budget_id FROM budget_categories WHERE tenant_id = :tenant AND category_id = :category)
    """,
    """
    INSERT INTO budget_categories (tenant_id, budget_id, category_id)
    SELECT tenant_id, budget_id, :target FROM budget_categories WHERE tenant_id = :tenant AND category_id = :category
    ON CONFLICT (tenant_id, budget_id, category_id) DO NOTHING
    """,
    "UPDATE mcc_links SET category_id = :target WHERE tenant_id = :tenant AND category_id = :category",
    "DELETE FROM budget_categories WHERE tenant_id = :tenant AND category_id = :category",
)


def merge(unit: Write, source: Category, target: Category) -> None:
    """Move transactions, parts, budgets and rules from `source` to `target`; pairs and rollups follow."""
    touch_categories(unit, [source.id])
    for statement in _MOVE:
        resources.run(unit, statement, category=source.id, target=target.id)
    rule_references.move(unit, "category", source.id, target.id)


def touch_categories(unit: Write, category_ids: Collection[int]) -> None:
    """Touch the days of all lines, whole transactions and parts, in these categories."""
    rows = unit.session.execute(_DAYS, {"tenant": unit.tenant_id, "categories": sorted(category_ids)})
    resources.touch_lines(unit, ((row[0], row[1]) for row in rows))


def budgeted(unit: Write, category_ids: Collection[int]) -> bool:
    """Whether a budget names one of these categories."""
    return resources.holds(unit, _BUDGETED, categories=sorted(category_ids))
