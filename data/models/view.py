"""saved_views: pages with their filters that a person keeps under a name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Identity, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, TenantOwned


class SavedView(TenantOwned, Base):
    """The page at `path` with its `query` (no `?`), of one person. `revision` rises with every change."""

    __tablename__ = "saved_views"
    __table_args__ = (Index("uq_saved_views_name", "tenant_id", "person_id", text("lower(name)"), unique=True),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, sort_order=-1)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    name: Mapped[str]
    path: Mapped[str]
    query: Mapped[str]
    revision: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
