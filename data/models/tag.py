"""tags, and what they are on."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, Resource, TenantOwned


class Tag(Resource, Base):
    __tablename__ = "tags"
    __table_args__ = (Index("uq_tags_name", "tenant_id", text("lower(name)"), unique=True),)

    name: Mapped[str]


class Tagging(TenantOwned, Base):
    """A tag on anything: `kind` names the table, `object_id` the row in it. The commands keep it clean."""

    __tablename__ = "taggings"
    __table_args__ = (
        CheckConstraint("kind IN ('transaction', 'split', 'account', 'category', 'budget')", name="kind"),
        ForeignKeyConstraint(["tenant_id", "tag_id"], ["tags.tenant_id", "tags.id"], ondelete="CASCADE"),
        Index("ix_taggings_tenant_id_tag_id", "tenant_id", "tag_id", "kind", "object_id"),
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    object_id: Mapped[int] = mapped_column(primary_key=True)
    tag_id: Mapped[int] = mapped_column(primary_key=True)
