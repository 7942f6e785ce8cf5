"""board_lease: which board of versions readers may trust (global, one row)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Identity, text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base


class BoardLease(Base):
    """The generation that holds the lease, until when, and until when nobody may have it.

    See docs/decisions/0012-versions-and-hits.md. Times are the database's clock.
    """

    __tablename__ = "board_lease"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    holder: Mapped[int] = mapped_column(server_default="0")
    lease_until: Mapped[datetime] = mapped_column(server_default=text("'epoch'"))
    blocked_until: Mapped[datetime] = mapped_column(server_default=text("'epoch'"))
