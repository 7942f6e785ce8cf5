"""sessions: who is signed in where (global)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Identity
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base


class PersonSession(Base):
    """A sign-in that goes on: what its tokens carry as `sid`, which is also the family of its refresh tokens.

    It ends when its row goes. `kind` is `page` for a browser's cookie, `program` for tokens of the API; `address` and
    `browser` are those of the last use that was noted. `issuer` is the provider of identity that vouched for the
    person, None for a password, `issuer_sid` what it calls its own session, if it says so.
    """

    __tablename__ = "sessions"
    __table_args__ = (CheckConstraint("kind IN ('page', 'program')", name="kind"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    sid: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    epoch: Mapped[int]
    kind: Mapped[str]
    started_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    address: Mapped[str | None]
    browser: Mapped[str | None]
    issuer: Mapped[str | None]
    issuer_sid: Mapped[str | None]
