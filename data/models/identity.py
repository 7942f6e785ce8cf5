"""identities: who people are at a provider of identity (global)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base


class PersonIdentity(Base):
    """A person at a provider: `subject` is what `issuer` calls them for good (OpenID Connect Core 1.0, section 2).

    `email` is the address the provider told when they were linked; nobody is found by it.
    """

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("person_id", "issuer"),)

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    email: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
