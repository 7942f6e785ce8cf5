"""category_learning, mcc_links: how a tenant wants lines categorised that nobody categorised."""

from __future__ import annotations

from sqlalchemy import REAL, CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, TenantOwned


class CategoryLearning(TenantOwned, Base):
    """`learn`: whether learned categories are applied, from the probability `min_confidence` on. No row: defaults."""

    __tablename__ = "category_learning"
    __table_args__ = (CheckConstraint("min_confidence BETWEEN 0.5 AND 1", name="min_confidence"),)

    learn: Mapped[bool] = mapped_column(server_default="true")
    min_confidence: Mapped[float] = mapped_column(REAL, server_default="0.9")


class MccLink(TenantOwned, Base):
    """The tenant's category for a group of merchant category codes (`data.classify.mcc`)."""

    __tablename__ = "mcc_links"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "category_id"], ["categories.tenant_id", "categories.id"], ondelete="CASCADE"
        ),
        Index("ix_mcc_links_tenant_id_category_id", "tenant_id", "category_id"),
    )

    mcc_group: Mapped[str] = mapped_column(primary_key=True)
    category_id: Mapped[int]
