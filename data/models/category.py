"""categories: a tree; a category's kind decides what its amounts are."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped

from data.models.base import Base, Resource


class Category(Resource, Base):
    __tablename__ = "categories"
    __table_args__ = (
        CheckConstraint("kind IN ('income', 'expense', 'transfer', 'saving')", name="kind"),
        ForeignKeyConstraint(["tenant_id", "parent_id"], ["categories.tenant_id", "categories.id"]),
        Index("uq_categories_name", "tenant_id", text("coalesce(parent_id, 0)"), text("lower(name)"), unique=True),
        Index("ix_categories_tenant_id_parent_id", "tenant_id", "parent_id"),
    )

    name: Mapped[str]
    parent_id: Mapped[int | None]
    kind: Mapped[str]
