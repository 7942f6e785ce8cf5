"""Make, move, change and delete categories; a subtree has one kind, its root's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.errors import Conflict, Invalid
from data.commands import resources
from data.commands.category_merge import budgeted, merge, touch_categories
from data.commands.references import categories_named
from data.commands.resources import Versioned
from data.commands.rule_references import IN_USE
from data.commands.unit import Write, write
from data.context import TenantContext
from data.frames.books import category_frame
from data.frames.records import category_record
from data.models.category import Category
from data.reports.categories import CategoryTree
from data.schemas import ledger
from data.schemas.common import CategoryKind

_USES = {
    "transactions": "SELECT 1 FROM transactions WHERE tenant_id = :tenant AND category_id = :category",
    "splits": "SELECT 1 FROM splits WHERE tenant_id = :tenant AND category_id = :category",
    "budgets": "SELECT 1 FROM budget_categories WHERE tenant_id = :tenant AND category_id = :category",
    "rules": IN_USE["category"],
    "categories below it": "SELECT 1 FROM categories WHERE tenant_id = :tenant AND parent_id = :category",
}
BUDGETED_KINDS = frozenset({"expense", "saving"})


def create_category(context: TenantContext, new: ledger.CategoryIn) -> Versioned[ledger.Category]:
    """Add a category. Below a parent it has the parent's kind; without one its kind is by default `expense`."""
    with write(context) as unit:
        parent = _parent(unit, new.parent_id)
        row = Category(
            **unit.stamp,
            name=resources.plain_name(new.name),
            parent_id=parent.id if parent else None,
            kind=_kind(parent, new.kind, "expense"),
        )
        return resources.add(unit, "category", row, category_record)


def update_category(
    context: TenantContext, category_id: int, patch: ledger.CategoryPatch, if_match: int | None = None
) -> Versioned[ledger.Category]:
    """Rename a category, move it with all below it, or change the kind of a whole tree at its root.

    `Conflict` (in_use) when a budget would be left with categories that are neither expense nor saving.
    """
    with write(context) as unit:
        row = resources.find(unit, Category, category_id, "category", if_match)
        values = resources.given(patch, nullable={"parent_id"})
        if "name" in values:
            values["name"] = resources.plain_name(values["name"])
        if "parent_id" in values:
            parent = _parent(unit, values["parent_id"])
            values["parent_id"] = parent.id if parent else None
        else:
            parent = _parent(unit, None if row.parent_id is None else str(row.parent_id))
        subtree = _subtree(unit, row.id)
        if parent is not None and parent.id in subtree:
            raise Invalid.field("parent_id", "must not be the category itself or one below it")
        kind = _kind(parent, values.pop("kind", None), row.kind)
        return _store(unit, row, values, kind, subtree)


def delete_category(
    context: TenantContext, category_id: int, if_match: int | None = None, replace_by: int | None = None
) -> None:
    """Remove a category; its transactions, parts, budgets, rules and children move to `replace_by`, the children taking
    that one's kind. Without it a category in use is a `Conflict`."""
    with write(context) as unit:
        row = resources.find(unit, Category, category_id, "category", if_match)
        details = None
        if replace_by is not None:
            target = resources.replacement(unit, Category, row, replace_by, "category")
            _replace(unit, row, target)
            details = {"replaced_by": str(target.id)}
        else:
            uses = {what: resources.holds(unit, found, category=row.id) for what, found in _USES.items()}
            resources.refuse_in_use("category", uses)
        resources.remove(unit, "category", row, category_record(row), details=details)


def _replace(unit: Write, row: Category, target: Category) -> None:
    subtree = _subtree(unit, row.id)
    if target.id in subtree:
        raise Invalid.field("replace_by", "must not be a category below it")
    _check_budgets(unit, subtree, target.kind)
    for child in unit.session.scalars(select(Category).where(Category.parent_id == row.id).order_by(Category.id)).all():
        _store(unit, child, {"parent_id": target.id}, target.kind, _subtree(unit, child.id))
    merge(unit, row, target)


def _store(
    unit: Write, row: Category, values: dict[str, Any], kind: str, subtree: set[int]
) -> Versioned[ledger.Category]:
    """Write a category; its kind is that of all below it, and a change of it changes what their lines are."""
    if kind != row.kind:
        _check_budgets(unit, subtree, kind)
        touch_categories(unit, subtree)
        unit.reread = True
        below = select(Category).where(Category.id.in_(subtree - {row.id})).order_by(Category.id)
        for each in unit.session.scalars(below).all():
            resources.change(unit, "category", each, {"kind": kind}, category_record)
    return resources.change(unit, "category", row, {**values, "kind": kind}, category_record)


def _subtree(unit: Write, category_id: int) -> set[int]:
    return CategoryTree.of(category_frame(unit.session)).with_children([category_id])


def _parent(unit: Write, text: str | None) -> Category | None:
    if text is None:
        return None
    (number,) = categories_named(unit.session, [text], "parent_id").values()
    return unit.session.scalars(select(Category).where(Category.id == number)).one()


def _kind(parent: Category | None, wanted: CategoryKind | None, otherwise: str) -> str:
    if parent is None:
        return wanted or otherwise
    if wanted is not None and wanted != parent.kind:
        raise Invalid.field("kind", f"must be {parent.kind}, that of the category above it")
    return parent.kind


def _check_budgets(unit: Write, category_ids: set[int], kind: str) -> None:
    if kind not in BUDGETED_KINDS and budgeted(unit, category_ids):
        raise Conflict("A budget covers this category: it must stay of kind expense or saving", code="in_use")
