"""What signing in rests on besides passwords (global): ended sessions, second factors, one-time links, attempts.

All of it is stored as hashes or sealed: who reads the database can sign in with none of it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base


class EndedSession(Base):
    """A session or access token that was signed out before it expired, by its `jti`."""

    __tablename__ = "ended_sessions"

    jti: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SecondFactor(Base):
    """A person's authenticator app. The secret that both share is stored sealed (`web.sealing`): codes need it back.

    The column is called what it held when the secret was derived from a salt: another name would stop the servers of
    the release before, which run until a rollout has ended.

    It counts from `confirmed_at` on; `last_step` is the newest code that was used, so that none is used twice.
    """

    __tablename__ = "second_factors"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column("salt", LargeBinary)
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class BackupCode(Base):
    """A code that stands in once for the authenticator app; gone when it was used."""

    __tablename__ = "backup_codes"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)


class Invitation(Base):
    """A link that lets whoever has this e-mail address into a tenant. It works once, until it expires or is revoked."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("role IN ('owner', 'admin', 'editor', 'viewer')", name="role"),
        Index(
            "uq_invitations_email",
            "tenant_id",
            text("lower(email)"),
            unique=True,
            postgresql_where=text("accepted_at IS NULL AND revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    email: Mapped[str]
    role: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class PasswordReset(Base):
    """A link with which a person sets a new password, once."""

    __tablename__ = "password_resets"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime]


class Attempt(Base):
    """How often something about sign-in was tried lately: `subject` is a hash of who or where, until `ends_at`."""

    __tablename__ = "attempts"

    subject: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    count: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(index=True)
