"""One-time links: invitations into a tenant, and new passwords (global tables; open directory sessions)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from core.errors import NotFound
from data.models.credential import Invitation, PasswordReset
from data.schemas.common import Role
from data.shapes import shaped


@dataclass(frozen=True, slots=True)
class InvitationInfo:
    """An invitation; its link is not known to anybody but who got it."""

    id: int
    tenant_id: int
    email: str
    role: Role
    created_at: datetime
    expires_at: datetime


def _info(row: Invitation) -> InvitationInfo:
    return shaped(InvitationInfo, row)


def create(session: Session, values: Mapping[str, Any], now: datetime) -> InvitationInfo:
    """Store an invitation, in place of an earlier one to the same address; `values` are columns of the table."""
    same = func.lower(Invitation.email) == values["email"].lower()
    _revoke(session, now, Invitation.tenant_id == values["tenant_id"], same)
    return _info(session.scalars(insert(Invitation).values(**values).returning(Invitation)).one())


def open_ones(session: Session, tenant_id: int, now: datetime) -> list[InvitationInfo]:
    """The tenant's invitations that can still be accepted, oldest first."""
    return _open(session, now, Invitation.tenant_id == tenant_id)


def open_for(session: Session, email: str, now: datetime) -> list[InvitationInfo]:
    """All invitations to this address that can still be accepted, oldest first."""
    return _open(session, now, func.lower(Invitation.email) == email.strip().lower())


def find(session: Session, token_hash: bytes, now: datetime) -> InvitationInfo | None:
    """The invitation with this link's hash, None when it cannot be accepted (any more)."""
    return next(iter(_open(session, now, Invitation.token_hash == token_hash)), None)


def _open(session: Session, now: datetime, which: Any) -> list[InvitationInfo]:
    unused = (Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > now)
    return [_info(row) for row in session.scalars(select(Invitation).where(which, *unused).order_by(Invitation.id))]


def revoke(session: Session, invitation_id: int, tenant_id: int, now: datetime) -> InvitationInfo:
    """Make the link void; `NotFound` when there is none, or not any more."""
    found = _revoke(session, now, Invitation.id == invitation_id, Invitation.tenant_id == tenant_id)
    if not found:
        raise NotFound(f"There is no invitation {invitation_id}")
    return found[0]


def _revoke(session: Session, now: datetime, *which: Any) -> list[InvitationInfo]:
    unused = (Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    rows = session.scalars(update(Invitation).where(*which, *unused).values(revoked_at=now).returning(Invitation))
    return [_info(row) for row in rows]


def use(session: Session, invitation_id: int, now: datetime) -> bool:
    """Use the link up; False when somebody was faster."""
    used = session.execute(
        update(Invitation)
        .where(Invitation.id == invitation_id, Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
        .values(accepted_at=now)
        .returning(Invitation.id),
        execution_options={"synchronize_session": False},
    )
    return used.first() is not None


def store_reset(session: Session, person_id: int, token_hash: bytes, expires_at: datetime) -> None:
    """Remember a link for a new password, in place of earlier ones of the person."""
    session.execute(delete(PasswordReset).where(PasswordReset.person_id == person_id))
    session.execute(insert(PasswordReset).values(token_hash=token_hash, person_id=person_id, expires_at=expires_at))


def reset_for(session: Session, token_hash: bytes, now: datetime) -> int | None:
    """Whose password a link sets; None when it is void."""
    live = select(PasswordReset.person_id).where(PasswordReset.token_hash == token_hash, PasswordReset.expires_at > now)
    return session.execute(live).scalar_one_or_none()


def use_reset(session: Session, token_hash: bytes, now: datetime) -> int | None:
    """Use the link up, and answer whose password it sets; None when it is void."""
    used = delete(PasswordReset).where(PasswordReset.token_hash == token_hash, PasswordReset.expires_at > now)
    return session.execute(used.returning(PasswordReset.person_id)).scalar_one_or_none()
